"""What ``check`` does: read each lock and what it was made from, compare, tell. Nothing here knows a network."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.check import rules
from pipfreeze_lock.check.header import OptionChange
from pipfreeze_lock.check.places import LockPlaces, line_of_option
from pipfreeze_lock.cli.command_line import recorded_command, relative_to_lock
from pipfreeze_lock.cli.index_options import index_options
from pipfreeze_lock.cli.input_findings import finding, location_of, unreadable_inputs
from pipfreeze_lock.cli.recorded_options import (
    in_force,
    lock_command,
    options_by_name,
    read_command,
    relock_command,
)
from pipfreeze_lock.cli.targeting import FIELD_OF_OPTION, choose_targets
from pipfreeze_lock.errors import InputError, LockFileError, UsageError
from pipfreeze_lock.model.finding import Examination, Location
from pipfreeze_lock.requirements.loader import load_requirements, read_location
from pipfreeze_lock.target.pip_capabilities import capabilities
from pipfreeze_lock.workflows.check import CheckRequest, check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipfreeze_lock.cli.lock_options import LockOptions
    from pipfreeze_lock.cli.recorded_options import RecordedCommand
    from pipfreeze_lock.cli.settings import Settings
    from pipfreeze_lock.cli.targeting import ChosenTargets
    from pipfreeze_lock.lockfile.interface import ReadLock
    from pipfreeze_lock.model.finding import Finding, Rule
    from pipfreeze_lock.model.requirement import RequirementSet
    from pipfreeze_lock.model.target import Target

__all__ = ["Basis", "Checked", "check_lock"]

_OURS = re.compile(rb"^# (?:command: pipfreeze-lock |digest: sha256:)", re.MULTILINE)
"""Lines of a lock of ours that has lost its first one."""
_SEEN_IN_LINES = frozenset({"inputs", "--constraint", "--extra"})
"""What a change of these does is told by file and line: as lines that are new, or gone."""


def _keys(option: str) -> tuple[str, ...]:
    """Give the keys of the configuration that an option may stand under."""
    key = option.removeprefix("--")
    return (key, "exclude-newer") if key == "uploaded-prior-to" else (key,)


@dataclass(frozen=True, kw_only=True, slots=True)
class Basis:
    """What a lock was compared with, for whoever looks further."""

    read: ReadLock
    places: LockPlaces
    options: LockOptions
    """In force now."""
    requirements: RequirementSet
    target: Target
    relock: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What came of one lock."""

    examination: Examination
    exit_code: int
    basis: Basis | None = None
    """None where the lock or an input could not be read."""


def check_lock(path: Path, settings: Settings) -> Checked:
    """Look at one lock.

    :raises UsageError: for a configuration that contradicts itself.
    """
    shown = path.as_posix()
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        missing = finding(rules.MISSING_LOCK, f"there is no `{shown}`", Location(shown), "pipfreeze-lock lock")
        return _told(shown, missing, exit_code=1)
    except OSError as error:
        message = f"it cannot be read: {(error.strerror or type(error).__name__).lower()}"
        return _told(shown, finding(rules.UNREADABLE_LOCK, message, Location(shown)), exit_code=InputError.exit_code)
    try:
        read = _read(data, path)
    except LockFileError as error:
        foreign = _foreign(path, data)
        if foreign is not None:
            return foreign
        remedy = " ".join(error.hints) or None
        unreadable = finding(rules.UNREADABLE_LOCK, error.message, location_of(error, shown), remedy)
        return _told(shown, unreadable, exit_code=error.exit_code)
    text = data.decode(errors="replace")
    if any(key == "build-for" for key, _ in read.lock.remarks):
        from pipfreeze_lock.cli.checking_builds import check_build_lock  # noqa: PLC0415  few have one

        examination = check_build_lock(path, read, text)
        return Checked(examination=examination, exit_code=int(not examination.agrees))
    return _Check(path, read, text, settings).result()


def _read(data: bytes, path: Path) -> ReadLock:
    if path.suffix == ".toml":
        from pipfreeze_lock.lockfile import pylock  # noqa: PLC0415  costs tomllib, and is not the usual format

        return pylock.read(data, path=path.as_posix())
    from pipfreeze_lock.lockfile import requirements_txt  # noqa: PLC0415  as above

    return requirements_txt.read(data, path=path.as_posix())


def _foreign(path: Path, data: bytes) -> Checked | None:
    """Check a lock of another tool; None where it is one of ours that is damaged, or none at all."""
    from pipfreeze_lock.lockfile.requirements_txt import is_lock  # noqa: PLC0415  after it could not be read

    if is_lock(data) or _OURS.search(data) or b"<<<<<<<" in data or path.suffix == ".toml":
        return None
    from pipfreeze_lock.cli.checking_foreign import check_lock_of_another_tool  # noqa: PLC0415  such locks are rare

    checked = check_lock_of_another_tool(path, data)
    if checked is None:
        return None
    examination, exit_code = checked
    return Checked(examination=examination, exit_code=exit_code or int(not examination.agrees))


