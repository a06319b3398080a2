"""Specifiers as each pip reads them; what the real pips say is in ``tests/fidelity/test_specifiers_of_real_pips.py``."""

from __future__ import annotations

import packaging
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from pipfreeze_lock.target.pip_capabilities import capabilities
from pipfreeze_lock.target.specifiers import SpecifierRules

OLDEST, NEWEST = SpecifierRules(capabilities("8.0")), SpecifierRules(capabilities("26.3"))


@pytest.mark.parametrize(
    ("specifier", "version", "before", "since"),
    [
        ("<=1.0", "1.0+local", "20.1.1", "20.2"),
        ("~=1.0a1", "1.2", "21.1.3", "21.2"),
        ("==1.0.0.*", "1.0rc1", "24.0", "24.1"),
        ("~=1.0.0.0", "1.0.post1", "24.0", "24.1"),
        ("==1!1.0.*", "1!1", "24.0", "24.1"),
        ("==1!1.*", "1!1rc1", "24.0", "24.1"),
        ("<1.0.post1", "1.0rc1", "26.0.1", "26.1"),
        (">1.0a1", "1.0.post1", "26.0.1", "26.1"),
        (">1.0a1", "1.0+local", "26.0.1", "26.1"),
        (">1.0.post1", "1.0.post2+local", "26.0.1", "26.1"),
    ],
)
def test_what_a_specifier_contains_from_some_pip_on(specifier, version, before, since):
    assert not SpecifierRules(capabilities(before)).contains(SpecifierSet(specifier), Version(version))
    assert SpecifierRules(capabilities(since)).contains(SpecifierSet(specifier), Version(version))


@pytest.mark.parametrize("rules", [OLDEST, NEWEST])
@pytest.mark.parametrize(
    ("specifier", "inside", "outside"),
    [
        ("", "0.1.dev0 1 2!3+x", ""),
        ("==1.0", "1 1.0 1.0.0 1.0+local", "1.0.post1 1.0rc1 1!1.0"),
        ("==1.0+local", "1.0+local 1+local", "1.0 1.0+other"),
        ("!=1.0", "1.0.post1 2", "1.0.0 1.0+local"),
        ("==1.1.*", "1.1 1.1.9 1.1rc1 1.1.post1 1.1+local", "1.10 1 2.1.1 1!1.1"),
        ("!=1.1.*", "1.10 1", "1.1 1.1.9 1.1rc1"),
        ("<1.0", "0.9 0.9rc1", "1.0 1.0rc1 1.0.dev0 1.0+local"),
        (">1.0", "1.0.1 1.1.dev0", "1.0 1.0.post1 1.0+local 1.0.post1+local"),
        (">1.0.post1", "1.0.post2 1.1", "1.0.post1 1.0 1.0.post1+local"),
        ("~=1.4.2", "1.4.2 1.4.10 1.4.2.post1", "1.4.1 1.5"),
        ("~=1!1.4", "1!1.5", "1.5 1!2.0"),
        ("===1.0.0", "1.0.0", "1.0 1.0.0+local"),
        (">=1,!=1.3,<2", "1 1.2", "1.3 2 0.9"),
    ],
)
def test_what_every_pip_agrees_on(rules, specifier, inside, outside):
    parsed = SpecifierSet(specifier)
    assert [text for text in inside.split() if not rules.contains(parsed, Version(text))] == []
    assert [text for text in outside.split() if rules.contains(parsed, Version(text))] == []


@pytest.mark.parametrize(
    ("specifier", "admits"),
    [
        ("", False),
        (">=1.0", False),
        (">=1.0rc1", True),
        ("!=1.0rc1", False),
        ("==1.0.dev1", True),
        ("==1.*", False),
        ("===1.0a1", True),
        ("===1.0-whatever", False),
        ("~=1.0a1,<2", True),
    ],
)
def test_a_named_prerelease_admits_prereleases(specifier, admits):
    assert OLDEST.admits_prereleases(SpecifierSet(specifier)) is admits
    assert NEWEST.admits_prereleases(SpecifierSet(specifier)) is admits


def test_an_exclusive_bound_admits_prereleases_from_25_0_on():
    for specifier in ("<2.0a1", ">1.0rc1"):
        assert not SpecifierRules(capabilities("24.3.1")).admits_prereleases(SpecifierSet(specifier))
        assert SpecifierRules(capabilities("25.0")).admits_prereleases(SpecifierSet(specifier))


@pytest.mark.parametrize(
    ("requires_python", "python", "old", "new"),
    [
        (">=3.6", "3.6.8", True, True),
        ("!=3.6.*,>=2.7", "3.6.8", False, False),
        (">=2.7, !=3.0.*, !=3.1.*, <4", "3.6.8", True, True),
        ("<3.6", "3.6.8", False, False),
        (" >=3.5 ,", "3.6.8", True, True),
        ("", "3.6.8", True, True),
        # No specifiers by PEP 440: old pips compare them in their own way, new ones overlook the whole entry.
        (">=3.7.*", "3.6.8", False, None),
        (">=3.6.*", "3.6.8", True, None),
        ("<3.6.*", "3.6.8", False, None),
        (">=2.7.*,!=3.6.*", "3.6.8", False, None),
        ("<=3.6dev-r99", "3.6.8", False, None),
        ("3.6", "3.6.8", None, None),
        ("~=3", "3.6.8", None, None),
        ("python >= 3.6", "3.6.8", None, None),
    ],
)
def test_requires_python(requires_python, python, old, new):
    assert SpecifierRules(capabilities("24.0")).allows_python(requires_python, python) is old
    assert NEWEST.allows_python(requires_python, python) is new


_NUMBERS = st.integers(0, 12)
_RELEASES = st.lists(_NUMBERS, min_size=1, max_size=3).map(lambda numbers: ".".join(map(str, numbers)))
_SUFFIXES = st.tuples(
    st.sampled_from(["", "a1", "b2", "rc1"]), st.sampled_from(["", ".post0", ".post2"]), st.sampled_from(["", ".dev1"])
).map("".join)
_PUBLIC = st.tuples(st.sampled_from(["", "", "1!"]), _RELEASES, _SUFFIXES).map("".join)
_VERSIONS = st.tuples(_PUBLIC, st.sampled_from(["", "", "+cpu", "+cu.1"])).map("".join)
_SPECIFIERS = st.one_of(
    st.tuples(st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "~=", "==="]), _PUBLIC).map("".join),
    st.tuples(st.sampled_from(["==", "!="]), _RELEASES).map(lambda parts: f"{parts[0]}{parts[1]}.*"),
    st.tuples(st.sampled_from(["==", "!="]), _VERSIONS).map("".join),
)


@pytest.mark.skipif(
    Version(packaging.__version__) < Version("26.1"), reason="older packaging reads < and > as old pips"
)
@given(_SPECIFIERS, _VERSIONS)
def test_the_newest_pip_agrees_with_the_packaging_we_run_with(specifier, version):
    try:
        parsed = SpecifierSet(specifier)
    except InvalidSpecifier:
        return
    assert NEWEST.contains(parsed, Version(version)) == parsed.contains(Version(version), prereleases=True)
