"""The resolvelib that a pip carries, put under our own provider: what differs then, does not come of the algorithm.

resolvelib's interface moved with its releases: 0.5 (pip 20.3 to 21.0), 0.7 (21.1 and 21.2), 0.8 and 1.0 (21.3 to 25.0),
1.1 and newer (25.1 on), the last of which is what we run with.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest
import resolvelib
from support import needs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

__all__ = ["carried_resolvelib", "searching_as"]


@contextlib.contextmanager
def searching_as(pip: str) -> Iterator[None]:
    """Let our engine search with the resolvelib of a pip."""
    from pipfreeze_lock.resolve import search  # noqa: PLC0415  only once the environment is set

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "Resolver", functools.partial(_Resolver, carried_resolvelib(pip)))
        yield


@functools.cache
def carried_resolvelib(pip: str) -> ModuleType:
    """Import it, under a name of its own."""
    name = f"resolvelib_of_pip_{pip.replace('.', '_')}"
    folder = needs.pip_folder(pip) / "pip" / "_vendor" / "resolvelib"
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class _Resolver:
    """In the place of `resolvelib.Resolver`."""

    def __init__(self, library: ModuleType, provider: Any, reporter: Any) -> None:
        self._library = library
        release = tuple(map(int, library.__version__.split(".")[:2]))
        adapted = _ProviderOf0_5 if release < (0, 6) else _ProviderOf0_7 if release < (0, 8) else _Provider
        self._resolver = library.Resolver(adapted(provider), _Reporter(reporter))

    def resolve(self, needs: list[Any], max_rounds: int) -> Any:
        try:
            return self._resolver.resolve(needs, max_rounds=max_rounds)
        except self._library.ResolutionImpossible as impossible:
            raise resolvelib.ResolutionImpossible(impossible.causes) from None
        except self._library.resolvers.ResolverException as failed:
            raise resolvelib.ResolutionTooDeep(max_rounds) from failed


class _Provider:
    """As resolvelib 0.8 and newer ask; older ones do not know ``narrow_requirement_selection``."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)


class _ProviderOf0_7(_Provider):  # noqa: N801  the version reads best so
    def get_preference(self, identifier: str, resolutions: Any, candidates: Any, information: Any) -> Any:
        return self._provider.get_preference(identifier, resolutions, candidates, information, ())


class _ProviderOf0_5(_Provider):  # noqa: N801
    def get_preference(self, _resolution: Any, _candidates: Any, information: Any) -> Any:
        identifier = information[0].requirement.identifier
        return self._provider.get_preference(identifier, {}, {}, {identifier: iter(information)}, ())

    def find_matches(self, requirements: list[Any]) -> Any:
        identifier = requirements[0].identifier
        found = self._provider.find_matches(identifier, {identifier: iter(requirements)}, {identifier: iter(())})
        return _Found(found) if callable(found) else found


class _Found(Sequence[Any]):
    """As pip gives candidates: each is made when it is reached, and all where resolvelib takes some out of them."""

    def __init__(self, found: Callable[[], Iterator[Any]]) -> None:
        self._found = found

    def __iter__(self) -> Iterator[Any]:
        return self._found()

    def __bool__(self) -> bool:
        return any(True for _ in self)

    def __getitem__(self, _index: Any) -> Any:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError


class _Reporter:
    """Passes on what ours listens to; each release has reports of its own beside these."""

    def __init__(self, reporter: Any) -> None:
        self._reporter = reporter

    def __getattr__(self, _name: str) -> Any:
        return lambda *_arguments, **_words: None

    def adding_requirement(self, requirement: Any, parent: Any) -> None:
        self._reporter.adding_requirement(requirement, parent)

    def pinning(self, candidate: Any) -> None:
        self._reporter.pinning(candidate)
