"""Every rule of the comparison, on values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from packaging.utils import canonicalize_name

from pipfreeze_lock.model.finding import Location
from pipfreeze_lock.model.image import LayerInfo
from pipfreeze_lock.model.installed import InstalledDistribution, InstalledSet
from pipfreeze_lock.model.lock import LockedSet, Pin, Unpinned
from pipfreeze_lock.model.requirement import IndexOptions
from pipfreeze_lock.model.target import BaseDistribution
from pipfreeze_lock.verify.compare import compare
from pipfreeze_lock.verify.removals import Removals

if TYPE_CHECKING:
    from pipfreeze_lock.model.finding import Finding

SITE = "/usr/local/lib/python3.6/site-packages"
LAYER = LayerInfo(index=3, digest="sha256:aa", diff_id=None, instruction="RUN pip install x")


def pin(name: str, version: str = "1.0", **words: Any) -> Pin:
    return Pin(**{"name": canonicalize_name(name), "version": version, "hashes": ("sha256:1",), "via": (), **words})


def dist(name: str, version: str = "1.0", folder: str = SITE, **words: Any) -> InstalledDistribution:
    path = f"{folder}/{name}-{version}.dist-info"
    values = {"name": canonicalize_name(name), "version": version, "path": path, "installer": "pip", "layer": LAYER}
    return InstalledDistribution(**{**values, **words})


def lock(
    *pins: Pin, target: str = "cpython 3.6.8 cp36m linux/amd64 glibc-2.24 pip-19.1.1", base: tuple = ()
) -> LockedSet:
    base_set = tuple(BaseDistribution(canonicalize_name(name), version) for name, version in base)
    return LockedSet(command="", target=target, base=base_set, options=IndexOptions(), pins=pins)


def environment(*found: InstalledDistribution, **words: Any) -> InstalledSet:
    values = {"subject": "image", "python": "3.6.8", "implementation": "cpython", "libc": "glibc-2.24"}
    return InstalledSet(**{**values, "distributions": found, **words})


def found(locked: LockedSet, installed: InstalledSet, removals: Removals | None = None) -> list[Finding]:
    places = {one.name: Location("requirements.lock", number) for number, one in enumerate(locked.pins, 10)}
    return list(
        compare(
            locked,
            installed,
            place=lambda name: places.get(name, Location("requirements.lock", 4)),
            whole=Location("requirements.lock", 3),
            removals=removals,
        )
    )


def told(*arguments: Any) -> list[tuple[str, str]]:
    return [(one.rule.id, one.message) for one in found(*arguments)]


def test_nothing_is_said_of_what_is_the_same() -> None:
    base = (("pip", "19.1.1"), ("setuptools", "41.0.1"))
    installed = environment(dist("a"), dist("pip", "19.1.1"), dist("setuptools", "41.0.1"))
    assert told(lock(pin("a"), base=base), installed) == []


@pytest.mark.parametrize(("pinned", "there"), [("1.0", "1"), ("1.0", "1.0.0"), ("1.0rc1", "1.0.RC1"), ("dev", "dev")])
def test_versions_are_compared_as_versions(pinned: str, there: str) -> None:
    assert told(lock(pin("a", pinned)), environment(dist("a", there))) == []


@pytest.mark.parametrize(("pinned", "there"), [("1.0", "1.0.1"), ("1.0", "1.0+local"), ("dev", "1"), ("1.0", "")])
def test_other_version(pinned: str, there: str) -> None:
    there_said = there or "no known version"
    assert told(lock(pin("a", pinned)), environment(dist("a", there))) == [
        ("other-version", f"`a=={pinned}` is pinned, and {there_said} is installed")
    ]


def test_where_and_by_which_layer() -> None:
    (one,) = found(lock(pin("b"), pin("a")), environment(dist("b"), dist("a", "2.0")))
    path = f"{SITE}/a-2.0.dist-info"
    assert (one.location, one.name, one.pin) == (Location("requirements.lock", 11), "a", "a==1.0")
    assert [(str(place.location), place.message) for place in one.related] == [
        (f"image:{path}", "layer 4: RUN pip install x")
    ]
    assert one.details == (
        ("path", path),
        ("layer", "4"),
        ("layer-digest", "sha256:aa"),
        ("instruction", "RUN pip install x"),
    )


def test_missing_and_extra() -> None:
    assert told(lock(pin("a")), environment(dist("b", "2.0"))) == [
        ("missing-distribution", "`a==1.0` is pinned and not installed"),
        ("extra-distribution", "`b==2.0` is installed, and neither in the lock nor in the base set"),
    ]


def test_missing_where_a_layer_took_it_away() -> None:
    path = f"{SITE[1:]}/a-1.0.dist-info"
    (one,) = found(lock(pin("a")), environment(), Removals([(LAYER, [path])]))
    assert one.message == "`a==1.0` is pinned and not installed: a layer takes it away"
    assert one.details[:2] == (("path", f"/{path}"), ("layer", "4"))


def test_pip_is_never_too_much_and_unlisted_is_not_missing() -> None:
    assert told(lock(), environment(dist("pip", "25.0"))) == []
    base = (("pip", "19.1.1"),)
    assert told(lock(base=base), environment(unlisted=frozenset({"pip"}))) == []
    assert told(lock(base=base), environment()) == [
        ("changed-base-distribution", "`pip` 19.1.1 is in the base set, and not installed")
    ]


def test_base_set_that_moved() -> None:
    locked = lock(pin("wheel", "0.34"), base=(("pip", "19.1.1"), ("setuptools", "41.0.1"), ("wheel", "0.33.4")))
    installed = environment(
        dist("pip", "21.3.1"), dist("setuptools", "41.0.1", direct_url="file:///x"), dist("wheel", "0.34")
    )
    assert told(locked, installed) == [
        ("changed-base-distribution", "`pip` 19.1.1 is in the base set, and 21.3.1 is installed"),
        (
            "changed-base-distribution",
            "`setuptools` 41.0.1 is in the base set, and `file:///x` is installed in its place",
        ),
    ]


@pytest.mark.parametrize("versions", [("1.0", "2.0"), ("2.0", "1.0")])
def test_two_versions_in_one_folder(versions: tuple[str, str]) -> None:
    """Which of the two is imported, nobody can tell: the right one is there, and the other is too much."""
    installed = environment(*(dist("a", version) for version in versions))
    (one,) = found(lock(pin("a")), installed)
    assert (one.rule.id, one.message) == (
        "two-versions",
        "`a` is installed twice: 1.0, and 2.0 in the same folder",
    )
    assert str(one.location) == f"image:{SITE}/a-2.0.dist-info"


def test_two_versions_in_two_folders() -> None:
    """The first on `sys.path` counts."""
    installed = environment(dist("a", "2.0", "/home/.local"), dist("a"))
    assert told(lock(pin("a")), installed) == [
        ("other-version", "`a==1.0` is pinned, and 2.0 is installed"),
        ("two-versions", "`a` is installed twice: 2.0, and 1.0 behind it"),
    ]
    assert told(lock(pin("a")), environment(dist("a"), dist("a", folder="/opt"))) == [
        ("two-versions", "`a` 1.0 is installed twice")
    ]


def test_metadata_of_both_kinds_is_one_installation() -> None:
    """As Debian's python3-cryptography has it."""
    egg = dist("a", path=f"{SITE}/a.egg-info")
    assert told(lock(pin("a")), environment(dist("a"), egg)) == []
    assert len(told(lock(pin("a")), environment(dist("a"), dist("a", "2.0", path=f"{SITE}/a.egg-info")))) == 1
    assert len(told(lock(pin("a")), environment(dist("a"), dist("a", path="/opt/a.egg-info")))) == 1


