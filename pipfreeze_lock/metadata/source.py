"""Core metadata of any file: from the cache, or by the cheapest tier that has it."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from pipfreeze_lock.errors import BuildError, MetadataError, NetworkError
from pipfreeze_lock.metadata.core_metadata import read_fields, to_core_metadata
from pipfreeze_lock.metadata.download import fetch, strongest_hash
from pipfreeze_lock.metadata.interface import BuildInterpreter, MetadataReporter
from pipfreeze_lock.metadata.sidecar import SidecarReader
from pipfreeze_lock.metadata.wheel import read_wheel_metadata
from pipfreeze_lock.model.core_metadata import CoreMetadata
from pipfreeze_lock.target.pip_capabilities import capabilities

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pipfreeze_lock.http.interface import HttpClient
    from pipfreeze_lock.metadata.build import Builder
    from pipfreeze_lock.metadata.build_requirements import BuildRequirements
    from pipfreeze_lock.metadata.interface import ContentStore
    from pipfreeze_lock.metadata.pyproject import BuildSystem
    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
    from pipfreeze_lock.model.core_metadata import Tier
    from pipfreeze_lock.model.requirement import IndexOptions
    from pipfreeze_lock.model.target import Target

__all__ = ["LayeredMetadata"]

_T = TypeVar("_T")
_THREADS = 32
_KIND = "metadata-1"
"""The store's name for what is kept here; another number for another shape or other rules."""
_KIND_OF_BUILDS = "build-requirements-1"


