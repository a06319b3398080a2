"""Why a distribution is in a lock: chains of recorded edges, back to the lines of the inputs."""

from __future__ import annotations

from typing import Any

import pytest

from pipfreeze_lock.model.lock import LockedSet, Pin, Satisfied, Via
from pipfreeze_lock.model.reason import Reason
from pipfreeze_lock.model.requirement import IndexOptions
from pipfreeze_lock.model.target import BaseDistribution
from pipfreeze_lock.report.reason_text import ASCII, as_json, as_text
from pipfreeze_lock.workflows.why import nearest_in_lock, reason

ROOT = Via("-r", "requirements.txt")


def asks(parent: str, constraint: str = "", **words: Any) -> Via:
    return Via("distribution", parent, constraint=constraint, **words)


def locked(*pins: tuple[Any, ...], **words: Any) -> LockedSet:
    made = tuple(
        Pin(name=name, version="1.0", hashes=(), via=tuple(via for via in rest if isinstance(via, Via)))
        for name, *rest in pins
    )
    return LockedSet(command="pipfreeze-lock lock", target="any", options=IndexOptions(), pins=made, **words)


def tree(lock: LockedSet, name: str) -> list[str]:
    found = reason(lock, name)
    assert found is not None
    return as_text(found).splitlines()


def test_every_chain_leads_to_a_line_of_an_input() -> None:
    lock = locked(
        ("app", ROOT), ("tool", Via("-r", "tools.txt", constraint="<2")), ("lib", asks("app", ">=1"), asks("tool"))
    )
    assert tree(lock, "lib") == [
        "lib==1.0",
        "├── app 1.0 needs lib>=1",
        "│   └── requirements.txt asks for app",
        "└── tool 1.0 needs lib",
        "    └── tools.txt asks for tool<2",
    ]


def test_extras_markers_urls_and_constraints_are_shown_as_they_are_written() -> None:
    lock = locked(
        ("app", Via("-r", "requirements.txt", extras=("web",), marker='python_version < "3.7"')),
        (
            "lib",
            asks("app", "@ https://files.example/lib.zip", extra="web", extras=("a", "b"), marker='os_name == "nt"'),
            Via("-c", "limits.txt", constraint="<2"),
        ),
    )
    assert tree(lock, "lib") == [
        "lib==1.0",
        '├── app[web] 1.0 needs lib[a,b] @ https://files.example/lib.zip ; os_name == "nt"',
        '│   └── requirements.txt asks for app[web]; python_version < "3.7"',
        "└── limits.txt constrains it: lib<2",
    ]


def test_an_extra_is_traced_to_those_who_ask_for_it() -> None:
    """`other` asks for `app` without the extra, which is no reason for what only the extra needs."""
    lock = locked(
        ("app", Via("-r", "requirements.txt", extras=("web",)), asks("other")),
        ("other", ROOT),
        ("lib", asks("app", extra="web")),
    )
    assert tree(lock, "lib") == ["lib==1.0", "└── app[web] 1.0 needs lib", "    └── requirements.txt asks for app[web]"]


def test_an_extra_that_another_extra_of_its_own_asks_for() -> None:
    lock = locked(
        ("app", Via("-r", "requirements.txt", extras=("all",)), asks("app", extra="all", extras=("web",))),
        ("lib", asks("app", extra="web")),
    )
    assert tree(lock, "lib") == [
        "lib==1.0",
        "└── app[web] 1.0 needs lib",
        "    └── app[all] 1.0 needs app[web]",
        "        └── requirements.txt asks for app[all]",
    ]
    assert tree(lock, "app") == ["app==1.0", "└── requirements.txt asks for app[all]"]


def test_what_was_shown_is_not_shown_again_and_circles_end() -> None:
    lock = locked(("a", ROOT, asks("c")), ("b", asks("a")), ("c", asks("b"), asks("a")))
    assert tree(lock, "c") == [
        "c==1.0",
        "├── a 1.0 needs c",
        "│   ├── requirements.txt asks for a",
        "│   └── c 1.0 needs a (*)",
        "└── b 1.0 needs c",
        "    └── a 1.0 needs b (*)",
        "(*) who asks for it is shown above",
    ]


