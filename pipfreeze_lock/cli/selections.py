"""What ``why --files`` does: ask the index for all files of a project, and print what became of each."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pipfreeze_lock.cli.command_line import command_name
from pipfreeze_lock.cli.index_options import index_options
from pipfreeze_lock.cli.lock_files import default_locks, read_lock
from pipfreeze_lock.cli.lock_options import with_settings
from pipfreeze_lock.cli.locking import checked, parse_date
from pipfreeze_lock.cli.progress import Progress
from pipfreeze_lock.cli.reasons import guides_for, print_json, say_what_is_missing, width_of
from pipfreeze_lock.cli.recorded_options import read_command
from pipfreeze_lock.cli.rendering import paint, wants_colour
from pipfreeze_lock.cli.settings import read_settings, working_folder
from pipfreeze_lock.cli.targeting import ChosenTargets, choose_targets
from pipfreeze_lock.cli.wiring import Wiring, read_inputs
from pipfreeze_lock.errors import PipfreezeLockError
from pipfreeze_lock.index.nearest_names import nearest_names
from pipfreeze_lock.memo import Memo
from pipfreeze_lock.model.requirement import RequirementSet
from pipfreeze_lock.report import reason_text, selection_text
from pipfreeze_lock.target.recorded import target_of_line
from pipfreeze_lock.workflows.why import reason
from pipfreeze_lock.workflows.why_files import selections

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.utils import NormalizedName

    from pipfreeze_lock.cli.lock_options import LockOptions
    from pipfreeze_lock.cli.reasons import WhyQuestion
    from pipfreeze_lock.cli.rendering import Style, Talk
    from pipfreeze_lock.cli.settings import Settings
    from pipfreeze_lock.model.lock import LockedSet
    from pipfreeze_lock.model.selection import Selection
    from pipfreeze_lock.model.target import Target

__all__ = ["run_why_files"]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """A lock to look in, and for whom it is; without a lock, the target alone."""

    path: Path | None
    lock: LockedSet | None
    target: Target
    options: LockOptions
    requirements: RequirementSet
    """What the inputs say, of which the options that stand among them count."""


def run_why_files(question: WhyQuestion, given: LockOptions, talk: Talk) -> int:
    """Print for each name why it is there and what became of its files; give the exit code.

    1 where a name is in none of the locks, or on no index.

    :raises PipfreezeLockError: when a lock or an index cannot be read, or nothing says what the target is.
    """
    names = [cast("NormalizedName", name) for name in question.normalised()]
    settings = read_settings(working_folder())
    places = list(_places(question, given, settings, talk))
    documents: list[dict[str, Any]] = []
    code = 0
    for number, place in enumerate(places):
        answers = _selections(place, names, talk)
        if question.output_format == "json":
            documents.append(_document(place, answers))
        else:
            if number:
                sys.stdout.write("\n")
            _print(place, answers, each_file=question.verbose, heads=len(places) > 1)
        code = max(code, _say_what_no_index_has(answers, talk))
    if question.output_format == "json":
        print_json(documents)
    locks = [(place.path, place.lock) for place in places if place.path is not None and place.lock is not None]
    return max(code, say_what_is_missing(locks, names, talk) if locks else 0)


def _places(question: WhyQuestion, given: LockOptions, settings: Settings, talk: Talk) -> Iterator[_Place]:
    paths: list[Path | None] = [Path(one) for one in dict.fromkeys(question.locks)]
    for path in paths or default_locks(settings) or [None]:
        lock = read_lock(path) if path is not None else None
        frozen = _frozen_target(given, lock)
        chosen = frozen or choose_targets(given.target, settings, recorded=lock.command if lock else None, lock=path)
        for note in chosen.notes:
            talk.warn(note)
        options = _options(given, settings, lock, path)
        requirements = _requirements(options, lock, talk)
        targets = [one for one in chosen.targets if lock is not None and str(one) == lock.target] or chosen.targets
        for target in targets[:1] if lock is not None else targets:
            if lock is not None and str(target) != lock.target:
                talk.warn(f"`{path}` was made for {lock.target}; files are judged for {target}")
            yield _Place(path=path, lock=lock, target=target, options=options, requirements=requirements)


def _frozen_target(given: LockOptions, lock: LockedSet | None) -> ChosenTargets | None:
    """Give the target that the lock of a frozen image records, where the command line names none; else None."""
    if lock is None or command_name(lock.command) != "freeze" or given.target.names_an_interpreter:
        return None
    target = target_of_line(lock.target)
    return None if target is None else ChosenTargets(targets=(replace(target, base=lock.base),), options=given.target)


def _options(given: LockOptions, settings: Settings, lock: LockedSet | None, path: Path | None) -> LockOptions:
    """Lay the options of the command line over those that the lock records, and these over the configuration."""
    options = given
    if lock is not None and path is not None:
        recorded = read_command(lock.command, dict(lock.remarks), path).options
        options = replace(
            given,
            inputs=recorded.inputs,
            constraints=recorded.constraints,
            extras=recorded.extras,
            index_url=given.index_url or recorded.index_url,
            extra_index_urls=given.extra_index_urls or recorded.extra_index_urls,
            find_links=given.find_links or recorded.find_links,
            no_index=given.no_index or recorded.no_index,
            trusted_hosts=given.trusted_hosts or recorded.trusted_hosts,
            pre=given.pre or recorded.pre,
            prefer_binary=given.prefer_binary or recorded.prefer_binary,
            format_mentions=recorded.format_mentions,
            uploaded_prior_to=given.uploaded_prior_to or recorded.uploaded_prior_to,
        )
    # Without a lock no input is read, so that none has to be there.
    return checked(with_settings(options if options.inputs else replace(options, inputs=("-",)), settings))


def _requirements(options: LockOptions, lock: LockedSet | None, talk: Talk) -> RequirementSet:
    """Read the inputs of the lock for the options in them; where one is not here, those of the lock stand in."""
    files = [*options.inputs, *options.constraints] if lock is not None else []
    if files and all(Path(one).is_file() for one in files):
        return read_inputs(options, Memo([]), of_installed=True)
    in_force = index_options(options)
    if lock is not None:
        talk.detail("not all inputs of the lock are here: `--pre` or `--prefer-binary` in one of them is not seen")
        in_force = replace(in_force, format_control=lock.options.format_control)
    return RequirementSet(requirements=(), constraints=(), options=in_force, inputs=())


def _selections(place: _Place, names: Iterable[NormalizedName], talk: Talk) -> list[Selection]:
    date = parse_date(place.options.uploaded_prior_to) if place.options.uploaded_prior_to else None
    progress = Progress(talk)
    wiring = Wiring.of(place.options, place.requirements, place.target, date, progress)
    try:
        return list(selections(place.lock, names, wiring.releases, fetch=True))
    finally:
        progress.stop()
        wiring.close()
        for note in wiring.notes():
            talk.warn(note)


def _print(place: _Place, answers: Iterable[Selection], *, each_file: bool, heads: bool) -> None:
    colour = wants_colour(sys.stdout)
    width = width_of(sys.stdout)

    def painted(text: str, style: Style) -> str:
        return paint(text, style, colour=colour)

    if heads and place.path is not None:
        sys.stdout.write(painted(f"{place.path}: {place.target}", "dim") + "\n")
    for number, answer in enumerate(answers):
        if number:
            sys.stdout.write("\n")
        why = reason(place.lock, answer.name) if place.lock is not None else None
        if why is not None:
            tree = reason_text.as_text(why, guides=guides_for(sys.stdout), width=width, paint=painted)
            sys.stdout.write(f"{tree}\n")
        for line in selection_text.as_lines(answer, each_file=each_file, width=width, paint=painted):
            sys.stdout.write(f"{line}\n")


def _document(place: _Place, answers: Iterable[Selection]) -> dict[str, Any]:
    distributions: list[dict[str, Any]] = []
    for answer in answers:
        why = reason(place.lock, answer.name) if place.lock is not None else None
        known: dict[str, Any] = reason_text.as_json(why) if why is not None else {"name": answer.name}
        distributions.append({**known, "selection": selection_text.as_json(answer)})
    return {
        "lock": place.path.as_posix() if place.path is not None else None,
        "target": str(place.target),
        "distributions": distributions,
        "missing": [{"name": one["name"]} for one in distributions if "state" not in one and place.lock is not None],
    }


def _say_what_no_index_has(answers: Iterable[Selection], talk: Talk) -> int:
    code = 0
    for answer in answers:
        if answer.releases or answer.is_direct:
            continue
        code = 1
        near = nearest_names(answer.name)
        hints = [f"Did you mean {' or '.join(f'`{one}`' for one in near)}?"] if near else []
        talk.error(PipfreezeLockError(f"no index has a file of `{answer.name}`", hints=hints))
    return code
