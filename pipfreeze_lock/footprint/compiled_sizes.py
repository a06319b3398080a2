"""Sizes of the ``.pyc`` of many wheels: those known from before, those that an interpreter tells, and estimates."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from pipfreeze_lock.footprint.bytecode_ratios import estimated_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipfreeze_lock.footprint.bytecode import Source
    from pipfreeze_lock.footprint.interface import Compiler, WheelFiles
    from pipfreeze_lock.index.cache import Cache
    from pipfreeze_lock.model.artifact import IndexFile, ProjectPage

__all__ = ["CompileJob", "CompiledFile", "compiled_files"]

_KIND = "bytecode-sizes"
_WORKERS = 8
_decode = msgspec.json.Decoder(list[int | None]).decode


class CompileJob(NamedTuple):
    """One wheel, and what of it is compiled."""

    page: ProjectPage
    file: IndexFile
    sources: Sequence[Source]


class CompiledFile(NamedTuple):
    """One ``.pyc``."""

    place: str
    size: int
    """Bytes."""
    is_estimated: bool


def compiled_files(
    jobs: Sequence[CompileJob], *, wheels: WheelFiles, compiler: Compiler | None, cache: Cache, python: tuple[int, int]
) -> list[list[CompiledFile]]:
    """Give what compiling leaves of each wheel; sources that do not compile leave nothing.

    :param python: ``(3, 6)``.
    :raises MetadataError: when a wheel is none.
    :raises NetworkError: when one cannot be read.
    """
    known = [_known(job, compiler, cache) for job in jobs]
    if compiler is not None:
        missing = [index for index, sizes in enumerate(known) if sizes is None]
        measured = _measured([jobs[index] for index in missing], wheels, compiler)
        for index, sizes in zip(missing, measured, strict=True):
            known[index] = sizes
            key = _key(jobs[index], compiler)
            if key is not None and None not in sizes:
                cache.put(_KIND, key, msgspec.json.encode(sizes))
    return [_files(job, sizes, python) for job, sizes in zip(jobs, known, strict=True)]


def _files(job: CompileJob, sizes: Sequence[int | None] | None, python: tuple[int, int]) -> list[CompiledFile]:
    told = sizes if sizes is not None else [None] * len(job.sources)
    return [
        CompiledFile(
            place=source.place,
            size=estimated_size(source.size, python) if size is None else size,
            is_estimated=size is None,
        )
        for source, size in zip(job.sources, told, strict=True)
        if size != 0
    ]


def _measured(jobs: Sequence[CompileJob], wheels: WheelFiles, compiler: Compiler) -> list[list[int | None]]:
    """Read the sources of all, and have them compiled in one go."""
    with ThreadPoolExecutor(_WORKERS, "sources") as workers:
        contents = list(workers.map(lambda job: _contents(job, wheels), jobs))
    flat = [
        (source.compiled_as, content[source.member])
        for job, content in zip(jobs, contents, strict=True)
        for source in job.sources
    ]
    sizes = iter(compiler.sizes(flat) if flat else ())
    return [[next(sizes) for _ in job.sources] for job in jobs]


def _contents(job: CompileJob, wheels: WheelFiles) -> dict[str, bytes]:
    names = [source.member for source in job.sources]
    return dict(wheels.contents(job.page, job.file, names)) if names else {}


def _known(job: CompileJob, compiler: Compiler | None, cache: Cache) -> Sequence[int | None] | None:
    """Give what an earlier run found; None where there is nothing."""
    key = _key(job, compiler) if compiler is not None else None
    data = cache.get(_KIND, key) if key is not None else None
    if data is None:
        return None
    try:
        sizes = _decode(data)
    except msgspec.DecodeError:  # written by another version of ours
        return None
    return sizes if len(sizes) == len(job.sources) else None


def _key(job: CompileJob, compiler: Compiler) -> str | None:
    """Give what the sizes depend on: the wheel, the interpreter, under which paths what is compiled."""
    wheel = job.file.hashes.get("sha256")
    if wheel is None:
        return None
    paths = "\n".join(source.compiled_as for source in job.sources)
    return f"{wheel}\n{compiler.identity}\n{hashlib.sha256(paths.encode('utf-8', 'surrogateescape')).hexdigest()}"
