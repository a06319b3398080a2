"""In which line of a lock something stands: found when it has to be told, since most checks tell of nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipfreeze_lock.model.finding import Location
from pipfreeze_lock.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["LockPlaces", "line_of_option"]

_PIN = re.compile(
    r"^(?:([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?(?:===?|[ ]@[ ])|[a-z][a-z0-9+.-]*:\S+?[#&]egg=([A-Za-z0-9._-]+))",
    re.MULTILINE,
)
_HEADER = re.compile(r"^# ([a-z][a-z0-9-]*):", re.MULTILINE)


_SHORT = {"--index-url": "-i", "--find-links": "-f"}


def line_of_option(text: str, option: str, values: Sequence[str]) -> int:
    """Give the line of a requirements file that has an option, one with a certain value before others; 0 for none."""
    names = "|".join(re.escape(one) for one in (option, _SHORT.get(option)) if one is not None)
    pattern = re.compile(rf"(?:^|\s)(?:{names})(?=[\s=]|$)")
    found = [
        (number, line)
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line) and not line.lstrip().startswith("#")
    ]
    wanted = (number for number, line in found if any(value and value in line for value in values))
    return next(wanted, found[-1][0] if found else 0)


class LockPlaces:
    """Gives places in one lock.

    :param path: Of the lock, as it is to be shown.
    :param text: All of it.
    """

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._text = text
        self._pins: Mapping[str, int] | None = None

    @property
    def whole(self) -> Location:
        """The file."""
        return Location(self._path)

    def line(self, number: int) -> Location:
        """Give a line by its number; 0 is the whole file."""
        return Location(self._path, number)

    def pin(self, name: str) -> Location:
        """Give where a distribution is pinned; the whole file where it is not."""
        if self._pins is None:
            self._pins = self._lines_of_pins()
        return Location(self._path, self._pins.get(name, 0))

    def header(self, key: str, value: str = "") -> Location:
        """Give the header line of a key, the one whose value starts so; the whole file where there is none."""
        for match in _HEADER.finditer(self._text):
            if match[1] == key and self._text.startswith(value, match.end() + 1):
                return Location(self._path, self._text.count("\n", 0, match.start()) + 1)
        return self.whole

    def option(self, name: str) -> Location:
        """Give the line of a pip option, else the header line that records it; the whole file where there is none."""
        option = re.escape(name)
        patterns = (rf"^{option}(?:[ =]|$)", rf"^# (?:options|command): .*{option}(?: |$)")
        match = next(filter(None, (re.search(one, self._text, re.MULTILINE) for one in patterns)), None)
        return Location(self._path, self._text.count("\n", 0, match.start()) + 1) if match else self.whole

    def satisfied(self, name: str) -> Location:
        """Give the header line of a distribution that the image has; the whole file where there is none."""
        match = re.search(rf"^# satisfied: {re.escape(name)}(?: |$)", self._text, re.MULTILINE)
        return Location(self._path, self._text.count("\n", 0, match.start()) + 1) if match else self.whole

    def _lines_of_pins(self) -> dict[str, int]:
        lines: dict[str, int] = {}
        number, position = 1, 0
        for match in _PIN.finditer(self._text):
            number += self._text.count("\n", position, match.start())
            position = match.start()
            lines.setdefault(canonical_name(match[1] or match[2]), number)
        return lines
