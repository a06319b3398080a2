"""The engine over pip-tools, put together, and the cross-check of both."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.metadata.child_programs import index_variables
from pipfreeze_lock.model.requirement import IndexOptions
from pipfreeze_lock.resolve.catalogue import Catalogue
from pipfreeze_lock.resolve.interface import ResolutionReporter
from pipfreeze_lock.resolve.pip_tools.engine import PipToolsEngine
from pipfreeze_lock.resolve.pip_tools.environment import Environments
from pipfreeze_lock.resolve.pip_tools.programs import child_environment
from pipfreeze_lock.resolve.pip_tools.releases import ToolReleases
from pipfreeze_lock.target.interpreters import Interpreter, find_interpreter
from pipfreeze_lock.workflows.cross_check import CrossCheckedResolver

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from pipfreeze_lock.cli.lock_options import LockOptions
    from pipfreeze_lock.cli.progress import Progress
    from pipfreeze_lock.cli.wiring import Wiring
    from pipfreeze_lock.model.requirement import RequirementSet
    from pipfreeze_lock.model.target import Target
    from pipfreeze_lock.resolve.interface import Resolver

__all__ = ["PipToolsParts", "check_resolver"]

RESOLVERS = ("resolvelib", "pip-tools")
_ANY_MODERN_PIP = "26.0"
"""By whose rules pip-tools and pip are looked for: the target's may be one that does not heed Requires-Python."""


def check_resolver(options: LockOptions) -> None:
    """Look whether ``--resolver`` and ``--cross-check`` make sense.

    :raises UsageError: where they do not.
    """
    if options.resolver not in (None, *RESOLVERS):
        message = f"`--resolver {options.resolver}` is not known"
        hints = ["Write `resolvelib`, the default, or `pip-tools`, which runs pip-compile."]
        raise UsageError(message, hints=hints)
    if (options.resolver == "pip-tools" or options.cross_check) and options.no_build:
        asked = "--cross-check" if options.cross_check else "--resolver pip-tools"
        message = f"`--no-build` cannot be kept with `{asked}`: pip-compile builds what it has to"
        raise UsageError(message, hints=["Leave out one of them; `--only-binary :all:` keeps it from building."])


@dataclass(frozen=True, kw_only=True, slots=True)
class PipToolsParts:
    """What a lock needs of it: which resolver to take, and what to put away in the end."""

    resolver: PipToolsEngine | CrossCheckedResolver
    temporary: tempfile.TemporaryDirectory[str] | None

    @property
    def report(self) -> tuple[str, ...]:
        """What came of the cross-check, line by line."""
        return self.resolver.report if isinstance(self.resolver, CrossCheckedResolver) else ()

    @classmethod
    def of(
        cls,
        wiring: Wiring,
        options: LockOptions,
        requirements: RequirementSet,
        target: Target,
        exclude_newer: datetime | None,
        progress: Progress,
        network: Mapping[str, str],
    ) -> PipToolsParts:
        """Put it together beside the parts of a lock.

        :param network: The environment of this process with pip's variables for how an index is reached.
        """
        temporary = None
        if wiring.cache is None:
            temporary = tempfile.TemporaryDirectory(prefix="pipfreeze-lock-pip-tools-", ignore_cleanup_errors=True)
        folder = Path(temporary.name) if temporary else wiring.cache_folder / "pip-tools"
        variables = child_environment(network)
        engine = PipToolsEngine(
            files=wiring.resolver,
            interpreter=partial(_interpreter, None if temporary else wiring.cache_folder / "interpreters.json"),
            releases=partial(_releases, wiring, target),
            environments=Environments(
                folder / "environments",
                variables=variables,
                sources=index_variables(requirements.options),
                making=lambda what: progress.running(f"pip to install {what}"),
            ),
            variables=variables,
            cache=None if temporary else folder / "downloads",
            holds=wiring.markers.holds,
            exclude_newer=exclude_newer,
            reporter=progress,
        )
        if not options.cross_check:
            return cls(resolver=engine, temporary=temporary)

        @contextmanager
        def resolver_for(other: Target) -> Iterator[Resolver]:
            alone = replace(options, resolver="resolvelib", cross_check=False)
            again = type(wiring).of(alone, requirements, other, exclude_newer, progress)
            try:
                yield again.resolver
            finally:
                again.close()

        checked = CrossCheckedResolver(
            ours=wiring.resolver,
            theirs=engine,
            takes_theirs=options.resolver == "pip-tools",
            resolver_for=resolver_for,
            holds=wiring.markers.holds,
            why_no_wheel=wiring.releases.why_no_wheel,
        )
        return cls(resolver=checked, temporary=temporary)


def _interpreter(answers: Path | None, target: Target) -> Interpreter | None:
    return find_interpreter(target.python, target.implementation, environment=os.environ, cache=answers)


def _releases(wiring: Wiring, target: Target, interpreter: Interpreter) -> ToolReleases:
    """Look for the tools with nothing of what the person wants of other files: no pre-releases, no date, no formats."""
    from pipfreeze_lock.index.evaluate import SelectionRules  # noqa: PLC0415  beside the rules of the lock itself

    rules = SelectionRules.of(replace(target, python=interpreter.version, pip=_ANY_MODERN_PIP), IndexOptions())
    catalogue = Catalogue(
        index=wiring.index,
        metadata=wiring.metadata,
        rules=rules,
        reporter=ResolutionReporter(),
        places=wiring.catalogue_places,
    )
    return ToolReleases(catalogue=catalogue, rules=rules, client=wiring.client)
