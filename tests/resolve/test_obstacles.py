"""What a release needs itself, held against a lock."""

from __future__ import annotations

import pytest
from support.index_files import make_target

from pipfreeze_lock.index.evaluate import SelectionRules
from pipfreeze_lock.model.core_metadata import CoreMetadata
from pipfreeze_lock.resolve.obstacles import obstacles
from pipfreeze_lock.target.markers import TargetMarkers


@pytest.mark.parametrize(
    ("requires", "extras", "found"),
    [
        ([], [], []),
        (["b"], [], []),
        (["b>=2,<3"], [], ["it needs `b<3,>=2`, and the lock has 1.0"]),
        (["B >= 2"], [], ["it needs `b>=2`, and the lock has 1.0"]),
        (["not-locked>=2"], [], []),
        (['b>=2; python_version < "3"'], [], []),
        (['b>=2; extra == "x"'], [], []),
        (['b>=2; extra == "x"'], ["x"], ["it needs `b>=2`, and the lock has 1.0"]),
        (["b (>dev)"], [], ["its metadata is invalid: `b (>dev)`"]),
        (["strange>1"], [], ["it needs `strange>1`, and the lock has 2011k"]),  # which is no version by PEP 440
        (["strange===2011k"], [], []),
    ],
)
def test_each_requirement(requires: list[str], extras: list[str], found: list[str]) -> None:
    target = make_target("25.3")
    metadata = CoreMetadata(name="a", version="1", requires_dist=tuple(requires), provides_extra=("x",), tier="wheel")
    rules, holds = SelectionRules.of(target), TargetMarkers(target).holds
    locked = {"b": "1.0", "strange": "2011k"}
    assert obstacles(metadata, locked, extras=extras, rules=rules, holds=holds) == found


def test_requires_python_of_the_metadata() -> None:
    target = make_target("25.3")
    metadata = CoreMetadata(name="a", version="1", requires_python=">=3.99", tier="wheel")
    found = obstacles(metadata, {}, extras=[], rules=SelectionRules.of(target), holds=TargetMarkers(target).holds)
    assert found == ["its metadata needs Python >=3.99"]
