"""What would let in the files that a pip passes over: another option, pip or image. For error messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version

from pipfreeze_lock.index.filenames import parse_version, parse_wheel_name
from pipfreeze_lock.index.wheel_support import needed_libc, needed_pip
from pipfreeze_lock.target.pip_capabilities import STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.utils import NormalizedName

    from pipfreeze_lock.index.evaluate import Rejected, SelectionRules
    from pipfreeze_lock.model.target import Libc
    from pipfreeze_lock.target.pip_capabilities import WheelNames

__all__ = ["remedies"]

_PYTHONS_SHOWN = 6


def remedies(rejected: Sequence[Rejected], name: NormalizedName, rules: SelectionRules) -> list[str]:
    """Give what would let in one of these files, a sentence for each kind of remedy, the cheapest first.

    :param rejected: Newest version first.
    """
    return list(_Remedies(rejected, name, rules).sentences())


class _Remedies:
    def __init__(self, rejected: Sequence[Rejected], name: NormalizedName, rules: SelectionRules) -> None:
        self._rejected = rejected
        self._name = name
        self._rules = rules
        self._wheels = [(one, _tags(one)) for one in rejected if one.cause == "tags"]

    def sentences(self) -> Iterator[str]:
        yield from self._without_an_option()
        yield from self._on_another_day()
        yield from self._with_a_newer_pip()
        yield from self._with_a_pip_that_reads_the_name()
        yield from self._with_a_newer_libc()
        yield from self._with_another_python()

    def _without_an_option(self) -> Iterator[str]:
        pip = self._rules.target.pip
        for cause, what in (("only-binary", f"pip {pip} would compile"), ("no-binary", f"pip {pip} might take")):
            file = next((one.file.filename for one in self._rejected if one.cause == cause), None)
            if file is not None:
                yield f"Without `--{cause}` for `{self._name}`, {what} `{file}`."

    def _on_another_day(self) -> Iterator[str]:
        times = [(one.file.upload_time, one.file.filename) for one in self._rejected if one.cause == "too new"]
        first = min(((time, file) for time, file in times if time is not None), default=None)
        if first is not None:
            yield f"A later date lets one in: `{first[1]}` was uploaded on {first[0]}."

    def _with_a_newer_pip(self) -> Iterator[str]:
        lowest: tuple[Version, str, str] | None = None
        for one, tags in self._wheels:
            pip = needed_pip(tags, self._rules.target)
            if pip is not None and (lowest is None or Version(pip) < lowest[0]):
                lowest = Version(pip), pip, one.file.filename
        if lowest is not None:
            yield f"A newer pip in the image, {lowest[1]} at least, would take `{lowest[2]}`."

    def _with_a_pip_that_reads_the_name(self) -> Iterator[str]:
        for file in (one.file.filename for one in self._rejected if one.cause == "file name"):
            pips = self._pips_that_read(file) if file.endswith(".whl") else None
            if pips is not None:
                yield f"The name of `{file}` is read by {pips}, not by {self._rules.target.pip}."
                return

    def _pips_that_read(self, filename: str) -> str | None:
        """Say which pips take a wheel's name for one of this project: ``pip below 25.1``, or ``pip 10.0.0 or newer``.

        Those that are older than the target's come first: what was once read is not read again.
        """
        first: tuple[str, WheelNames] = ("0", "version starts with a digit")
        steps = [first, *((step.pip, step.value) for step in STEPS if step.capability == "wheel_names")]
        own = Version(self._rules.target.pip)
        found: str | None = None
        for place, (since, style) in enumerate(steps):
            parsed = parse_wheel_name(filename, style)
            if parsed is None or parsed.name != self._name or parse_version(parsed.version_text) is None:
                continue
            if Version(since) > own:
                return found or f"pip {since} or newer"
            if place + 1 < len(steps):
                found = f"pip below {steps[place + 1][0]}"
        return found

    def _with_a_newer_libc(self) -> Iterator[str]:
        lowest: tuple[Libc, str] | None = None
        for one, tags in self._wheels:
            needs_it = one.reason.startswith(("it needs glibc", "it needs musl"))
            libc = needed_libc(tags, self._rules.target) if needs_it else None
            if libc is not None and (lowest is None or libc < lowest[0]):
                lowest = libc, one.file.filename
        if lowest is not None:
            libc = lowest[0]
            yield f"A base image with {libc.family} {libc.major}.{libc.minor} or newer would do for `{lowest[1]}`."

    def _with_another_python(self) -> Iterator[str]:
        """Name the Pythons that wheels are for, where nothing but the Python keeps them out."""
        pythons: dict[str, None] = {}
        for one, tags in self._wheels:
            if one.reason.startswith("it is for another Python"):
                pythons |= dict.fromkeys(tags.partition("-")[0].split("."))
        if pythons and all(one.reason.startswith("it is for another Python") for one, _ in self._wheels):
            shown = ", ".join(list(pythons)[:_PYTHONS_SHOWN]) + (", …" if len(pythons) > _PYTHONS_SHOWN else "")
            yield f"The target has Python {self._rules.target.python}, and there are wheels of it for {shown}."


def _tags(rejected: Rejected) -> str:
    """``cp36-cp36m-manylinux1_x86_64`` of a wheel whose name was read."""
    return "-".join(rejected.file.filename.removesuffix(".whl").rsplit("-", 3)[1:])
