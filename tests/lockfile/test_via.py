"""Who asks for a pin, as text."""

from __future__ import annotations

import pytest

from pipfreeze_lock.lockfile.via import parse_via, render_via
from pipfreeze_lock.model.lock import Via

URL = "@ https://files.example/a;b-1.0.zip"


@pytest.mark.parametrize(
    ("via", "text"),
    [
        (Via("distribution", "tensorboard", constraint=">=1.24.3"), "tensorboard (>=1.24.3)"),
        (
            Via("distribution", "tensorflow", extra="gpu", constraint=">=1", marker='python_version < "3.7"'),
            'tensorflow[gpu] (>=1; python_version < "3.7")',
        ),
        (Via("distribution", "six"), "six"),
        (Via("distribution", "six", extra="x"), "six[x]"),
        (Via("distribution", "six", marker='os_name == "nt"'), 'six (; os_name == "nt")'),
        (Via("distribution", "six", constraint="!=1.5,>=1", extras=("a", "b")), "six ([a,b] !=1.5,>=1)"),
        (Via("distribution", "six", extras=("a",)), "six ([a])"),
        (Via("distribution", "six", extras=("a",), marker='os_name == "nt"'), 'six ([a]; os_name == "nt")'),
        (Via("distribution", "six", constraint=URL), f"six ({URL})"),
        (Via("distribution", "six", constraint=URL, marker='a == "b"'), f'six ({URL} ; a == "b")'),
        (Via("-r", "requirements.txt", constraint="==1.1.1"), "-r requirements.txt (==1.1.1)"),
        (Via("-c", "limits.txt", constraint="<2"), "-c limits.txt (<2)"),
        (Via("-r", "my reqs (copy).txt", constraint="==1"), r"-r my reqs\x20(copy).txt (==1)"),
        (Via("-r", "win\\dows.txt"), r"-r win\x5cdows.txt"),
        (Via("-r", "https://files.example/r.txt"), "-r https://files.example/r.txt"),
    ],
)
def test_both_ways(via, text):
    assert render_via(via) == text
    assert parse_via(text) == via


@pytest.mark.parametrize("text", ["", "(", "six (>=1", "six >=1", "-r", "-x requirements.txt", "[a]"])
def test_what_does_not_say_who_asks(text):
    assert parse_via(text) is None