class LayeredMetadata:
    """The `MetadataSource` of a run; may be called from any thread.

    :param interpreter: Finds a Python to build under; called at the first build only. None: there is none.
    :param no_build: Refuse to build, and to take a sibling wheel's word for an sdist.
    :param environment: The environment that builds run in, cleaned of what would change their result.
    """

    def __init__(
        self,
        *,
        client: HttpClient,
        store: ContentStore | None,
        target: Target,
        interpreter: Callable[[], BuildInterpreter | None],
        no_build: bool,
        reporter: MetadataReporter,
        index_options: IndexOptions,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._client = client
        self._store = store
        self._target = target
        self._find_interpreter = interpreter
        self._no_build = no_build
        self._reporter = reporter
        self._index_options = index_options
        self._environment = environment
        self._sidecars = SidecarReader(client)
        self._lock = threading.Lock()
        self._tasks: dict[str, _Task[CoreMetadata | _Pending]] = {}
        self._builds: dict[str, _Task[CoreMetadata]] = {}
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="metadata")
        self._unpacking = threading.BoundedSemaphore(2)
        """An unpacked sdist may hold 100 MB: few at once."""
        self._builder: Builder | None = None
        self._decoder = msgspec.msgpack.Decoder(CoreMetadata)

    def metadata(self, page: ProjectPage, file: IndexFile) -> CoreMetadata:
        """See `MetadataSource.metadata`."""
        url = page.url_of(file)
        found = self._task(page, file, url).result()
        if isinstance(found, _Pending):
            with self._lock:
                task = self._builds.setdefault(url, _Task(lambda: self._build(file, url, found)))
            return task.result()
        return found

    def static_metadata(self, page: ProjectPage, file: IndexFile) -> CoreMetadata | None:
        """See `MetadataSource.static_metadata`."""
        found = self._task(page, file, page.url_of(file)).result()
        return None if isinstance(found, _Pending) else found

    def prefetch(self, page: ProjectPage, file: IndexFile) -> None:
        """See `MetadataSource.prefetch`."""
        url = page.url_of(file)
        if url not in self._tasks:
            self._pool.submit(self._task(page, file, url).run)

    def close(self) -> None:
        """Stop what is under way and remove build environments."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._builder is not None:
            self._builder.close()

    def _task(self, page: ProjectPage, file: IndexFile, url: str) -> _Task[CoreMetadata | _Pending]:
        with self._lock:
            return self._tasks.setdefault(url, _Task(lambda: self._find(page, file, url)))

    # The tiers.

    def _find(self, page: ProjectPage, file: IndexFile, url: str) -> CoreMetadata | _Pending:
        is_wheel = file.filename.endswith(".whl")
        kept = self._kept(file, is_wheel=is_wheel)
        if kept is not None:
            return kept
        found = self._of_wheel(file, url) if is_wheel else self._of_sdist(page, file, url)
        if isinstance(found, CoreMetadata):
            self._keep(file, found, is_wheel=is_wheel)
        return found

    def _of_wheel(self, file: IndexFile, url: str) -> CoreMetadata:
        content = self._sidecars.read(file, url)
        tier: Tier = "sidecar" if content is not None else "wheel"
        if content is None:
            content = read_wheel_metadata(self._client, file, url)
        fields = read_fields(content)
        if fields.name or self._target.python_release >= (3, 11):
            return to_core_metadata(fields, tier=tier, origin=file.filename)
        # On older Pythons pip reads a wheel by pkg_resources, which has the name from the file's.
        note = "its METADATA has no name, and the one of its file was taken"
        name = file.filename.partition("-")[0]
        return to_core_metadata(fields, tier=tier, origin=file.filename, note=note, name_of_file=name)

    def _of_sdist(self, page: ProjectPage, file: IndexFile, url: str) -> CoreMetadata | _Pending:
        from pipfreeze_lock.metadata.archive import open_sdist  # noqa: PLC0415  most sets are wheels alone
        from pipfreeze_lock.metadata.pyproject import NotStaticError  # noqa: PLC0415  likewise
        from pipfreeze_lock.metadata.sdist import static_metadata  # noqa: PLC0415  likewise
        from pipfreeze_lock.metadata.unbuildable import check_this_pip_builds  # noqa: PLC0415  likewise

        twin = self._of_twin(page, file)
        if twin is not None:
            return twin
        data = fetch(self._client, url, file.hashes)
        try:
            with self._unpacking:
                tree = open_sdist(data, file.filename)
                check_this_pip_builds(tree, file.filename, self._target)
                return static_metadata(tree, self._target)
        except NotStaticError as error:
            reason = str(error)
        del data  # what follows may wait for the network, and an sdist may hold 20 MB
        sibling = None if self._no_build else self._of_sibling(page, file)
        return sibling or _Pending(reason)

    def _of_twin(self, page: ProjectPage, file: IndexFile) -> CoreMetadata | None:
        """Take the word of a wheel that only the target's pip is too old to read.

        It was built from the very sdist, for the very Python and platform: so it says what a build there would say, and
        spares fetching and unpacking sdists that are large where there is something to compile.
        """
        from pipfreeze_lock.metadata.sibling import twin_wheel  # noqa: PLC0415  only where it is needed

        # A pip that calls no backend needs a setup.py, and only the sdist itself says whether it has one.
        calls_backends = capabilities(self._target.pip).build_backends
        wheel = twin_wheel(page, file, self._target) if calls_backends and not self._no_build else None
        if wheel is None:
            return None
        try:
            found = self.metadata(page, wheel)
        except (MetadataError, NetworkError):
            return None  # a wheel that is broken, or gone, says nothing of the sdist
        note = f"its metadata is that of `{wheel.filename}`, which only a newer pip reads"
        return msgspec.structs.replace(found, tier="sibling-wheel", note=note)

    def _of_sibling(self, page: ProjectPage, file: IndexFile) -> CoreMetadata | None:
        from pipfreeze_lock.metadata.sibling import sibling_wheels  # noqa: PLC0415  only where it is needed

        for wheel in sibling_wheels(page, file, self._target)[:2]:
            try:
                found = self.metadata(page, wheel)
            except MetadataError:
                # A broken wheel says nothing of the sdist.
                continue
            note = f"its metadata is that of `{wheel.filename}`: a build could differ"
            return msgspec.structs.replace(found, tier="sibling-wheel", note=note)
        return None

    def _build(self, file: IndexFile, url: str, pending: _Pending) -> CoreMetadata:
        if self._no_build:
            msg = f"the dependencies of `{file.filename}` are not known without building it"
            raise BuildError(
                msg,
                context=pending.reason,
                hints=[
                    "Leave out `--no-build`, so that its metadata is built.",
                    "Constrain the package with `-c` to a release that has a wheel for this target.",
                ],
            )
        from pipfreeze_lock.metadata.archive import open_sdist  # noqa: PLC0415  only where it is needed
        from pipfreeze_lock.metadata.pyproject import NotStaticError, read_build_system  # noqa: PLC0415  likewise

        interpreter, note = self._interpreter()
        data = fetch(self._client, url, file.hashes)
        try:
            system = read_build_system(open_sdist(data, file.filename))
        except NotStaticError as error:
            msg = f"`{file.filename}` cannot be built: {error}"
            raise BuildError(msg, hints=["Exclude this release with `!=`; pip cannot build it either."]) from error
        self._reporter.building(file.filename, f"Python {interpreter.version}", pending.reason)
        try:
            found = self._ready_builder().build(data, file.filename, system, interpreter)
        finally:
            self._reporter.built(file.filename)
        found = msgspec.structs.replace(found, note=note)
        self._keep(file, found, is_wheel=False)
        return found

    def _ready_builder(self) -> Builder:
        from pipfreeze_lock.metadata.build import Builder  # noqa: PLC0415  builds are rare

        with self._lock:
            if self._builder is None:
                self._builder = Builder(
                    target=self._target, index_options=self._index_options, environment=self._environment
                )
            return self._builder

    def build_requirements(self, file: IndexFile, url: str) -> BuildRequirements:
        """Tell what building an sdist on the target fetches; what only its build can say is asked of it, if allowed.

        :raises NetworkError: when it could not be fetched.
        :raises MetadataError: when it cannot be unpacked.
        """
        from pipfreeze_lock.metadata.archive import open_sdist  # noqa: PLC0415  for build locks alone
        from pipfreeze_lock.metadata.build_requirements import BuildRequirements, build_requirements  # noqa: PLC0415  likewise

        key = self._key(file, is_wheel=False)
        key = f"{key} {self._no_build}" if key is not None else None
        kept = self._store.get(_KIND_OF_BUILDS, key) if self._store is not None and key is not None else None
        if kept is not None:
            try:
                return msgspec.msgpack.decode(kept, type=BuildRequirements)
            except msgspec.DecodeError:
                pass  # cut short or of another shape: as good as absent, and written anew
        data = fetch(self._client, url, file.hashes)
        ask = None if self._no_build else partial(self._ask, data, file.filename)
        with self._unpacking:
            tree = open_sdist(data, file.filename)
        found = build_requirements(tree, self._target, ask=ask)
        if self._store is not None and key is not None and found.is_settled:
            self._store.put(_KIND_OF_BUILDS, key, msgspec.msgpack.encode(found))
        return found

    def _ask(self, data: bytes | memoryview, filename: str, system: BuildSystem, *, by_script: bool) -> list[str]:
        interpreter, _ = self._interpreter()
        if not interpreter.exact:
            msg = f"there is no Python {self._target.python_version} on this machine to run it"
            raise BuildError(msg)
        self._reporter.building(filename, f"Python {interpreter.version}", "its build requirements are asked for")
        try:
            return self._ready_builder().requirements(data, filename, system, interpreter, by_script=by_script)
        finally:
            self._reporter.built(filename)

    def _interpreter(self) -> tuple[BuildInterpreter, str | None]:
        found = self._find_interpreter()
        if found is None:
            version = ".".join(map(str, sys.version_info[:3]))
            found = BuildInterpreter(path=sys.executable, version=version, exact=False)
        if found.exact:
            return found, None
        note = f"its metadata was built under Python {found.version}, for want of Python {self._target.python_version}"
        return found, note

    # The cache.

    def _key(self, file: IndexFile, *, is_wheel: bool) -> str | None:
        """Name a file by its hash; without one it could be another tomorrow. An sdist's answer is the target's, too."""
        digest = strongest_hash(file.hashes)
        if digest is None or digest[0] in ("md5", "sha1"):
            return None
        key = f"{digest[0]}:{digest[1]}"
        if is_wheel:
            return key
        base = ",".join(f"{distribution.name}={distribution.version}" for distribution in self._target.base)
        return f"{key} {self._target} {self._target.os_version} {base}"

    def _kept(self, file: IndexFile, *, is_wheel: bool) -> CoreMetadata | None:
        key = self._key(file, is_wheel=is_wheel)
        data = self._store.get(_KIND, key) if self._store is not None and key is not None else None
        if data is None:
            return None
        try:
            found = self._decoder.decode(data)
        except msgspec.DecodeError:
            # Cut short or of another shape: as good as absent, and written anew.
            return None
        if found.tier in ("sibling-wheel", "build") and self._no_build:
            return None
        return found

    def _keep(self, file: IndexFile, found: CoreMetadata, *, is_wheel: bool) -> None:
        key = self._key(file, is_wheel=is_wheel)
        # What was built under another Python may be had better when there is the right one; a wheel's note is of a name
        # that another Python would not see.
        is_for_now = bool(found.note) and (is_wheel or found.tier == "build")
        if self._store is not None and key is not None and not is_for_now:
            self._store.put(_KIND, key, msgspec.msgpack.encode(found))


class _Pending:
    """An sdist that only a build can answer, and why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


class _Task(Generic[_T]):
    """Something to be computed once, by whichever thread comes first; all get the same answer or error."""

    def __init__(self, compute: Callable[[], _T]) -> None:
        self._compute = compute
        self._future: Future[_T] = Future()
        self._lock = threading.Lock()
        self._is_taken = False

    def run(self) -> None:
        """Compute, unless another thread does or did."""
        with self._lock:
            if self._is_taken:
                return
            self._is_taken = True
        try:
            self._future.set_result(self._compute())
        except BaseException as error:  # noqa: BLE001  kept for whoever asks, who then raises it
            self._future.set_exception(error)

    def result(self) -> _T:
        """Compute here if nobody has begun: a task that waits for a thread of the pool is not waited for."""
        self.run()
        return self._future.result()