def test_what_debian_has_behind_a_pin_is_the_base_set() -> None:
    installed = environment(dist("a", "2.0"), dist("a", "1.0", "/usr/lib/python3/dist-packages"))
    assert told(lock(pin("a", "2.0"), base=(("a", "1.0"),)), installed) == []
    assert told(lock(pin("a", "2.0"), base=(("a", "0.9"),)), installed) == [
        ("two-versions", "`a` is installed twice: 2.0, and 1.0 behind it")
    ]


def test_broken_metadata() -> None:
    installed = environment(
        dist("a", problem="its metadata has no Name"), dist("b", problem="its metadata has no Name")
    )
    assert told(lock(pin("a"), base=(("b", "1.0"),)), installed) == [
        ("broken-metadata", "`a` is installed, and its metadata has no Name"),
        ("broken-metadata", "`b` of the base set is installed, and its metadata has no Name"),
    ]


def test_editable() -> None:
    assert told(lock(pin("a")), environment(dist("a", is_editable=True))) == [
        ("editable-install", "`a==1.0` is pinned, and a source tree is installed in its place")
    ]


def test_other_installer_is_a_warning() -> None:
    (one,) = found(lock(pin("a")), environment(dist("a", installer="uv")))
    assert (one.rule.id, one.severity) == ("other-installer", "warning")
    assert one.message == "`a==1.0` was installed by `uv`"
    assert told(lock(pin("a")), environment(dist("a", installer=None))) == []


URL = "https://host.example/a-1.0-py3-none-any.whl"
COMMIT = "a" * 40


