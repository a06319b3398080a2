"""What can be wrong with one line, and how all that is wrong is told at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipfreeze_lock.model.requirement import SourceLine

__all__ = ["LineProblem", "RequirementsError", "all_as_one", "hide_credentials", "input_error", "shown"]


class LineProblem(Exception):  # noqa: N818  never leaves this package: the line it belongs to makes it an InputError
    """A line that cannot be taken; whoever knows its place turns it into an `InputError`.

    :param message: As for `InputError`, credentials hidden.
    """

    def __init__(self, message: str, *, hints: Sequence[str] = (), reference: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hints = tuple(hints)
        self.reference = reference

    def rephrased(self, rephrase: Callable[[str], str]) -> LineProblem:
        """Give the same problem in other words."""
        return LineProblem(rephrase(self.message), hints=[*map(rephrase, self.hints)], reference=self.reference)


class RequirementsError(InputError):
    """More than one thing is wrong in the inputs; `problems` has them in the order of the files and lines."""

    def __init__(self, problems: Sequence[InputError]) -> None:
        hints = dict.fromkeys(hint for problem in problems for hint in problem.hints)
        super().__init__(
            f"{len(problems)} problems in the requirements",
            context="\n".join(map(str, problems)),
            hints=tuple(hints),
            reference=next((problem.reference for problem in problems if problem.reference), None),
        )
        self.problems = tuple(problems)


def input_error(problem: LineProblem, source: SourceLine) -> InputError:
    """Give a line's problem its place, and hide whatever credential a message may still show."""
    told = problem.rephrased(hide_credentials)
    return InputError(told.message, context=str(source), hints=told.hints, reference=told.reference)


def all_as_one(errors: Sequence[InputError]) -> InputError:
    """Give the one error, or one that lists them all."""
    return errors[0] if len(errors) == 1 else RequirementsError(errors)


_USER_INFORMATION = re.compile(r"(?<=://)[^/?#\s]*@")
_PASSWORD_WITH_SLASH = re.compile(r"(?<=://)[^/\s:@]+:(?!\d+/)[^@\s]*@")
"""A password whose ``/``, ``?`` or ``#`` was not percent-encoded: no URL any more, and still a secret."""


def hide_credentials(text: str) -> str:
    """Hide user information in every URL of a text, as `pipfreeze_lock.model.url.redact` does in one."""
    if "://" not in text or "@" not in text:
        return text
    return _PASSWORD_WITH_SLASH.sub(_hidden, _USER_INFORMATION.sub(_hidden, text))


def _hidden(match: re.Match[str]) -> str:
    user, colon, _ = match[0].partition(":")
    return f"{user}:****@" if colon else "****@"


_LONGEST_SHOWN = 160


def shown(text: str) -> str:
    """Give a text as it may stand in a message: credentials hidden, control characters escaped, long ones cut."""
    hidden = hide_credentials(text)
    if len(hidden) > _LONGEST_SHOWN:
        hidden = f"{hidden[:_LONGEST_SHOWN]}…"
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in hidden)
