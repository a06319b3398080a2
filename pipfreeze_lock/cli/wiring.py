"""Which concrete class stands behind each interface: the one place that chooses."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.cli.index_options import index_options
from pipfreeze_lock.cli.settings import cache_folder
from pipfreeze_lock.errors import PipfreezeLockError, UsageError
from pipfreeze_lock.http.client import Client
from pipfreeze_lock.http.credentials import CredentialStore
from pipfreeze_lock.http.settings import HttpSettings
from pipfreeze_lock.index.cache import Cache
from pipfreeze_lock.index.client import SimpleIndexes
from pipfreeze_lock.index.evaluate import SelectionRules
from pipfreeze_lock.index.places import Places, credential_urls
from pipfreeze_lock.metadata.source import LayeredMetadata
from pipfreeze_lock.requirements.loader import load_requirements, read_location
from pipfreeze_lock.resolve.catalogue import Catalogue
from pipfreeze_lock.resolve.direct import DirectFiles
from pipfreeze_lock.resolve.engine import ResolvelibEngine
from pipfreeze_lock.resolve.releases import IndexReleases
from pipfreeze_lock.target.extra_names import ExtraNames
from pipfreeze_lock.target.markers import TargetMarkers

if TYPE_CHECKING:
    from datetime import datetime

    from pipfreeze_lock.cli.lock_options import LockOptions
    from pipfreeze_lock.cli.pip_tools_wiring import PipToolsParts
    from pipfreeze_lock.cli.progress import Progress
    from pipfreeze_lock.cli.rendering import Talk
    from pipfreeze_lock.http.keyring_program import KeyringProgram
    from pipfreeze_lock.memo import Memo
    from pipfreeze_lock.metadata.interface import BuildInterpreter
    from pipfreeze_lock.model.requirement import IndexOptions, RequirementSet
    from pipfreeze_lock.model.target import Target
    from pipfreeze_lock.resolve.interface import Resolver
    from pipfreeze_lock.resolve.planning.planner import Planner

__all__ = ["Wiring", "http_settings", "keyring_program", "read_inputs"]


def read_inputs(
    options: LockOptions, memo: Memo, *, legacy_specifiers: bool = False, of_installed: bool = False
) -> RequirementSet:
    """Read the requirements, and add the options that stand among them to those of the command line.

    :param memo: Is told of what was read.
    :param legacy_specifiers: Whether the pip that this is for reads ``pytz>dev``.
    :param of_installed: As `load_requirements` has it.
    """
    client: list[Client] = []
    environment = _NotedEnvironment()

    def read(location: str) -> bytes:
        if "://" in location and not location.startswith("file:") and not client:
            client.append(_client(options, index_options(options)))
        content = read_location(location, client=client[0] if client else None, stdin=sys.stdin.buffer.read)
        if "://" in location or location == "-":
            memo.is_void = True
        else:
            memo.file(location, content)
        return content

    try:
        return load_requirements(
            options.inputs,
            constraints=options.constraints,
            options=index_options(options),
            read=read,
            environment=environment,
            extras=options.extras,
            legacy_specifiers=legacy_specifiers,
            of_installed=of_installed,
        )
    finally:
        memo.variables(environment.names)
        for one in client:
            one.close()


class _NotedEnvironment(Mapping[str, str]):
    """The process's environment, with the names that somebody asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return os.environ[name]

    def __iter__(self) -> Iterator[str]:
        return iter(os.environ)

    def __len__(self) -> int:
        return len(os.environ)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wiring:
    """The parts of one lock, put together."""

    client: Client
    cache: Cache | None
    index: SimpleIndexes
    metadata: LayeredMetadata
    files: DirectFiles
    catalogue: Catalogue
    rules: SelectionRules
    resolver: Resolver
    releases: IndexReleases
    markers: TargetMarkers
    cache_folder: Path
    catalogue_places: tuple[str, ...]
    pip_tools: PipToolsParts | None = None

    @classmethod
    def of(
        cls,
        options: LockOptions,
        requirements: RequirementSet,
        target: Target,
        exclude_newer: datetime | None,
        progress: Progress,
    ) -> Wiring:
        """Put them together for one target."""
        in_force = requirements.options
        settings = http_settings(options, in_force)
        direct = (one.url for one in requirements.requirements if one.url and one.url.credentials)
        urls = (*credential_urls(in_force), *direct)
        credentials = CredentialStore(urls, netrc=settings.netrc, keyring=keyring_program(options))
        client = Client(settings, credentials=credentials)
        cache = None if options.no_cache else Cache(cache_folder(options.cache_dir))
        places = Places.of(in_force)
        # Whoever asks for what is new is not answered from a page that the index said may be kept for ten minutes.
        refresh = options.refresh or options.upgrade or bool(options.upgrade_packages)
        index = SimpleIndexes(places, http=client, cache=cache, credentials=credentials, refresh=refresh)
        metadata = LayeredMetadata(
            client=client,
            store=cache,
            target=target,
            interpreter=partial(_interpreter, target, cache_folder(options.cache_dir) if cache else None),
            no_build=options.no_build,
            reporter=progress,
            index_options=in_force,
            environment=_build_environment(settings),
        )
        markers = TargetMarkers(target)
        rules = SelectionRules.of(target, in_force, exclude_newer=exclude_newer)
        files = DirectFiles(
            client=client,
            metadata=metadata,
            legacy_specifiers=rules.capabilities.legacy_specifiers,
            extra_names=ExtraNames.of(rules.capabilities, target.python_release),
        )
        catalogue = Catalogue(
            index=index,
            metadata=metadata,
            rules=rules,
            reporter=progress,
            places=tuple(str(place.url) for place in places.places),
        )
        resolver = ResolvelibEngine(
            catalogue=catalogue,
            rules=rules,
            holds=markers.holds,
            explicit=files.candidate,
            digest=files.digest,
            reporter=progress,
        )
        wiring = cls(
            client=client,
            cache=cache,
            index=index,
            metadata=metadata,
            files=files,
            catalogue=catalogue,
            rules=rules,
            resolver=resolver,
            releases=IndexReleases(catalogue, rules, markers.holds),
            markers=markers,
            cache_folder=cache_folder(options.cache_dir),
            catalogue_places=catalogue.places,
        )
        if options.resolver != "pip-tools" and not options.cross_check:
            return wiring
        from pipfreeze_lock.cli.pip_tools_wiring import PipToolsParts  # noqa: PLC0415  only where pip-compile is to run

        network = _build_environment(settings)
        parts = PipToolsParts.of(wiring, options, requirements, target, exclude_newer, progress, network)
        return replace(wiring, resolver=parts.resolver, pip_tools=parts)

    def notes(self) -> list[str]:
        """Give what a person must know of the places and of the cache; after `close` all of it."""
        return [*self.index.notes, *(self.cache.notes if self.cache else ())]

    @contextmanager
    def at_work(self, progress: Progress, talk: Talk) -> Iterator[None]:
        """Close it in the end, and stop the progress; an error comes after what is known of the places."""
        try:
            yield
        except PipfreezeLockError:
            for note in self.index.notes:  # a folder that is not there, say: it may be the cause
                talk.warn(note)
            raise
        finally:
            progress.stop()
            self.close()

    def planner(self, progress: Progress) -> Planner:
        """Give what plans a ``pip install`` with these parts."""
        from pipfreeze_lock.resolve.planning.planner import Planner  # noqa: PLC0415  for forecasts alone

        return Planner(
            catalogue=self.catalogue,
            rules=self.rules,
            holds=self.markers.holds,
            explicit=self.files.candidate,
            digest=self.files.digest,
            builds=self.metadata,
            reporter=progress,
        )

    def close(self) -> None:
        """Give up what is still under way."""
        if self.pip_tools is not None and self.pip_tools.temporary is not None:
            self.pip_tools.temporary.cleanup()
        self.metadata.close()
        self.index.close()
        self.client.close()


