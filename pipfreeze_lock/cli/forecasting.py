"""``forecast`` from its options to its report."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.cli.forecast_bases import base_of_image, base_of_options
from pipfreeze_lock.cli.forecast_options import inputs_and_image, lock_among, pip_command, with_lock_remarks
from pipfreeze_lock.cli.forecast_output import ForecastOutput
from pipfreeze_lock.cli.lock_options import options_of_freeze, with_settings
from pipfreeze_lock.cli.locking import checked, parse_date
from pipfreeze_lock.cli.progress import Progress
from pipfreeze_lock.cli.replaced_inputs import refuse_to_replace
from pipfreeze_lock.cli.settings import read_settings, working_folder
from pipfreeze_lock.cli.told_wheels import ToldWheels
from pipfreeze_lock.cli.wiring import Wiring, read_inputs
from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.footprint.compiling import find_compiler
from pipfreeze_lock.footprint.switches import pip_switches
from pipfreeze_lock.footprint.wheel_files import IndexWheelFiles
from pipfreeze_lock.index.cache import Cache
from pipfreeze_lock.memo import Memo
from pipfreeze_lock.model.forecast import InstallCall
from pipfreeze_lock.report.forecast_difference import forecast_difference
from pipfreeze_lock.resolve.planning.interface import PlanRequest
from pipfreeze_lock.target.pip_capabilities import capabilities
from pipfreeze_lock.workflows.forecast import ForecastRequest, forecast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from pipfreeze_lock.cli.forecast_bases import Base
    from pipfreeze_lock.cli.forecast_options import ForecastOptions, PipOptions
    from pipfreeze_lock.cli.lock_options import LockOptions
    from pipfreeze_lock.cli.rendering import Talk
    from pipfreeze_lock.cli.settings import Settings
    from pipfreeze_lock.model.forecast import Forecast
    from pipfreeze_lock.model.lock import LockedSet, Via
    from pipfreeze_lock.model.requirement import RequirementSet
    from pipfreeze_lock.resolve.planning.interface import UpgradeStrategy

__all__ = ["run_forecast"]


def run_forecast(options: ForecastOptions, talk: Talk) -> int:
    """Forecast, and write the report.

    :return: 1 where pip would do something, or with ``--since`` something moved; else 0.
    :raises PipfreezeLockError: for whatever keeps it from being told; nothing was written then.
    """
    output = ForecastOutput(format=options.format, path=options.output, is_difference=options.since is not None)
    strategy = options.pip.strategy
    settings = read_settings(working_folder())
    asked = inputs_and_image(options, settings)
    refuse_to_replace((*asked.inputs, *options.lock.constraints), [options.output], by="the report")
    lock = _lock(asked.inputs)
    given = _lock_options(replace(options.lock, inputs=asked.inputs), settings, is_lock=lock is not None)
    since, until = _days(options.since, given.uploaded_prior_to)
    if asked.image is not None:
        base = base_of_image(asked.image, options, settings, talk)
    else:
        recorded, path = (lock.command, Path(asked.inputs[0])) if lock is not None else (None, None)
        base = base_of_options(options, settings, talk, recorded=recorded, lock=path)
    question = _Question.of(options.pip, strategy, given, base, lock, talk)
    if since is None:
        found = question.answer(until)
        output.write(found, talk)
        return int(not found.plan.is_empty)
    difference = forecast_difference(question.answer(since), question.answer(until), since=since)
    output.write_difference(difference, talk)
    return int(bool(difference.moves))


def _lock(inputs: tuple[str, ...]) -> LockedSet | None:
    data = lock_among(inputs)
    if data is None:
        return None
    from pipfreeze_lock.lockfile import requirements_txt  # noqa: PLC0415  most inputs are none

    return requirements_txt.parse(data, path=inputs[0])


def _lock_options(given: LockOptions, settings: Settings, *, is_lock: bool) -> LockOptions:
    """Fill in the configuration; what it says of choosing is no concern of a lock, where all is chosen."""
    if not is_lock:
        filled = with_settings(given, settings)
        has_project = any(one.endswith("pyproject.toml") for one in given.inputs)
        return checked(filled if has_project else replace(filled, extras=()))
    return checked(
        replace(
            options_of_freeze(given, settings),
            pre=given.pre,
            prefer_binary=given.prefer_binary,
            format_mentions=given.format_mentions,
            uploaded_prior_to=given.uploaded_prior_to,
            no_build=given.no_build,
        )
    )


def _days(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """Read ``--since`` and ``--uploaded-prior-to``.

    :raises UsageError: for what is no date, and for two of which the later one comes first.
    """
    first = parse_date(since) if since is not None else None
    last = parse_date(until) if until is not None else None
    if first is not None and last is not None and first >= last:
        message = f"`--since {since}` is not before `--uploaded-prior-to {until}`"
        raise UsageError(message, hints=["Give the earlier day with `--since`."])
    if first is not None and first >= datetime.now(UTC):
        message = f"`--since {since}` has not come yet"
        raise UsageError(message, hints=["Give the earlier of the two days with it; the later one is now."])
    return first, last


@dataclass(frozen=True, kw_only=True, slots=True)
class _Question:
    """One call of pip in one place, whose answer depends on the day."""

    pip: PipOptions
    strategy: UpgradeStrategy | None
    lock: LockOptions
    base: Base
    requirements: RequirementSet
    via: Mapping[NormalizedName, tuple[Via, ...]]
    talk: Talk

    @classmethod
    def of(
        cls,
        pip: PipOptions,
        strategy: UpgradeStrategy | None,
        given: LockOptions,
        base: Base,
        lock: LockedSet | None,
        talk: Talk,
    ) -> _Question:
        """Read the inputs."""
        if lock is not None:
            has_hashes = any(pin.hashes for pin in lock.pins)
            pip = with_lock_remarks(
                pip, has_hashes=has_hashes, installs_without_dependencies=lock.installs_without_dependencies
            )
            if lock.target != base.told.target:
                talk.warn(f"the lock was made for {lock.target}, and this is {base.told.target}")
        legacy_specifiers = capabilities(base.target.pip).legacy_specifiers
        requirements = read_inputs(given, Memo([]), legacy_specifiers=legacy_specifiers)
        for note in requirements.notes:
            talk.warn(note)
        via = {pin.name: pin.via for pin in lock.pins} if lock is not None else {}
        return cls(pip=pip, strategy=strategy, lock=given, base=base, requirements=requirements, via=via, talk=talk)

    def answer(self, day: datetime | None) -> Forecast:
        """Plan and measure as of a day; None: now."""
        progress = Progress(self.talk)
        wiring = Wiring.of(self.lock, self.requirements, self.base.target, day, progress)
        with wiring.at_work(progress, self.talk):
            found = self._answered(wiring, day, progress)
        for warning in dict.fromkeys((*wiring.notes(), *found.plan.warnings, *wiring.markers.guesses())):
            self.talk.warn(warning)
        for hint in found.plan.hints:
            self.talk.hint(hint)
        return found

    def _answered(self, wiring: Wiring, day: datetime | None, progress: Progress) -> Forecast:
        cache = wiring.cache or Cache(None)
        answers = wiring.cache_folder / "interpreters.json" if wiring.cache is not None else None
        return forecast(
            self._request(wiring, day),
            planner=wiring.planner(progress),
            wheels=ToldWheels(IndexWheelFiles(wiring.client, cache), progress),
            find_compiler=partial(find_compiler, self.base.target, environment=os.environ, answers=answers),
            cache=cache,
        )

    def _request(self, wiring: Wiring, day: datetime | None) -> ForecastRequest:
        is_hash_mode = self.pip.require_hashes or self.requirements.options.require_hashes
        is_hash_mode = is_hash_mode or any(one.hashes for one in self.requirements.requirements)
        base = self.base
        switches = pip_switches(
            base.config,
            base.tree,
            pip=base.target.pip,
            prefix=base.told.environment or base.places.data,
            instructions=base.instructions,
            words=tuple(self.pip.words()),
        )
        cache = switches.cache
        if cache is not None:
            trusted = cache.trusted_hosts.union(self.requirements.options.trusted_hosts)
            cache = replace(cache, is_hash_mode=cache.is_hash_mode or is_hash_mode, trusted_hosts=trusted)
        return ForecastRequest(
            base=base.told,
            call=InstallCall(
                command=pip_command(self.pip, self.lock),
                is_hash_mode=is_hash_mode,
                uploaded_prior_to=day,
                is_compiled=switches.is_compiled,
                compile_reason=switches.compile_reason,
                has_cache=cache is not None,
                cache_reason=switches.cache_reason,
            ),
            plan=PlanRequest(
                requirements=self.requirements,
                target=base.target,
                installed=base.installed(wiring.catalogue),
                upgrade=self.pip.upgrade,
                upgrade_strategy=self.strategy,
                force_reinstall=self.pip.force_reinstall,
                no_deps=self.pip.no_deps,
                require_hashes=is_hash_mode,
            ),
            places=base.places,
            tree=base.tree,
            cache=cache,
            is_bytecode_written=switches.is_bytecode_written,
            via=self.via,
        )
