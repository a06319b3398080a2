"""Large inputs: what is asked for again and again is looked at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command_line import TARGET, run

from pipfreeze_lock.resolve.provider import PipProvider


@pytest.mark.usefixtures("index")
def test_the_same_line_in_many_files_is_one_need(monkeypatch: pytest.MonkeyPatch) -> None:
    needs: list[int] = []
    find_matches = PipProvider.find_matches

    def counted(self: PipProvider, identifier: str, requirements: object, incompatibilities: object) -> object:
        needs.append(len(list(requirements[identifier])))  # type: ignore[index]
        return find_matches(self, identifier, requirements, incompatibilities)  # type: ignore[arg-type]

    monkeypatch.setattr(PipProvider, "find_matches", counted)
    files = [Path(f"service-{number}.txt") for number in range(40)]
    for file in files:
        file.write_text("a>=1\nb  # why\nb<3\n")
    assert run("lock", *files, "-o", "all.lock", *TARGET).code == 0
    lock = Path("all.lock").read_text()
    assert max(needs) <= 3
    assert lock.count("-r service-") == 3 * len(files)
