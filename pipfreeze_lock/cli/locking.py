"""What ``lock`` does with its options: read, resolve, show or write."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.cli.collector import resting_collector
from pipfreeze_lock.cli.existing_lock import read_existing
from pipfreeze_lock.cli.lock_differences import check_diff_options, difference_of, show_differences
from pipfreeze_lock.cli.lock_options import LockOptions, with_settings
from pipfreeze_lock.cli.lock_output import show_or_write
from pipfreeze_lock.cli.replaced_inputs import refuse_to_replace
from pipfreeze_lock.cli.settings import read_settings, working_folder
from pipfreeze_lock.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pipfreeze_lock.cli.existing_lock import Existing
    from pipfreeze_lock.cli.lock_differences import Difference
    from pipfreeze_lock.cli.rendering import Talk
    from pipfreeze_lock.cli.wiring import Wiring
    from pipfreeze_lock.memo import Memo
    from pipfreeze_lock.model.lock import LockedSet
    from pipfreeze_lock.model.requirement import Requirement, RequirementSet
    from pipfreeze_lock.model.target import Target
    from pipfreeze_lock.workflows.lock import HashesOf, LockRequest

__all__ = ["checked", "parse_date", "read_existing", "refuse_an_input", "run_lock", "show_or_write"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What came of a lock, as `Memo.keep` takes it."""

    said: str
    wrote: str
    left: str
    content: bytes
    changed: bool
    """Whether it is another one than was there."""
    holds_until: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A lock that is known, and of which nobody has heard yet."""

    differences: tuple[Difference, ...]
    """Of the lock and of its build lock, where they are asked for."""
    tell_and_write: Callable[[], Told]


def run_lock(given: LockOptions, talk: Talk, memo: Memo) -> bool:
    """Lock, once for each platform asked for.

    :param memo: Is told of all that shapes the answer, and keeps it.
    :return: Whether a lock is another one than before, or would be with ``--dry-run`` and ``--diff``.
    :raises PipfreezeLockError: for whatever keeps it from being done; nothing was written then.
    """
    with resting_collector():
        return _run_lock(given, talk, memo)


def _run_lock(given: LockOptions, talk: Talk, memo: Memo) -> bool:
    from pipfreeze_lock.cli.recorded_options import settings_used  # noqa: PLC0415  after the options were read
    from pipfreeze_lock.cli.targeting import choose_targets  # noqa: PLC0415  likewise
    from pipfreeze_lock.cli.wiring import read_inputs  # noqa: PLC0415  likewise
    from pipfreeze_lock.target.pip_capabilities import capabilities  # noqa: PLC0415  likewise

    _note_settings(memo, given)
    settings = read_settings(working_folder())
    options = checked(with_settings(given, settings))
    says_all = talk.level > 1  # of every file that there is: megabytes, asked for once
    shows_other = options.dry_run or options.diff or options.diff_output is not None
    if says_all or shows_other or options.upgrade or options.upgrade_packages or options.refresh:
        memo.is_void = True  # here and not by the arguments alone, where `-qn` hides a `-n`
    if options.exit_non_zero_on_change or options.resolver == "pip-tools" or options.cross_check:
        memo.is_void = True  # it ends with 0; and what pip-compile asked of the index, nobody has noted
    if options.upgrade and options.upgrade_packages:
        message = "`--upgrade` moves everything, `--upgrade-package` one thing"
        raise UsageError(message, hints=["Give one of them."])
    output = _output(options.output, options.inputs)
    existing = read_existing(output)
    chosen = choose_targets(
        options.target, settings, recorded=existing.command, lock=output, to_be_read=memo.file_to_be_read
    )
    _note_build_lock(options, output, memo)
    several = len(chosen.targets) > 1
    if several and output is None:
        message = "several platforms give several locks, and stdout takes one"
        raise UsageError(message, hints=["Give a file with `-o`, or one `--platform`."])
    legacy_specifiers = all(capabilities(one.pip).legacy_specifiers for one in chosen.targets)
    requirements = read_inputs(options, memo, legacy_specifiers=legacy_specifiers)
    outputs: list[Path] = []
    if output is not None:
        outputs = [_for_platform(output, one) if several else output for one in chosen.targets]
        if len(set(outputs)) < len(outputs):
            message = "two of the platforms are alike, and their locks would have one name"
            raise UsageError(message, hints=["Lock them one by one, each with its `-o`."])
        refuse_an_input(requirements, outputs)
    check_diff_options(options, outputs)
    date = parse_date(options.uploaded_prior_to) if options.uploaded_prior_to else None
    for note in (*existing.notes, *chosen.notes):
        talk.warn(note)
    answers: list[Answer] = []
    for target in chosen.targets:
        path = _for_platform(output, target) if several and output is not None else output
        before = read_existing(path) if several else existing
        command = chosen.command(target, path)
        answers.append(
            _lock_one(
                options,
                requirements,
                target,
                path,
                before,
                talk,
                date,
                command_of_target=command,
                remarks=settings_used(given, settings),
            )
        )
    # Once all are known, so that an error leaves no platform ahead of the others; and no lock without the difference.
    show_differences([one for answer in answers for one in answer.differences], options, date)
    told = [answer.tell_and_write() for answer in answers]
    if output is not None and len(told) == 1 and not options.no_cache:
        memo.file(output, existing.data)
        one = told[0]
        memo.keep(
            holds_until=one.holds_until,
            said=one.said,
            wrote=one.wrote,
            left=None if existing.notes else one.left,
            output=str(output),
            content=one.content,
        )
    return any(one.changed for one in told)


def _note_settings(memo: Memo, given: LockOptions) -> None:
    """Tell of the files that will be looked at, or looked for, beside the inputs."""
    here = working_folder()
    for folder in (here, *here.parents):
        memo.file_to_be_read(folder / "pyproject.toml")
    if not given.inputs and not Path("requirements.in").exists():
        memo.file("requirements.in", None)
    # Whose credentials are sent decides what an index shows.
    memo.file_to_be_read(os.environ.get("NETRC") or os.path.expanduser("~/.netrc"))  # noqa: PTH111  never fails


def _note_build_lock(options: LockOptions, output: Path | None, memo: Memo) -> None:
    from pipfreeze_lock.cli.build_locking import build_lock_path, check_build_lock  # noqa: PLC0415  see `run_lock`

    if options.build_lock:
        check_build_lock(options, output)
        memo.is_void = True  # which keeps one file
    elif output is not None:
        memo.file_to_be_read(build_lock_path(output))  # it may be for another state of the lock, which is said


def refuse_an_input(requirements: RequirementSet, outputs: list[Path]) -> None:
    """Keep what a person wrote from being replaced by the lock made of it."""
    hint = "Give another file with `-o`, `requirements.lock` for instance."
    refuse_to_replace((one.path for one in requirements.inputs), outputs, by="the lock", hint=hint)


def checked(options: LockOptions) -> LockOptions:
    """Give the options back if they make sense.

    :raises UsageError: for a number that is out of range, and for an extra that no input can have.
    """
    if options.timeout is not None and not 0 < options.timeout < float("inf"):
        message = f"`--timeout {options.timeout:g}` is no time that one can wait for"
        raise UsageError(message, hints=["Give seconds, more than 0."])
    if options.retries is not None and options.retries < 0:
        message = f"`--retries {options.retries}` is less than none"
        raise UsageError(message, hints=["`--retries 0` asks once."])
    if options.resolver is not None or options.cross_check:
        from pipfreeze_lock.cli.pip_tools_wiring import check_resolver  # noqa: PLC0415  most take the default

        check_resolver(options)
    if options.extras and not any(Path(one).name == "pyproject.toml" for one in options.inputs):
        message = f"`--extra {options.extras[0]}` is for a pyproject.toml, and none of the inputs is one"
        raise UsageError(
            message, hints=[f"In a requirements file, write it at the project: `NAME[{options.extras[0]}]`."]
        )
    return options


def _output(given: str | None, inputs: tuple[str, ...]) -> Path | None:
    """Give where to write; None is stdout."""
    if given == "-":
        return None
    if given is not None:
        return Path(given)
    if inputs[0] == "-" or "://" in inputs[0]:
        return None
    return Path(inputs[0]).parent / "requirements.lock"


def _for_platform(output: Path, target: Target) -> Path:
    """``requirements.lock`` is ``requirements.linux-arm64.lock`` where several platforms are locked."""
    return output.with_name(f"{output.stem}.{target.platform.replace('/', '-')}{output.suffix}")


def _lock_one(
    options: LockOptions,
    requirements: RequirementSet,
    target: Target,
    path: Path | None,
    existing: Existing,
    talk: Talk,
    date: datetime | None,
    *,
    command_of_target: list[tuple[str, ...]],
    remarks: tuple[tuple[str, str], ...],
) -> Answer:
    """Find the answer, and give what tells of it and writes it.

    :param remarks: Header lines that say where the command's options come from.
    """
    from pipfreeze_lock.cli.build_locking import stale_build_lock  # noqa: PLC0415  see `run_lock`
    from pipfreeze_lock.cli.command_line import recorded_command  # noqa: PLC0415  likewise
    from pipfreeze_lock.cli.progress import Progress  # noqa: PLC0415  likewise
    from pipfreeze_lock.cli.wiring import Wiring  # noqa: PLC0415  likewise
    from pipfreeze_lock.lockfile.requirements_txt import render  # noqa: PLC0415  likewise
    from pipfreeze_lock.workflows.lock import LockRequest, lock  # noqa: PLC0415  likewise

    progress = Progress(talk)
    wiring = Wiring.of(options, requirements, target, date, progress)
    with wiring.at_work(progress, talk):
        request = LockRequest(
            requirements=requirements,
            target=target,
            command=recorded_command(options, command_of_target, path),
            existing=existing.pins,
            upgrade=options.upgrade,
            upgraded=tuple(_upgraded(text) for text in options.upgrade_packages),
            hashes=hashes_of(options.hashes),
            path_in_lock=_path_in_lock(path),
            remarks=(*remarks, *((("uploaded-prior-to", f"{date:%Y-%m-%dT%H:%M:%SZ}"),) if date else ())),
        )
        locked = lock(request, resolver=wiring.resolver, hasher=wiring.files, releases=wiring.releases)
        if talk.level >= 1:
            from pipfreeze_lock.cli.selection_details import with_selections  # noqa: PLC0415  only with -v

            locked = with_selections(locked, wiring.releases, talk)
        data = render(locked)
        differences = difference_of(locked, data, path, existing, options, wiring.releases, exclude_newer=date)
        build_differences, write_build_lock = _build_lock(
            options, wiring, request, locked, data, path, talk, date, command_of_target=command_of_target
        )
    stale = () if options.build_lock else stale_build_lock(path, data)
    warnings = (*wiring.notes(), *locked.warnings, *wiring.markers.guesses(), *stale)

    # What is built, or fetched from where nobody says how long it stays, may be another thing the next time.
    is_settled = not any(pin.url for pin in locked.pins) and not any(key == "warning" for key, _ in locked.remarks)

    report = wiring.pip_tools.report if wiring.pip_tools is not None else ()

    def tell_and_write() -> Told:
        for line in report:
            talk.say(line)
        for detail in locked.details:
            talk.detail(detail)
        for warning in warnings:
            talk.warn(warning)
        for hint in locked.hints:
            talk.hint(hint)
        said = talk.said
        wrote, left = show_or_write(locked, data, path, existing, options, talk)
        write_build_lock()
        return Told(
            said=said,
            wrote=talk.rendered(wrote),
            left=talk.rendered(left),
            content=data,
            changed=data != existing.data,
            holds_until=wiring.index.fresh_until if is_settled else 0,
        )

    return Answer(differences=(*differences, *build_differences), tell_and_write=tell_and_write)


def _build_lock(
    options: LockOptions,
    wiring: Wiring,
    request: LockRequest,
    locked: LockedSet,
    data: bytes,
    path: Path | None,
    talk: Talk,
    date: datetime | None,
    *,
    command_of_target: list[tuple[str, ...]],
) -> tuple[tuple[Difference, ...], Callable[[], None]]:
    """Find the build lock, where one is asked for, and give what moved in it, and what tells of it and writes it."""
    if path is None or not options.build_lock:
        return (), lambda: None
    from pipfreeze_lock.cli.build_locking import lock_builds_beside  # noqa: PLC0415  only where it is asked for

    return lock_builds_beside(
        options, wiring, request, locked, data, path, talk, of_target=command_of_target, exclude_newer=date
    )


def hashes_of(text: str | None) -> HashesOf:
    """Check ``--hashes``.

    :raises UsageError: for a word that it does not know.
    """
    match text:
        case "all" | "none" | "chosen":
            return text
        case _:
            message = f"`--hashes {text}` is not known"
            raise UsageError(message, hints=["Write `chosen` or `all`."])


def _upgraded(text: str) -> Requirement:
    from pipfreeze_lock.model.requirement import SourceLine  # noqa: PLC0415  only with -P
    from pipfreeze_lock.requirements.parser import parse_requirement  # noqa: PLC0415  likewise

    return parse_requirement(text, source=SourceLine(file="--upgrade-package", line=0), is_constraint=True)


def _path_in_lock(path: Path | None) -> Callable[[str], str]:
    from pipfreeze_lock.cli.command_line import relative_to_lock  # noqa: PLC0415  only where it is needed

    return lambda location: relative_to_lock(location, path)


def parse_date(text: str) -> datetime:
    """Read ``--uploaded-prior-to``: a date, or a date with time; without an offset it is UTC.

    :raises UsageError: for anything else.
    """
    from datetime import UTC, datetime  # noqa: PLC0415  only where a date is given

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"`{text}` is not a date"
        hints = ["Write it as `2021-01-16` or `2021-01-16T12:00:00Z`."]
        raise UsageError(message, hints=hints, reference="RFC 3339") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
