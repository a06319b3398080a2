"""What pip-compile said when it failed, in the lines that a person can use, and what kind of failure it was.

pip-tools tells some of its failures in a sentence; those of pip come out of it as they are: the sentence in pip's log,
and a traceback of some forty lines below it.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import NetworkError, PipfreezeLockError, ResolutionError
from pipfreeze_lock.resolve.pip_tools.programs import as_block

if TYPE_CHECKING:
    from pipfreeze_lock.model.target import Target
    from pipfreeze_lock.resolve.pip_tools.environment import PipToolsEnvironment
    from pipfreeze_lock.resolve.pip_tools.programs import Ended

__all__ = ["NoAnswerError", "failure_of", "useful_lines"]

_ENDS_TRACEBACK = re.compile(r"(?P<name>[A-Za-z_][\w.]*)(?::.*)?$")
_BETWEEN_TRACEBACKS = ("During handling of the above exception", "The above exception was the direct cause")
_OF_NETWORK = re.compile(
    r"NetworkConnectionError|ConnectionError|HTTPError|Timeout|SSLError|ProxyError|UnauthorizedError"
)
_OF_PIP = re.compile(r"pip\._internal\.exceptions\.|piptools\.exceptions\.|ResolutionImpossible")
_ADVICE = re.compile(
    r"To fix this you could try to|^\d\. |^\[notice\]|^hint: |^INFO: pip is looking at|^note: This error"
)
_LINES_SHOWN = 15


class NoAnswerError(ResolutionError):
    """pip-compile ran, and found no answer."""

    own_target: Target | None = None
    """For whom there is none: see `pipfreeze_lock.resolve.pip_tools.engine.Compiled`."""
    steps_back = True
    """Whether this pip-compile takes an earlier choice back where it leads to a conflict."""


def failure_of(ended: Ended, environment: PipToolsEnvironment, folder: str) -> PipfreezeLockError:
    """Give the error for a pip-compile that failed.

    :param folder: Where it ran, which is left out of what is shown.
    """
    output = ended.output.replace(f"{folder}/", "")
    said = useful_lines(output) or None
    tools = f"pip-compile {environment.pip_tools} with pip {environment.pip}"
    raised = _exception(output)
    if raised and _OF_NETWORK.search(raised):
        message = f"{tools} could not ask the index"
        return NetworkError(message, context=said, hints=["Try again; it uses pip's own connection, not ours."])
    if raised and not _OF_PIP.search(raised):
        message = f"{tools} broke off: {raised}"
        hints = ["That is a failure of pip-tools, not of the requirements: lock without it."]
        return ResolutionError(message, context=said, hints=hints)
    hints = ["Lock without `--resolver pip-tools` to see which of the requirements conflict, and why."]
    refusal = NoAnswerError(f"{tools} finds no answer", context=said, hints=hints)
    refusal.steps_back = environment.steps_back
    return refusal


def useful_lines(output: str) -> str:
    """Leave out tracebacks, advice, and what was said before the first error; credentials are hidden.

    What ends a traceback is kept where nothing else is left.
    """
    lines: list[str] = []
    ends: list[str] = []
    is_within = False
    for line in output.splitlines():
        text = line.strip()
        if text.startswith("Traceback (most recent call last)"):
            is_within = True
        elif is_within and not line.startswith(" ") and _ENDS_TRACEBACK.match(line):
            is_within = False
            ends.append(text)
        elif text and not is_within and not text.startswith(_BETWEEN_TRACEBACKS) and not _ADVICE.search(text):
            lines.append(line)
    errors = [place for place, line in enumerate(lines) if line.lstrip().lower().startswith("error:")]
    shown = lines[errors[0] :] if errors else lines[-_LINES_SHOWN:]
    return as_block(textwrap.dedent("\n".join((shown or ends[-1:])[:_LINES_SHOWN])))


def _exception(output: str) -> str | None:
    """Give the line that ends the last traceback; None where there is none."""
    if "Traceback (most recent call last)" not in output:
        return None
    ends = [line for line in output.rpartition("Traceback (most recent call last)")[2].splitlines() if line[:1].strip()]
    named = [line for line in ends if _ENDS_TRACEBACK.match(line)]
    return named[0][:300] if named else None
