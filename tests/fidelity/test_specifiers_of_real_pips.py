"""Specifiers put to the packaging that each pip carries, on both sides of each change there."""

from __future__ import annotations

import itertools
import json
import subprocess
from pathlib import Path

import pytest
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version
from support import needs

from pipfreeze_lock.model.legacy_version import read_version
from pipfreeze_lock.target.pip_capabilities import capabilities
from pipfreeze_lock.target.specifiers import SpecifierRules

PIPS = [
    *(("3.6", pip) for pip in ("9.0.3", "20.1.1", "20.2.4", "21.1.3", "21.2.4")),
    *(("3.7", pip) for pip in ("22.0.4", "24.0")),
    *(("3.8", pip) for pip in ("24.1", "24.3.1", "25.0.1")),
    *(("3.10", pip) for pip in ("25.3", "26.0.1", "26.1", "26.3")),
]

_VERSIONS = (
    *("1", "1.0", "1.0.0", "1.0a1", "1.0rc1", "1.0.dev1", "1.0.post1", "1.0.post1.dev2", "1.0+local", "1.0+local.2"),
    *("1.0.post1+abc", "1.1", "1.1a2", "1.1.dev3", "1.1rc1+loc", "1.10", "2.0", "2.0a1", "2.0.dev0", "2.1", "0.9"),
    *("1!0.5", "1.0.1", "1.0.1rc2", "1.2.3", "1.2.3.post4", "1.0a1.post2", "1.0a1.dev1", "2.0.post1", "1.0.post2+x"),
)
_BOUNDS = (
    *("1", "1.0", "1.0.0", "1.0a1", "1.0rc1", "1.0.dev1", "1.0.post1", "1.1", "2.0", "2.0a1", "1!0.5", "1.2.3"),
    *("1.0a1.dev1", "1.0.post1.dev2", "1.0a1.post2"),
)
_SPECIFIERS = (
    *("".join(parts) for parts in itertools.product(("==", "!=", "<=", ">=", "<", ">", "~=", "==="), _BOUNDS)),
    *(f"{operator}{prefix}.*" for operator in ("==", "!=") for prefix in ("1", "1.0", "1.1", "1.0.0", "2", "1!0")),
    *("==1.0+local", "!=1.0+local", "===1.0+local", "", ">=1.0,<2.0", ">=1.0a1,<2.0", ">1.0,<2.0a1", "~=1.0,!=1.1"),
    *("~=1.0.0", "~=1.0.0.0", "~=1.1.0", "==1.0.0.0.*", "!=1.1.0.*"),
)


@pytest.mark.parametrize(("python", "pip"), PIPS)
def test_the_same_versions_and_the_same_word_on_prereleases(python: str, pip: str) -> None:
    rules = SpecifierRules(capabilities(pip))
    for text, theirs in ask(python, pip, _SPECIFIERS, _VERSIONS).items():
        specifier = parsed(text)
        if theirs is None or specifier is None:
            continue
        ours = [version for version in _VERSIONS if rules.contains(specifier, Version(version))]
        assert {"contains": ours, "prereleases": rules.admits_prereleases(specifier)} == theirs, text


_LEGACY_VERSIONS = (
    *(
        "2011k",
        "2011K",
        "2012f",
        "dev-5",
        "1.0-final.2",
        "1.0.linux-x86_64",
        "1.0.macosx",
        "2004-10-18x",
        "x",
        "1.0.x.00",
    ),
    *("1.0pre2-x", "1.0.x", "3.10-y", "3.9-y", "0.1", "1.0"),
)
_LEGACY_SPECIFIERS = (
    *("===2011k", "===2011k,!=1", "==2011k", "!=2011k", ">2011k", "<2012x", ">=dev-5", "<=x", "", "!=1", ">dev", ">=0"),
    *("==1.0.x", ">1.0.macosx", "===1.0", "<3.10-y", "===dev-5,>a", ">=1.0pre2-x,<=2012f"),
)


@pytest.mark.parametrize(
    ("python", "pip"), [(python, pip) for python, pip in PIPS if capabilities(pip).legacy_versions]
)
def test_the_same_versions_that_pep_440_does_not_know(python: str, pip: str) -> None:
    rules = SpecifierRules(capabilities(pip))
    for text, theirs in ask(python, pip, _LEGACY_SPECIFIERS, _LEGACY_VERSIONS).items():
        specifier = SpecifierSet(rules.read(part) for part in text.split(",") if part)
        ours = [version for version in _LEGACY_VERSIONS if rules.contains(specifier, read_version(version))]
        assert theirs is not None
        assert ours == theirs["contains"], text


_REQUIRES_PYTHON = (
    *(">=3.6", ">=2.7,!=3.0.*,!=3.1.*", "<4", "~=3.6", "==3.6.*", "!=3.6.*", ">3", "<3.6", ">=3.6,", ""),
    *(">=3.6.*", ">=3.7.*", "<3.6.*", "<=3.6.*", ">3.6.*", "=>3.6", "3.6", "~=3", ">=3.6 <4", ">=3.5rc-x", "!=2.7.x"),
    *(
        ">=3.x",
        "<3.6-dev",
        ">=3.5preview",
        "==3.6.8x",
        "<=3.10.*",
        ">=3.6.0.0.*",
        "< 3.8 .*",
        ">=3.6;x",
        "*",
        ">=three",
    ),
)
_PYTHONS = ("2.7.18", "3.5.0", "3.6.0", "3.6.8", "3.6.15", "3.7.16", "3.10.13", "4.0.0")


@pytest.mark.parametrize(("python", "pip"), PIPS)
def test_the_same_pythons(python: str, pip: str) -> None:
    rules = SpecifierRules(capabilities(pip))
    for text, theirs in ask(python, pip, _REQUIRES_PYTHON, _PYTHONS).items():
        verdicts = [rules.allows_python(text, one) for one in _PYTHONS]
        ours = None if None in verdicts else [one for one, verdict in zip(_PYTHONS, verdicts, strict=True) if verdict]
        assert ours == (theirs and theirs["contains"]), text


def ask(python: str, pip: str, specifiers: tuple[str, ...], versions: tuple[str, ...]) -> dict[str, dict | None]:
    answer = subprocess.run(
        [needs.interpreter(python), Path(__file__).with_name("ask_pip_for_specifiers.py"), needs.pip_folder(pip)],
        input=json.dumps({"specifiers": specifiers, "versions": versions}),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout)


def parsed(text: str) -> SpecifierSet | None:
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return None
