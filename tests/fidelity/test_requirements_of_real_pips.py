"""Requirements as distributions have them in the wild, put to the packaging that each pip carries."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import InvalidRequirement
from packaging.version import Version
from support import needs

from pipfreeze_lock.resolve.needs import parse_dependency
from pipfreeze_lock.target.pip_capabilities import capabilities
from pipfreeze_lock.target.specifiers import SpecifierRules

PIPS = [
    *(("3.6", pip) for pip in ("9.0.3", "19.1.1", "20.3.4", "21.3.1")),
    *(("3.7", pip) for pip in ("22.3.1", "24.0")),
    *(("3.8", pip) for pip in ("24.1", "24.3.1")),
    *(("3.10", pip) for pip in ("25.3", "26.0.1", "26.3")),
]
_VERSIONS = ("0.9", "1.0", "1.0.5", "1.5", "2.0rc1", "2.0", "3.0.post1", "2.0+local", "10")
_SPECIFIERS = (
    *("", ">=1", " >=1", ">= 1", " (>=1)", "(>=1)", " ( >=1 ) ", " (>=1,<2)", ">=1,<2", ">=1, <2", ">=1 , <2"),
    *(">=1,", " (>=1,)", ">=1,,<2", ",>=1", ">=1 <2", " (>=1 <2)", " (1.0)", " 1.0", "(=1.0)", "=1.0", "=>1", "~>1.0"),
    *(">=1.0.*", "<2.*", ">1.*", "==1.*", "!=1.0.*", "==1.*.*", "==*", "==1.0.*.1", ">=*", "~=1", "~=1.0", "~=1.0.*"),
    *("==1.0+local", ">=1.0+local", "!=1.0+local.*", "~=1.0+local", "===1.0", "===foo", "===1.0;x", ">dev", "==dev"),
    *("==2011k", "<=2013b", ">=1.0-foo-bar", "== 1.0", "==v1.0", ">=1.0RC1", "==1.0.dev", ">=1!0", "==1.0-1", ">=''"),
    *("()", " ( ) ", "(>=1", ">=1)", "==", ">=", "!=1 !=2", ">=1;", "; ", ">=1 and <2", ">=1 or <0.5", "@1.0"),
)
_FRAMES = (
    *(f"b{specifier}" for specifier in _SPECIFIERS),
    *(f"b[x]{specifier}" for specifier in _SPECIFIERS[:20]),
    *(f"b{specifier}; python_version > '2'" for specifier in _SPECIFIERS),
)
_REST = (
    *("b[]", "b[ ]", "b [x]", "b[x,y]", "b[x, y]", "b[x,]", "b[,x]", "b[x y]", "b[x-y.z_1]", "b[-x]", "b[x_]", "b[x"),
    *("B.c_d-e", "b..c", "b-", "-b", "_b", "b_", "b!", "b c", "é", "", "b\t>=1"),
    *("b @ https://h.example/b.whl", "b@https://h.example/b.whl", "b @ https://h.example/b.whl ; os_name == 'posix'"),
    *("b[x] @ https://h.example/b.whl#egg=b", "b @ ", "b @ git+https://h.example/b@v1"),
    *("b; python_version > 3", "b; python_version >", "b; nonsense == '1'", "b; os.name == 'posix'", "b;os_name=='nt'"),
    *("b; (os_name == 'nt'", "b; os_name == 'nt' and", "b; 'a' == 'b'", "b; os_name == sys_platform", "b; extra"),
    *("b; extra == 'x'", 'b; extra == "x" and os_name == "nt"', "b; os_name == 'nt' && extra == 'x'"),
    *("b; python_implementation == 'CPython'", "b; platform.machine == 'x'", "b; os_name == \u201cnt\u201d"),
    *("b; os_name in 'nt posix'", "b; os_name not in 'nt'", "b; os_name not  in 'nt'", "b; os_name is 'nt'"),
    *("b; not os_name == 'nt'", "b; os_name == 'it''s'", "b # comment", "b>=1 # comment"),
)
_REQUIREMENTS = tuple(
    # The marker after `===` is part of the version below pip 24.1: `PipProvider` fails on it as they do.
    text
    for text in dict.fromkeys((*_FRAMES, *_REST))
    if not ("===" in text and ";" in text)
)


@pytest.mark.parametrize(("python", "pip"), PIPS)
def test_the_same_is_read(python: str, pip: str) -> None:
    rules = SpecifierRules(capabilities(pip))
    answers = ask(python, pip)
    ours = {text: read(text, rules, legacy=capabilities(pip).legacy_specifiers) for text in answers}
    assert {text: (ours[text], theirs) for text, theirs in answers.items() if ours[text] != theirs} == {}


def ask(python: str, pip: str) -> dict[str, dict[str, Any] | None]:
    answer = subprocess.run(
        [needs.interpreter(python), Path(__file__).with_name("ask_pip_for_requirements.py"), needs.pip_folder(pip)],
        input=json.dumps({"requirements": _REQUIREMENTS, "versions": _VERSIONS}),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout)


def read(text: str, rules: SpecifierRules, *, legacy: bool) -> dict[str, Any] | None:
    try:
        dependency = parse_dependency(text, legacy_specifiers=legacy)
    except InvalidRequirement:
        return None
    return {
        "name": dependency.name,
        "extras": sorted(dependency.extras),
        "contains": [one for one in _VERSIONS if rules.contains(dependency.specifier, Version(one))],
        "marker": dependency.marker is not None,
        "url": dependency.url.reveal() if dependency.url is not None else None,
    }
