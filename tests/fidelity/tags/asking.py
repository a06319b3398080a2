"""Ordered tag lists of real pips beside ours."""

from __future__ import annotations

import hashlib
import itertools
import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.target.tags import supported_tags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fidelity.tags.interpreters import Interpreter

__all__ = ["Answer", "ask"]

_ASK = Path(__file__).with_name("ask_pip_for_tags.py")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What one pip on one Python said to all that was asked of it."""

    pip: str
    compared: int = 0
    differences: list[str] = field(default_factory=list)
    error: str = ""
    """Why this pip's tags do not even import there; empty as a rule."""


def ask(executable: Path, questions: Sequence[tuple[str, Path, Sequence[Interpreter]]]) -> list[Answer]:
    """Put questions, (pip, its folder, interpreters), to real pips on one real interpreter.

    :raises AssertionError: where the asking itself fails.
    """
    documents = [{"pip": str(folder), "cases": _cases(pip, interpreters)} for pip, folder, interpreters in questions]
    command = [executable, "-W", "ignore", _ASK]
    process = subprocess.run(command, input=json.dumps(documents), capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    answers = []
    for (pip, _, interpreters), theirs in zip(questions, json.loads(process.stdout), strict=True):
        if isinstance(theirs, dict):
            answers.append(Answer(pip=pip, error=theirs["error"]))
            continue
        pairs = zip(interpreters, theirs, strict=True)
        differences = [_difference(pip, one, tags) for one, tags in pairs if tags is not None]
        answers.append(Answer(pip=pip, compared=len(theirs), differences=differences))
    return answers


def _cases(pip: str, interpreters: Sequence[Interpreter]) -> list[dict[str, object]]:
    return [
        {
            "facts": one.facts,
            "expected": hashlib.sha256(" ".join(supported_tags(one.target(pip))).encode()).hexdigest(),
        }
        for one in interpreters
    ]


def _difference(pip: str, interpreter: Interpreter, theirs: list[str]) -> str:
    ours = supported_tags(interpreter.target(pip))
    same = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(ours, theirs, strict=False)))
    return (
        f"pip {pip} on {interpreter}: after {same} equal tags, ours {ours[same : same + 2]} of {len(ours)}, "
        f"theirs {theirs[same : same + 2]} of {len(theirs)}"
    )
