from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

import pytest
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from support.command_line import TARGET, run
from support.packages import wheel

from pipfreeze_lock.requirements.recorded import canonical_specifier
from pipfreeze_lock.resolve.via import marker_without_extra

if TYPE_CHECKING:
    from pathlib import Path

    from support.index_server import IndexServer


@pytest.mark.parametrize(
    ("marker", "expected"),
    [
        ('extra == "x"', None),
        ("'x' == extra", None),
        ('(extra == "x")', None),
        ('((extra == "x"))', None),
        ('python_version < "3.7"', 'python_version < "3.7"'),
        ('python_version < "3.7" and extra == "x"', 'python_version < "3.7"'),
        ('extra == "x" and python_version < "3.7"', 'python_version < "3.7"'),
        ('(extra == "x") and (python_version < "3.7")', 'python_version < "3.7"'),
        ('extra == "x" and extra == "y"', None),
        ('(python_version < "3.7" and os_name == "nt") and extra == "x"', 'python_version < "3.7" and os_name == "nt"'),
        (
            '(python_version < "3.7" or os_name == "nt") and extra == "x"',
            'python_version < "3.7" or os_name == "nt"',
        ),
        (
            'os_name == "posix" and (python_version < "3.7" or os_name == "nt") and extra == "x"',
            'os_name == "posix" and (python_version < "3.7" or os_name == "nt")',
        ),
        # Nothing shorter says the same:
        ('python_version < "3.7" or extra == "x"', 'python_version < "3.7" or extra == "x"'),
        ('(extra == "x" or extra == "y") and os_name == "nt"', '(extra == "x" or extra == "y") and os_name == "nt"'),
        ('extra != "x"', 'extra != "x"'),
        (
            'extra == "x" and os_name == "nt" or os_name == "posix"',
            'extra == "x" and os_name == "nt" or os_name == "posix"',
        ),
        # Words inside quotes are none of the grammar's:
        ('platform_version == "a and extra == b" and extra == "x"', 'platform_version == "a and extra == b"'),
        ('extra == "and" and platform_version == "(or)"', 'platform_version == "(or)"'),
        ('platform_version == "extra"', 'platform_version == "extra"'),
    ],
)
def test_a_marker_without_its_extra(marker: str, expected: str | None) -> None:
    found = marker_without_extra(Marker(marker))
    assert found == (None if expected is None else str(Marker(expected)))


ATOMS = ('extra == "x"', 'python_version < "3.7"', 'os_name == "nt"', '"y" == extra')
SHAPES = (
    *("{} and {} and {}", "{} or {} or {}", "({} or {}) and {}", "{} and ({} or {})", "({} and {}) or {}"),
    *("{} or {} and {}", "(({}) and {}) and ({})", "({} and ({} or {}))"),
)


def test_what_is_left_says_the_same_once_the_extra_is_there() -> None:
    """For all markers of these shapes: with the extras asked for one by one, whole and rest agree."""
    for shape, atoms in product(SHAPES, product(ATOMS, repeat=3)):
        whole = Marker(shape.format(*atoms))
        rest = marker_without_extra(whole)
        left_out = set(re.findall(r'extra == "(\w)"|"(\w)" == extra', str(whole))) - set(
            re.findall(r'extra == "(\w)"|"(\w)" == extra', rest or "")
        )
        if len(left_out) != 1:
            continue
        extra = "".join(*left_out)
        for python, system in product(("3.6", "3.11"), ("nt", "posix")):
            environment = {"python_version": python, "os_name": system, "extra": extra}
            assert whole.evaluate(environment) == (rest is None or Marker(rest).evaluate(environment)), str(whole)


@pytest.mark.parametrize(
    ("given", "expected"), [("", ""), (">= 1, != 1.5", "!=1.5,>=1"), ("==1.0.*", "==1.0.*"), ("~=1.0,<2", "<2,~=1.0")]
)
def test_a_specifier_is_sorted(given: str, expected: str) -> None:
    assert canonical_specifier(SpecifierSet(given)) == expected


def test_who_asks_for_what(index_server: IndexServer, workplace: Path) -> None:
    index_server.add(
        wheel(
            "App",
            "1",
            requires=["shared>=1", 'old ; python_version < "3"', 'new!=3,>=1 ; python_version >= "3"', "kit[gui]"],
            extras={"Web.UI": ["shared<3", "only-web"], "cli": ['only-cli>1 ; os_name == "posix"', "shared"]},
        ),
        wheel("kit", "1", extras={"gui": ["shared!=9", "kit"]}),
        *(wheel(name, "2", requires=["app"] if name == "only-cli" else []) for name in ("new", "only-web", "only-cli")),
        wheel("shared", "2"),
    )
    (workplace / "requirements.txt").write_text(
        'app[web_ui,CLI]\nShared ; os_name == "posix"\nshared ; os_name == "nt"\n-c limits.txt\n'
    )
    (workplace / "limits.txt").write_text("shared<5\nnot-asked-for<1\nshared<7 ; os_name == 'nt'\n")
    ran = run("lock", *TARGET, "--index-url", index_server.url, "-o", "-")
    assert ran.code == 0, ran.said
    assert comments(ran.out) == {
        "app[cli,web-ui]": ["-r requirements.txt ([cli,web-ui])", "only-cli"],
        "kit[gui]": ["app ([gui])", "kit[gui]"],
        "new": ['app (!=3,>=1; python_version >= "3")'],
        "only-cli": ['app[cli] (>1; os_name == "posix")'],
        "only-web": ["app[web-ui]"],
        "shared": [
            "-c limits.txt (<5)",
            '-r requirements.txt (; os_name == "posix")',
            "app (>=1)",
            "app[cli]",
            "app[web-ui] (<3)",
            "kit[gui] (!=9)",
        ],
    }


def comments(lock: str) -> dict[str, list[str]]:
    """Give for each pin who asks for it."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in lock.splitlines():
        if pin := re.match(r"(\S+)==", line):
            name = pin[1]
            found[name] = []
        elif name and (via := re.match(r"    # via (.+)|    #   (.+)", line)):
            found[name].append(via[1] or via[2])
    return found