def _client(options: LockOptions, in_force: IndexOptions) -> Client:
    settings = http_settings(options, in_force)
    return Client(settings, credentials=CredentialStore(credential_urls(in_force), netrc=settings.netrc))


def http_settings(options: LockOptions, in_force: IndexOptions) -> HttpSettings:
    """Give how hosts are reached: by the options, else by the environment."""
    return HttpSettings.from_environment(
        os.environ,
        proxy=options.proxy,
        ca_bundle=Path(options.cert) if options.cert else None,
        client_certificate=Path(options.client_cert) if options.client_cert else None,
        trusted_hosts=in_force.trusted_hosts,
        timeout=options.timeout,
        retries=options.retries,
    )


def _build_environment(settings: HttpSettings) -> dict[str, str]:
    """Give what builds run in: ours, with the settings that pip must reach the same index with."""
    environment = dict(os.environ)
    if settings.ca_bundle is not None:
        environment["PIP_CERT"] = str(settings.ca_bundle)
    if settings.client_certificate is not None:
        environment["PIP_CLIENT_CERT"] = str(settings.client_certificate)
    if settings.proxy is not None:
        environment["PIP_PROXY"] = settings.proxy
    return environment


def keyring_program(options: LockOptions) -> KeyringProgram | None:
    """Give the program that ``--keyring-provider`` stands for.

    :raises UsageError: when there is none, or the provider is not known.
    """
    match options.keyring_provider:
        case None | "disabled":
            return None
        case "subprocess":
            from pipfreeze_lock.http.keyring_program import KeyringProgram  # noqa: PLC0415  only where it is wanted

            program = shutil.which("keyring")
            if program is None:
                message = "there is no `keyring` program on PATH"
                raise UsageError(message, hints=["Install it, or leave out `--keyring-provider`."])
            return KeyringProgram(program)
        case other:
            message = f"`--keyring-provider {other}` is not known"
            raise UsageError(message, hints=["Write `disabled` or `subprocess`."])


def _interpreter(target: Target, cache: Path | None) -> BuildInterpreter | None:
    """Find a Python of the target's version on this machine: only asked when a build is due."""
    from pipfreeze_lock.metadata.interface import BuildInterpreter  # noqa: PLC0415  builds are rare
    from pipfreeze_lock.target.interpreters import find_interpreter  # noqa: PLC0415  likewise

    answers = cache / "interpreters.json" if cache is not None else None
    found = find_interpreter(target.python, target.implementation, environment=os.environ, cache=answers)
    if found is None:
        return None
    return BuildInterpreter(path=found.path, version=found.version, exact=True)
