"""What pips from 20.3 on choose: the search of `pipfreeze_lock.resolve.engine`, on top of what is installed.

Source: ``resolvelib/{factory,found_candidates,provider,resolver}.py`` in pip's ``_internal/resolution``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.model.legacy_version import read_version
from pipfreeze_lock.resolve.direct import supported
from pipfreeze_lock.resolve.needs import BaseCandidate, FileCandidate
from pipfreeze_lock.resolve.planning.choices import Choice, Choices, installed_candidates
from pipfreeze_lock.resolve.planning.fetching import Fetching
from pipfreeze_lock.resolve.planning.hash_mode import check_all_pinned, is_hash_mode
from pipfreeze_lock.resolve.planning.install_rules import InstallRules
from pipfreeze_lock.resolve.planning.provider import PlanProvider
from pipfreeze_lock.resolve.preference import search_order
from pipfreeze_lock.resolve.prefetch import Prefetcher
from pipfreeze_lock.resolve.provider import bounds_of
from pipfreeze_lock.resolve.search import bounds_base, search, that_hold, user_requested, with_extras_as_asked
from pipfreeze_lock.resolve.via import asks

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipfreeze_lock.model.requirement import Requirement
    from pipfreeze_lock.resolve.needs import Candidate, Need
    from pipfreeze_lock.resolve.planning.interface import PlanParts, PlanRequest

__all__ = ["choose_by_search"]


def choose_by_search(parts: PlanParts, request: PlanRequest) -> Choices:
    """Choose.

    :raises ResolutionError: when there is no answer, or hash mode refuses a file that was looked at.
    """
    known = parts.rules.capabilities
    written = that_hold(request.requirements.requirements, parts.holds)
    roots = [with_extras_as_asked(one, parts.catalogue.extra_names) for one in written]
    constraints = that_hold(request.requirements.constraints, parts.holds)
    hash_mode = is_hash_mode(request, (*request.requirements.requirements, *request.requirements.constraints))
    fetching = Fetching(known, hash_mode=hash_mode)
    provider = _provider(parts, request, fetching, roots, constraints)
    settled = _settled(parts, request, provider, roots, constraints)
    if hash_mode:
        pinning = (*roots, *(constraints if known.constraint_hashes else ()))
        check_all_pinned(fetching.looked_at, pinning, known.version)
    unknown = [
        f"`{name}` {version} does not provide the extra `{extra}`"
        for name, version, extra in sorted(provider.unknown_extras)
    ]
    return Choices(
        choices=tuple(_choice(one, request) for one in settled if isinstance(one, (FileCandidate, BaseCandidate))),
        asks=tuple(asks([] if request.no_deps else settled, written, provider.bounds, provider)),
        fetching=fetching,
        warnings=(*unknown, *parts.catalogue.discarded_builds),
    )


def _settled(
    parts: PlanParts,
    request: PlanRequest,
    provider: PlanProvider,
    roots: list[Requirement],
    constraints: list[Requirement],
) -> list[Candidate]:
    moves = request.upgrade or request.force_reinstall
    prefetcher = Prefetcher(
        catalogue=parts.catalogue,
        holds=parts.holds,
        left_out=frozenset() if moves else frozenset(provider.base),
        preferred={},
    )
    prefetcher.start(roots, constraints)
    try:
        return search(provider, roots, parts.reporter)
    finally:
        prefetcher.stop()


def _provider(
    parts: PlanParts,
    request: PlanRequest,
    fetching: Fetching,
    roots: list[Requirement],
    constraints: list[Requirement],
) -> PlanProvider:
    bound_base = bounds_base(parts.rules.capabilities)
    requested = user_requested(request.target.pip, roots, bound_base=bound_base)
    return PlanProvider(
        catalogue=parts.catalogue,
        order=search_order(request.target.pip, requested),
        rules=parts.rules,
        holds=parts.holds,
        bounds=bounds_of(constraints),
        base={} if request.force_reinstall else installed_candidates(request.installed, parts.catalogue),
        preferred={},
        explicit=_noted(supported(parts.explicit, parts.rules), fetching),
        bound_base=bound_base,
        fetching=fetching,
        may_upgrade=_may_upgrade(request, frozenset(requested)),
        install_rules=InstallRules.of(request.target.pip),
        no_deps=request.no_deps,
    )


def _noted(explicit: Callable[[Need], FileCandidate], fetching: Fetching) -> Callable[[Need], FileCandidate]:
    def noted(need: Need) -> FileCandidate:
        candidate = explicit(need)
        fetching.look_at(candidate.name, candidate.found)
        return candidate

    return noted


def _may_upgrade(request: PlanRequest, requested: frozenset[str]) -> Callable[[str], bool]:
    rules = InstallRules.of(request.target.pip)
    if not request.upgrade:
        return lambda _: False
    if (request.upgrade_strategy or rules.strategy) == "eager":
        return lambda _: True
    return lambda identifier: rules.may_upgrade(identifier, requested)


def _choice(candidate: FileCandidate | BaseCandidate, request: PlanRequest) -> Choice:
    if isinstance(candidate, BaseCandidate) or _is_there(candidate, request):
        return Choice(candidate.name, None)
    return Choice(candidate.name, candidate)


def _is_there(candidate: FileCandidate, request: PlanRequest) -> bool:
    """Whether pip finds its work done by the same version: ``Resolver.resolve`` in its ``resolvelib/resolver.py``.

    No pip looks at where that came from: direct_url.json has no say.
    """
    state = request.installed.get(candidate.name)
    if state is None or request.force_reinstall or state.distribution.is_editable:
        return False
    if read_version(state.distribution.version) != candidate.version:
        return False
    return candidate.found.is_wheel or not candidate.found.url.startswith("file:")
