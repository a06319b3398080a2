"""What docs/lock-format.md shows is what is written."""

from __future__ import annotations

from pathlib import Path

from pipfreeze_lock.lockfile import requirements_txt


def test_the_example_is_a_lock_of_ours():
    page = Path(__file__).parents[2] / "docs" / "lock-format.md"
    example = page.read_text(encoding="utf-8").split("```\n")[1].encode()
    read = requirements_txt.read(example, path="example")
    assert read.digest_ok
    assert read.problems == ()
    assert requirements_txt.render(read.lock) == example