def test_the_nearest_to_an_input_comes_first() -> None:
    lock = locked(("z", ROOT), ("y", asks("z")), ("a", asks("y")), ("lib", asks("a"), asks("z")))
    assert [line[4:] for line in tree(lock, "lib") if line.startswith(("├", "└"))] == [
        "z 1.0 needs lib",
        "a 1.0 needs lib",
    ]


def test_a_thousand_parents_are_walked_once() -> None:
    layers = [("layer0", ROOT)] + [
        (f"layer{depth}x{place}", *(asks(f"layer{depth - 1}x{other}" if depth > 1 else "layer0") for other in range(8)))
        for depth in range(1, 60)
        for place in range(8)
    ]
    found = reason(locked(*layers), "layer59x0")
    assert found is not None
    assert len(as_text(found).splitlines()) < 60 * 8 * 8 + 10


def test_the_base_image() -> None:
    lock = locked(
        ("app", ROOT),
        base=(BaseDistribution("pip", "19.1.1"), BaseDistribution("setuptools", "41.0.1")),
        satisfied=(Satisfied(name="setuptools", via=(asks("app", ">=40"),)),),
    )
    assert tree(lock, "setuptools") == [
        "setuptools==41.0.1 is in the base image, and satisfies who asks for it: no pin",
        "└── app 1.0 needs setuptools>=40",
        "    └── requirements.txt asks for app",
    ]
    assert tree(lock, "pip") == ["pip==19.1.1 is in the base image; nothing in the lock asks for it"]
    assert reason(lock, "wheel") is None


def test_roots_name_the_lines_that_lead_here() -> None:
    lock = locked(
        ("app", Via("-r", "requirements.txt", constraint="==1.0")), ("b", asks("app")), ("lib", asks("b")), ("x", ROOT)
    )
    found = reason(lock, "lib")
    assert found is not None
    assert [(root.via.parent, root.requirement) for root in found.roots] == [("requirements.txt", "app==1.0")]
    document = as_json(found)
    assert document["roots"] == [
        {"kind": "requirement", "parent": "requirements.txt", "requirement": "app==1.0", "constraint": "==1.0"}
    ]
    assert document["asked_for_by"][0]["asked_for_by"][0]["asked_for_by"][0]["kind"] == "requirement"


def test_long_lines_are_continued_below_their_beginning() -> None:
    lock = locked(
        ("app", ROOT),
        ("lib", asks("app", ">=1", marker=" and ".join(['python_version < "3.7"'] * 4))),
        ("z", asks("lib")),
    )
    found = reason(lock, "z")
    assert found is not None
    lines = as_text(found, guides=ASCII, width=60).splitlines()
    assert max(map(len, lines)) <= 60
    assert lines[2].startswith("    `-- app 1.0 needs lib>=1;")
    assert lines[3].startswith("        |   ")
    assert " ".join(" ".join(lines).split()).count("python_version") == 4


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("grpc", ["grpcio", "grpcio-tools"]),
        ("requets", ["requests"]),
        ("sdk", ["aliyun-sdk-core"]),
        ("x", []),
        ("nothing-like-it", []),
    ],
)
def test_names_that_may_have_been_meant(name: str, near: list[str]) -> None:
    lock = locked(("grpcio", ROOT), ("grpcio-tools", ROOT), ("requests", ROOT), ("aliyun-sdk-core", ROOT))
    assert nearest_in_lock(lock, name) == near


def test_a_pin_that_nobody_asks_for() -> None:
    assert tree(locked(("a",)), "a") == ["a==1.0 has nobody who asks for it"]
    found = Reason(name="a", version="1", state="pinned", notes=("compiled in the image: no wheel",))
    assert as_text(found).splitlines()[1] == "  compiled in the image: no wheel"