def _told(path: str, one: Finding, *, exit_code: int) -> Checked:
    return Checked(examination=Examination(lock=path, findings=(one,)), exit_code=exit_code)


@dataclass(slots=True)
class _Check:
    """One lock, and what is gathered for it."""

    path: Path
    read: ReadLock
    text: str
    settings: Settings
    findings: list[Finding] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    paths: dict[str, str] = field(default_factory=dict)
    """Locations to what the lock calls them."""
    exit_code: int = 0

    def result(self) -> Checked:
        """Compare."""
        lock = self.read.lock
        recorded = read_command(lock.command, dict(lock.remarks), self.path)
        self.unchecked += (f"`{option}` of the lock's command is not known" for option in recorded.unknown)
        options = in_force(recorded, self.settings)
        places = LockPlaces(self.path.as_posix(), self.text)
        relock = self._relock(recorded, options)
        chosen = self._chosen(recorded, places, relock) if recorded.image is None else None
        target = self._target(chosen, recorded)
        requirements = self._requirements(options, places, relock, target, is_frozen=recorded.image is not None)
        if recorded.image is not None and requirements is not None:
            relock = self._relock_frozen(recorded, requirements, relock)
        if target is None:
            message = f"its `target` line, `{lock.target}`, cannot be read"
            self._find(rules.UNREADABLE_LOCK, message, places.header("target"), relock)
            return Checked(
                examination=Examination(lock=self.path.as_posix(), findings=tuple(self.findings)), exit_code=3
            )
        examination = check(
            CheckRequest(
                path=self.path.as_posix(),
                read=self.read,
                places=places,
                relock=relock,
                path_in_lock=self._path_in_lock,
                requirements=requirements,
                unread=frozenset(self.unread),
                target=target,
                target_is_known=chosen is not None,
                target_source=self._target_source(chosen),
                changes=tuple(self._changes(options, recorded, chosen, target)),
                place_in_inputs=lambda option, values: self._place_of_option(requirements, option, values),
                findings=tuple(self.findings),
                unchecked=tuple(self.unchecked),
            )
        )
        basis = None
        if requirements is not None:
            basis = Basis(
                read=self.read,
                places=places,
                options=options,
                requirements=requirements,
                target=target,
                relock=relock,
            )
        if any(one.rule is rules.UNREADABLE_INPUT for one in examination.findings):
            self.exit_code = InputError.exit_code
        return Checked(examination=examination, exit_code=self.exit_code or int(not examination.agrees), basis=basis)

    def _path_in_lock(self, location: str) -> str:
        if location not in self.paths:
            self.paths[location] = relative_to_lock(location, self.path)
        return self.paths[location]

    def _relock(self, recorded: RecordedCommand, options: LockOptions) -> str:
        """Give the command that mends what is found; a frozen image stays as it is, so that its inputs are locked."""
        if recorded.image is not None and options.inputs:
            return lock_command(recorded, self.read.lock, self.path)
        return relock_command(recorded, self.path, default=self._is_default(options))

    def _relock_frozen(self, recorded: RecordedCommand, requirements: RequirementSet, relock: str) -> str:
        """Give the command that ``lock`` cannot stand in for, where it refuses lines of the inputs."""
        from pipfreeze_lock.check.frozen import has_lines_without_hash  # noqa: PLC0415  for frozen images alone

        is_refused = has_lines_without_hash(requirements)
        return relock_command(recorded, self.path, default=False) if is_refused else relock

    def _is_default(self, options: LockOptions) -> bool:
        """Whether ``lock`` writes this file by itself."""
        output = self.settings.place("output", None)
        folder = Path(options.inputs[0]).parent if options.inputs else Path()
        default = Path(output) if output is not None else folder / "requirements.lock"
        return default == self.path

    def _chosen(self, recorded: RecordedCommand, places: LockPlaces, relock: str) -> ChosenTargets | None:
        """Evaluate anew what the lock is for; where that cannot be done, that is a finding."""
        by_hand = recorded.target_by_hand()
        try:
            return choose_targets(by_hand, self.settings, recorded=self.read.lock.command, lock=self.path)
        except (UsageError, InputError) as error:  # an image that nobody knows, a Dockerfile that is gone
            place = location_of(error) if error.context else places.header("command")
            self._find(rules.UNKNOWN_TARGET, error.message, place, " ".join(error.hints) or relock)
        return None

    def _target(self, chosen: ChosenTargets | None, recorded: RecordedCommand) -> Target | None:
        line = self.read.lock.target
        if chosen is None:
            from pipfreeze_lock.target.recorded import target_of_line  # noqa: PLC0415  only where it is gone

            return target_of_line(line, markers=recorded.options.target.markers)
        targets = chosen.targets
        same = [one for one in targets if str(one) == line]
        alike = [one for one in targets if f" {one.platform} " in line]
        return (same or alike or list(targets))[0]

    def _target_source(self, chosen: ChosenTargets | None) -> Location | None:
        if chosen is None:
            return None
        if chosen.image_source is not None:
            return Location(chosen.image_source.file, chosen.image_source.line)
        keys = (option[2:] for option in FIELD_OF_OPTION)
        return next((self._place_in_settings(key) for key in keys if key in self.settings.values), None)

    def _requirements(
        self, options: LockOptions, places: LockPlaces, relock: str, target: Target | None, *, is_frozen: bool
    ) -> RequirementSet | None:
        """Read the inputs as they are now; what is not there, or cannot be read, is a finding."""
        inputs = [one for one in options.inputs if self._is_there(one, places, relock)]
        constraints = [one for one in options.constraints if self._is_there(one, places, relock)]
        try:
            return load_requirements(
                inputs,
                constraints=constraints,
                options=index_options(options),
                read=self._read_input,
                environment=os.environ,
                extras=options.extras,
                legacy_specifiers=target is not None and capabilities(target.pip).legacy_specifiers,
                of_installed=is_frozen,
            )
        except InputError as error:
            self.exit_code = error.exit_code
            self.findings += unreadable_inputs(error)
            return None

    def _is_there(self, location: str, places: LockPlaces, relock: str) -> bool:
        if location == "-" or "://" in location or os.path.exists(location):  # noqa: PTH110  quicker
            return True
        in_lock = self._path_in_lock(location)
        self.unread.add(in_lock)
        role = next((one.role for one in self.read.lock.inputs if one.path == in_lock), "input")
        message = f"the lock was made from `{location}`, and there is no such file"
        self._find(rules.MISSING_INPUT, message, places.header(role, in_lock), relock)
        return False

    def _read_input(self, location: str) -> bytes:
        scheme = location.partition(":")[0].lower()
        if location != "-" and scheme not in ("http", "https"):
            return read_location(location, client=None, stdin=bytes)
        shown = self._path_in_lock(location)
        if shown not in self.unread:
            what = "standard input" if location == "-" else f"`{shown}`"
            self.unchecked.append(f"{what} is not read offline: what the lock records of it counts")
        self.unread.add(shown)
        return b""

    def _changes(
        self, options: LockOptions, recorded: RecordedCommand, chosen: ChosenTargets | None, target: Target
    ) -> list[OptionChange]:
        if recorded.image is not None:
            return []
        of_target = chosen.command(target, self.path) if chosen is not None else []
        now = options_by_name(recorded_command(options, of_target, self.path))
        then = options_by_name(recorded.text)
        changes: list[OptionChange] = []
        for option in sorted(now.keys() | then.keys()):
            is_of_target = option in FIELD_OF_OPTION or option == "--no-base"
            if now.get(option) == then.get(option) or (is_of_target and chosen is None) or option in _SEEN_IN_LINES:
                continue
            changes.append(
                OptionChange(
                    option=option,
                    recorded=then.get(option, ()),
                    now=now.get(option, ()),
                    location=self._place_in_settings(*_keys(option)),
                    is_of_target=is_of_target,
                )
            )
        return changes

    @staticmethod
    def _place_of_option(requirements: RequirementSet | None, option: str, values: Sequence[str]) -> Location | None:
        """Find an option in the files that were read; read again, since it is for the rare case that one changed."""
        for one in requirements.inputs if requirements is not None else ():
            if os.path.isfile(one.path):  # noqa: PTH113  no URL
                line = line_of_option(Path(one.path).read_text(encoding="utf-8", errors="replace"), option, values)
                if line:
                    return Location(one.path, line)
        return None

    def _place_in_settings(self, *keys: str) -> Location | None:
        """Give the line of a key in the configuration; its table where the key is gone; None without configuration."""
        if self.settings.path is None:
            return None
        path = os.path.relpath(self.settings.path).replace(os.sep, "/")
        lines = self.settings.path.read_text(encoding="utf-8").splitlines()
        table = next((number for number, line in enumerate(lines, 1) if line.strip() == "[tool.pipfreeze-lock]"), 0)
        for number, line in enumerate(lines[table:], table + 1):
            if line.startswith("["):
                break
            if line.partition("=")[0].strip().strip("\"'") in keys:
                return Location(path, number)
        return Location(path, table)

    def _find(self, rule: Rule, message: str, location: Location, remedy: str | None) -> None:
        self.findings.append(finding(rule, message, location, remedy))
