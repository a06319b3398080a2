"""Who asks for what among installed distributions, and what is there on somebody's wish: on values."""

from __future__ import annotations

import pytest

from pipfreeze_lock.model.core_metadata import CoreMetadata
from pipfreeze_lock.model.lock import Via
from pipfreeze_lock.model.requirement import SourceLine
from pipfreeze_lock.requirements.parser import parse_requirement
from pipfreeze_lock.resolve.installed_edges import installed_edges
from pipfreeze_lock.target.from_flags import target_from_flags
from pipfreeze_lock.target.markers import TargetMarkers
from pipfreeze_lock.workflows.freeze_roots import roots_of


def edges(installed: dict[str, tuple[str, ...]], *asked: str, pip: str = "19.1.1", constraints=(), extras=("x",)):
    """Give the edges of distributions, ``{"a 1.0": ("b>=1",)}``, on Python 3.6."""
    found = {}
    for text, requires in installed.items():
        name, version = text.split()
        found[name] = CoreMetadata(
            name=name, version=version, requires_dist=requires, provides_extra=extras, tier="wheel"
        )
    target = target_from_flags(python_version="3.6.8", pip_version=pip, libc="glibc-2.24", platform="linux/amd64")

    def lines(texts, *, is_constraint):
        return [
            parse_requirement(text, source=SourceLine("r.txt", number), is_constraint=is_constraint)
            for number, text in enumerate(texts, 1)
        ]

    return installed_edges(
        found,
        lines(asked, is_constraint=False),
        lines(constraints, is_constraint=True),
        target=target,
        holds=TargetMarkers(target).holds,
    )


def vias(found, name: str) -> list[str]:
    return sorted(map(str, found.vias[name]))


def broken(found) -> list[str]:
    return sorted(map(str, found.inconsistent))


def test_markers_are_those_of_the_target():
    found = edges({"a 1": ("b; python_version < '3.7'", "c; python_version >= '3.7'"), "b 1": (), "c 1": ()})
    assert vias(found, "b") == ['a (; python_version < "3.7")']
    assert vias(found, "c") == []


def test_an_extra_asks_only_where_somebody_asks_for_it():
    installed = {"a 1": ("b; extra == 'x'", "c"), "b 1": (), "c 1": (), "d 1": ("a[x]>=1",)}
    found = edges(installed)
    assert vias(found, "b") == ["a[x]"]
    assert vias(found, "a") == ["d ([x] >=1)"]
    del installed["d 1"]
    assert vias(edges(installed), "b") == []
    assert vias(edges(installed, "a[x]"), "b") == ["a[x]"]


def test_an_extra_that_is_not_provided_asks_for_nothing():
    assert vias(edges({"a 1": ("b; extra == 'y'",), "b 1": ()}, "a[y]"), "b") == []


@pytest.mark.parametrize(("pip", "asks"), [("19.1.1", []), ("25.0", ["a[foo-bar]"])])
def test_extras_are_spelled_as_the_pip_spells_them(pip: str, asks: list[str]):
    found = edges({"a 1": ("b; extra == 'Foo_Bar'",), "b 1": ()}, "a[foo.bar]", pip=pip, extras=("Foo_Bar",))
    assert vias(found, "b") == asks


def test_what_is_not_met():
    found = edges({"a 1": ("b>=2", "c", "d; extra == 'x'"), "b 1.0": (), "e 1": ("a[x]",)})
    assert broken(found) == [
        "`a[x]` needs `d`, and no `d` is installed",
        "`a` needs `b>=2`, and `b` 1.0 is installed",
        "`a` needs `c`, and no `c` is installed",
    ]


def test_pre_releases_meet_what_admits_them():
    assert broken(edges({"a 1": ("b>=1.0a1", "c>1"), "b 1.0rc1": (), "c 2.0b1": ()})) == []


def test_inputs_and_constraints():
    found = edges({"a 1": (), "b 1": ()}, "a>=2", "c", "b", constraints=["b<1", "z<1"])
    assert [one.text for one in found.unmet] == ["a>=2", "c", "b<1"]
    assert vias(found, "b") == ["-c r.txt (<1)", "-r r.txt"]
    assert "z" not in found.vias


def test_what_cannot_be_read_is_said():
    found = edges({"a 1": ("b (>dev)", "c ??", "d")}, pip="25.0")
    assert found.unreadable == [
        "what `a` needs is not known in full: `b (>dev)` is no requirement",
        "what `a` needs is not known in full: `c ??` is no requirement",
    ]
    assert vias(found, "d") == ["a"]
    assert vias(edges({"a 1": ("pytz (>dev)",)}), "pytz") == ["a (>dev)"]  # as pips below 24.1 read it


def children(**asked: str):
    """``children(a="b c[x]", a__x="d")``: what each asks for; ``a__x`` is the extra ``x`` of ``a``."""
    found: dict = {}
    for node, texts in asked.items():
        name, _, extra = node.partition("__")
        for text in texts.split():
            child, _, wanted = text.removesuffix("]").partition("[")
            via = Via("distribution", name, extra=extra or None, extras=(wanted,) if wanted else ())
            found.setdefault((name, extra or None), []).append((child, via))
    return found


@pytest.mark.parametrize(
    ("names", "asked", "graph", "roots"),
    [
        ("abc", "", children(a="b"), ["a", "c"]),
        ("abc", "a", children(a="b"), ["c"]),
        ("abc", "c", children(a="b", c="a"), []),
        ("abc", "", children(a="b", b="a", c="a"), ["c"]),
        ("abcd", "", children(b="c", c="b d"), ["a", "b"]),
        ("abcd", "", children(a="b", b="a", c="d", d="c"), ["a", "c"]),
        ("abcd", "", children(a="b", b="a", c="d a", d="c"), ["c"]),
        ("a", "", children(a="a[x]"), ["a"]),
        ("abc", "", children(a="b[x]", b__x="c"), ["a"]),
        ("abc", "", children(a="b", b__x="c"), ["a", "c"]),
        ("ac", "", children(a="pip", pip="c"), ["a"]),
        ("ac", "", children(pip="c"), ["a", "c"]),
    ],
)
def test_roots(names: str, asked: str, graph, roots: list[str]):
    found = roots_of(list(names), [(name, Via("-r", "r.txt")) for name in asked], graph)
    assert found == roots
