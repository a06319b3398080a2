"""Any weight of an image, for what must hold whatever the names and the sizes are."""

from __future__ import annotations

from hypothesis import strategies as st

from pipfreeze_lock.model.image import LayerInfo
from pipfreeze_lock.model.weight import (
    CATEGORIES,
    KINDS,
    DistributionWeight,
    HiddenFile,
    ImageWeight,
    LayerWeight,
    Owner,
    Part,
    RepeatedContents,
    Saving,
)
from support.finding_examples import texts

__all__ = ["HOSTILE", "any_weights", "hostile_weight", "many_parts", "plain_weight"]

HOSTILE = (
    "</script><script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "\"'><svg onload=window.hacked=1>",
    "<!--<script>",
    "]]>",
    "&lt;b&gt;&#x3c;b&#x3e;",
    "a\u2028b\u2029c",
    "\u202egpj.exe\u2066",
    "\x00\x07\x1b[31m",
    "\udcff",
    "שלום-עולם",
    "javascript:window.hacked=1",
    "${data}$$",
    "%3Cscript%3E/../?at=1&by=2#x",
    "w" * 400,
    "",
)
"""What would do something in a page, if it were not written as text."""

_names = texts | st.sampled_from(HOSTILE)
_sizes = st.integers(0, 10**12) | st.integers(0, 3)
_kinds = st.dictionaries(st.sampled_from(KINDS), st.integers(1, 10**12), max_size=4)
_infos = st.builds(
    LayerInfo,
    index=st.integers(0, 200),
    digest=st.none() | _names,
    diff_id=st.none(),
    instruction=st.none() | _names,
    size=st.none() | _sizes,
)
_owners = st.builds(
    Owner, category=st.sampled_from(CATEGORIES), name=_names, version=_names, environment=st.just("") | _names
)
_parts = st.builds(Part, owner=_owners, kinds=_kinds, files=st.integers(0, 10**6)).flatmap(
    lambda part: st.builds(
        Part,
        owner=st.just(part.owner),
        kinds=st.just(part.kinds),
        files=st.just(part.files),
        hidden=st.integers(0, part.total),
    )
)
any_weights = st.builds(
    ImageWeight,
    subject=_names,
    digest=st.none() | _names,
    layers=st.lists(
        st.builds(LayerWeight, info=_infos, parts=st.lists(_parts, max_size=5).map(tuple), entries=_sizes), max_size=4
    ).map(tuple),
    distributions=st.lists(
        st.builds(
            DistributionWeight,
            name=_names,
            version=_names,
            environment=_names,
            layer=st.none() | _infos,
            kinds=_kinds,
            files=_sizes,
            largest=st.lists(st.tuples(_names, _sizes), max_size=2).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    hidden=st.lists(
        st.builds(
            HiddenFile,
            path=_names,
            size=_sizes,
            layer=_infos,
            hidden_by=_infos,
            is_replaced=st.booleans(),
            owner=_owners,
            is_equal=st.none() | st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
    repeated=st.none()
    | st.lists(
        st.builds(
            RepeatedContents, sha256=_names, size=_sizes, paths=st.lists(_names, min_size=2, max_size=7).map(tuple)
        ),
        max_size=2,
    ).map(tuple),
    savings=st.lists(
        st.builds(
            Saving,
            id=_names,
            what=_names,
            size=_sizes,
            how=_names,
            note=_names,
            is_estimated=st.booleans(),
            paths=st.lists(_names, max_size=2).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    unchecked=st.lists(_names, max_size=2).map(tuple),
)


def layer_of(index: int, *parts: Part, instruction: str | None = None) -> LayerWeight:
    """Give a layer with the largest part first, as a weight has them."""
    info = LayerInfo(index=index, digest=f"sha256:{index:064x}", diff_id=None, instruction=instruction, size=1000)
    ordered = tuple(sorted(parts, key=lambda part: -part.total))
    return LayerWeight(info=info, parts=ordered, entries=sum(part.files for part in parts))


def owner(category: str, name: str, version: str = "") -> Owner:
    """Give one."""
    return Owner(category=category, name=name, version=version)  # type: ignore[arg-type]


def plain_weight() -> ImageWeight:
    """Give 1,000,000 bytes in three layers, numbers that are easy to add, and pip twice: the lower one hidden."""
    old_pip = Part(owner=owner("distribution", "pip", "19.1"), kinds={"code": 40_000}, files=4, hidden=40_000)
    python = Part(owner=owner("interpreter", "Python 3.11"), kinds={"code": 60_000, "tests": 100_000}, files=9)
    numpy = Part(
        owner=owner("distribution", "numpy", "1.18.1"),
        kinds={"shared libraries": 350_000, "code": 50_000, "tests": 100_000},
        files=20,
    )
    new_pip = Part(owner=owner("distribution", "pip", "21.3"), kinds={"code": 60_000, "pyc": 40_000}, files=5)
    cache = Part(owner=owner("cache", "pip"), kinds={"caches": 120_000}, files=3)
    application = Part(owner=owner("other", "/app"), kinds={"data": 80_000}, files=2)
    layers = (
        layer_of(0, old_pip, python, instruction="ADD file:1 in /"),
        layer_of(1, numpy, new_pip, cache, instruction="RUN pip install -r requirements.txt"),
        layer_of(2, application, instruction="COPY . /app"),
    )
    distributions = tuple(
        DistributionWeight(
            name=part.owner.name,  # type: ignore[arg-type]
            version=part.owner.version,
            environment="",
            layer=layers[1].info,
            kinds=part.kinds,
            files=part.files,
            largest=((f"/site-packages/{part.owner.name}/a.py", 30_000), (f"/site-packages/{part.owner.name}/b.py", 9)),
        )
        for part in (numpy, new_pip)
    )
    return ImageWeight(subject="shop/web:1", digest="sha256:12", layers=layers, distributions=distributions)


def hostile_weight() -> ImageWeight:
    """Give one all of whose names are hostile."""
    parts = [
        Part(owner=owner(CATEGORIES[place % 5], name, name), kinds={KINDS[place % 7]: 100_000 - place}, files=1)
        for place, name in enumerate(HOSTILE)
    ]
    layers = tuple(layer_of(place, *parts, instruction=name) for place, name in enumerate(HOSTILE))
    distributions = tuple(
        DistributionWeight(
            name=one.owner.name,  # type: ignore[arg-type]
            version=one.owner.name,
            environment="",
            layer=layers[0].info,
            kinds=one.kinds,
            files=1,
            largest=tuple((name, 5) for name in HOSTILE),
        )
        for one in parts
    )
    hidden = tuple(
        HiddenFile(
            path=name, size=1, layer=layers[0].info, hidden_by=layers[1].info, is_replaced=True, owner=parts[0].owner
        )
        for name in HOSTILE
    )
    savings = tuple(Saving(id="x", what=name, size=1, how=name, note=name, paths=(name,)) for name in HOSTILE)
    return ImageWeight(
        subject=" ".join(HOSTILE),
        digest="sha256:12",
        layers=layers,
        distributions=distributions,
        hidden=hidden,
        repeated=(RepeatedContents(sha256="0", size=1, paths=HOSTILE),),
        savings=savings,
        unchecked=HOSTILE,
    )


def many_parts() -> ImageWeight:
    """Give 5,000 parts: 250 in each of 20 layers, of 400 distributions and 800 packages of the system."""
    owners = [owner("distribution", f"distribution-{number}", f"1.{number}") for number in range(400)]
    owners += [owner("system", f"libpackage{number}", "1.2.3-4+deb12u1") for number in range(800)]
    layers = []
    for index in range(20):
        chosen = [owners[(index * 251 + 7 * place) % 1200] for place in range(250)]
        parts = [
            Part(
                owner=one, kinds={kind: 10**9 // (place + 1) // (at + 1) for at, kind in enumerate(KINDS[:5])}, files=9
            )
            for place, one in enumerate(chosen)
        ]
        layers.append(layer_of(index, *parts, instruction=f"RUN step {index} {'and so on ' * 20}"))
    distributions = tuple(
        DistributionWeight(
            name=one.name,  # type: ignore[arg-type]
            version=one.version,
            environment="",
            layer=layers[0].info,
            kinds={"code": 10**5, "pyc": 90_000, "shared libraries": 10**6},
            files=300,
            largest=tuple(
                (f"/opt/venv/lib/python3.11/site-packages/{one.name}/some/module_{number}.so", 10**5)
                for number in range(5)
            ),
        )
        for one in owners[:400]
    )
    files = tuple(
        HiddenFile(
            path=f"/opt/venv/lib/python3.11/site-packages/package/some/module_{number}.so",
            size=10**6 - number,
            layer=layers[1].info,
            hidden_by=layers[4].info,
            is_replaced=True,
            owner=owners[0],
        )
        for number in range(20_000)
    )
    return ImageWeight(
        subject="shop/web:1", digest=None, layers=tuple(layers), distributions=distributions, hidden=files
    )
