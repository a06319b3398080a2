"""The rules that files are judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.index_files import make_target

from pipfreeze_lock.index.evaluate import SelectionRules
from pipfreeze_lock.model.requirement import IndexOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipfreeze_lock.model.target import Target


@pytest.fixture
def rules() -> Callable[..., SelectionRules]:
    """Give the rules of a pip on Python 3.6.8 and glibc 2.24; further words are options."""

    def make(pip: str = "21.3.1", target: Target | None = None, **words: Any) -> SelectionRules:
        exclude_newer = words.pop("exclude_newer", None)
        return SelectionRules.of(target or make_target(pip), IndexOptions(**words), exclude_newer=exclude_newer)

    return make