@pytest.mark.parametrize(
    ("pinned", "there", "pip", "agrees"),
    [
        (None, None, "25.0", True),
        (None, URL, "25.0", False),
        (URL, URL, "25.0", True),
        (URL, f"{URL}#sha256=1", "25.0", True),
        (URL, URL.replace("a-1", "b-1"), "25.0", False),
        (URL, None, "25.0", False),
        (URL, None, "19.1.1", True),  # which writes no direct_url.json
        (f"git+https://host.example/a@{COMMIT}", f"git+https://host.example/a@{COMMIT}", "25.0", True),
        ("git+https://host.example/a@main", f"git+https://host.example/a@{COMMIT}", "25.0", True),
        ("git+https://host.example/a", f"git+https://host.example/a@{COMMIT}", "25.0", True),
        (f"git+https://host.example/a@{'b' * 40}", f"git+https://host.example/a@{COMMIT}", "25.0", False),
        (f"git+https://host.example/b@{COMMIT}", f"git+https://host.example/a@{COMMIT}", "25.0", False),
        ("git+ssh://git@host.example/a@main", f"git+ssh://git@host.example/a@{COMMIT}", "25.0", True),
    ],
)
def test_origin(pinned: str | None, there: str | None, pip: str, *, agrees: bool) -> None:
    target = f"cpython 3.6.8 cp36m linux/amd64 glibc-2.24 pip-{pip}"
    messages = told(lock(pin("a", url=pinned), target=target), environment(dist("a", direct_url=there)))
    expected = [] if agrees else ["other-origin"]
    assert [rule for rule, _ in messages] == expected, messages


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            {"python": "3.7.16"},
            [("other-python", "the environment has cpython 3.7.16, and the lock is for cpython 3.6.8")],
        ),
        (
            {"implementation": "pypy"},
            [("other-python", "the environment has pypy 3.6.8, and the lock is for cpython 3.6.8")],
        ),
        (
            {"python": "3.6.9"},
            [("other-patch-level", "the environment has cpython 3.6.9, and the lock is for cpython 3.6.8")],
        ),
        ({"python": "3.6"}, []),  # no more could be told
        ({"python": None, "implementation": None}, []),
        ({"libc": "glibc-2.36"}, [("other-libc", "the environment has glibc-2.36, and the lock is for glibc-2.24")]),
        ({"libc": "musl-1.2"}, [("other-libc", "the environment has musl-1.2, and the lock is for glibc-2.24")]),
        ({"libc": None}, []),
    ],
)
def test_interpreter(words: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert told(lock(), environment(**words)) == expected


def test_a_target_line_that_was_edited_is_not_compared() -> None:
    assert told(lock(target="nonsense"), environment(python="2.7.18")) == []


def test_a_platform_without_a_c_library_is_not_compared() -> None:
    assert told(lock(target="cpython 3.6.8 cp36m windows/amd64 - pip-19.1.1"), environment()) == []


class TestUnpinned:
    """What a frozen image had without a pin is expected as it was."""

    MINE = Unpinned(
        name=canonicalize_name("mine"), version="1.0", reason="version-control", path="x", origin="git+https://x/y@abc"
    )

    def lock(self, **changes: Any) -> LockedSet:
        return replace(lock(), unpinned=(replace(self.MINE, **changes),))

    def test_the_same(self) -> None:
        assert told(self.lock(), environment(dist("mine", direct_url="git+https://x/y@abc"))) == []

    def test_missing(self) -> None:
        message = "`mine` 1.0 was in the image that was frozen, and is not installed"
        assert told(self.lock(), environment()) == [("missing-distribution", message)]

    def test_another_version(self) -> None:
        message = "`mine` 1.0 was in the image that was frozen, and 2.0 is installed"
        assert told(self.lock(), environment(dist("mine", "2.0"))) == [("other-version", message)]

    def test_another_origin(self) -> None:
        message = (
            "`mine` 1.0 was in the image that was frozen from `git+https://x/y@abc`, and it was installed from an index"
        )
        newer = replace(self.lock(), target=lock().target.replace("19.1.1", "21.3.1"))
        assert told(newer, environment(dist("mine"))) == [("other-origin", message)]
        assert told(newer, environment(dist("mine", path="installed.txt:1", installer=None))) == []  # a list of names

    def test_editable_or_not(self) -> None:
        editable = dist("mine", direct_url="file:///src", is_editable=True)
        known = {"origin": "file:///src"}
        assert told(self.lock(reason="editable", **known), environment(editable)) == []
        assert [rule for rule, _ in told(self.lock(reason="local", **known), environment(editable))] == ["other-origin"]

    def test_broken_metadata_that_was_broken_then(self) -> None:
        broken = dist("mine", problem="its metadata has no Name")
        assert told(self.lock(reason="broken-metadata", origin=None), environment(broken)) == []
        assert [rule for rule, _ in told(self.lock(reason="local"), environment(broken))] == ["broken-metadata"]

    def test_what_was_hidden_then(self) -> None:
        behind = dist("a", "0.9", folder="/usr/lib/python3/dist-packages", is_shadowed=True)
        hidden = Unpinned(name=behind.name, version="0.9", reason="hidden", path=behind.path)
        known = replace(lock(pin("a")), unpinned=(hidden,))
        assert told(known, environment(dist("a"), behind)) == []
        assert [rule for rule, _ in told(lock(pin("a")), environment(dist("a"), behind))] == ["two-versions"]

    def test_a_pin_from_where_it_was_copied(self) -> None:
        copied = dist("a", direct_url="file:///wheels/a.whl")
        assert told(lock(pin("a", origin="file:///wheels/a.whl")), environment(copied)) == []
        assert [rule for rule, _ in told(lock(pin("a", origin="file:///b.whl")), environment(copied))] == [
            "other-origin"
        ]
