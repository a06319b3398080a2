"""Requirements files as a whole: ``-r`` and ``-c`` followed, options added up, every problem told at once.

Follows ``RequirementsFileParser`` of pip's ``_internal/req/req_file.py``: a named file is relative to the file that
names it, at a URL too; what ``-r`` names holds requirements and what ``-c`` names holds constraints, whatever the file
is that says so. Other than pip, a file that is named twice in the same role counts once, where it is named first.
"""

from __future__ import annotations

import os.path
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING, Literal, Protocol

from pipfreeze_lock.errors import InputError
from pipfreeze_lock.model.requirement import IndexOptions, InputFile, RequirementSet, SourceLine, UnnamedRequirement
from pipfreeze_lock.requirements.index_options import IndexOptionsInForce, is_remote
from pipfreeze_lock.requirements.logical_lines import decoded
from pipfreeze_lock.requirements.parser import NestedFile, OptionLine, ParsedFile, parse_requirements_text
from pipfreeze_lock.requirements.problems import all_as_one
from pipfreeze_lock.requirements.reading import read_location

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pipfreeze_lock.model.requirement import Requirement

__all__ = ["ReadBytes", "load_requirements", "read_location"]

Role = Literal["input", "requirement", "constraint"]


class ReadBytes(Protocol):
    """Reads a file whole; `read_location` with its further arguments bound is the real one."""

    def __call__(self, location: str) -> bytes:
        """Give the bytes at a path, a URL (which may hold credentials) or ``-``.

        :raises InputError: when there is nothing to read; it is given the line that names the location.
        """
        ...  # pragma: no cover


def load_requirements(  # noqa: PLR0913  each is one way by which pip is told something
    inputs: Sequence[str],
    *,
    constraints: Sequence[str] = (),
    requirements: Sequence[Requirement] = (),
    options: IndexOptions | None = None,
    read: ReadBytes,
    environment: Mapping[str, str],
    extras: Sequence[str] = (),
    exists: Callable[[str], bool] = os.path.exists,
    legacy_specifiers: bool = False,
    of_installed: bool = False,
) -> RequirementSet:
    """Read all inputs, and what they name.

    :param inputs: Requirements files and ``pyproject.toml`` files: paths, URLs or ``-``.
    :param constraints: Constraints files; their options count first, as pip reads them first.
    :param requirements: From the command line; they come first.
    :param options: The command line's. A file's ``--index-url`` replaces its index, ``--extra-index-url`` and
        ``--find-links`` of files are appended.
    :param environment: Values for ``${NAME}``.
    :param extras: Of every ``pyproject.toml`` among the inputs.
    :param exists: Whether a path exists, for ``--find-links``.
    :param legacy_specifiers: Whether the pip that this is for reads ``pytz>dev``, as those below 24.1 do.
    :param of_installed: Whether they are read for what was made of them already: what no hash can hold is taken too,
        and what does not say its name stands in `RequirementSet.unnamed`.
    :raises InputError: with file and line; where more than one thing is wrong, one that lists them all.
    """
    in_force = IndexOptionsInForce(options or IndexOptions(), exists=exists)
    loading = _Loading(
        read, environment, in_force, extras, legacy_specifiers=legacy_specifiers, of_installed=of_installed
    )
    for location in constraints:
        loading.include(location, "constraint", ())
    for location in inputs:
        loading.include(location, "input", ())
    if loading.errors:
        raise all_as_one(loading.errors)
    return RequirementSet(
        requirements=(*requirements, *loading.requirements),
        constraints=tuple(loading.constraints),
        unnamed=tuple(loading.unnamed),
        options=loading.options.options,
        inputs=loading.input_files(),
        notes=tuple(dict.fromkeys(loading.notes)),
    )


class _Loading:
    """What has been read so far."""

    def __init__(
        self,
        read: ReadBytes,
        environment: Mapping[str, str],
        options: IndexOptionsInForce,
        extras: Sequence[str],
        *,
        legacy_specifiers: bool,
        of_installed: bool,
    ) -> None:
        self.read = read
        self.environment = environment
        self.options = options
        self.extras = extras
        self.legacy_specifiers = legacy_specifiers
        self.of_installed = of_installed
        self.unnamed: list[UnnamedRequirement] = []
        self.requirements: list[Requirement] = []
        self.constraints: list[Requirement] = []
        self.notes: list[str] = []
        self.errors: list[InputError] = []
        self._included: set[tuple[str, bool]] = set()
        self._contents: dict[str, bytes] = {}
        self._roles: dict[str, tuple[str, Role]] = {}

    def include(
        self, location: str, role: Role, chain: tuple[tuple[str, str], ...], named_by: SourceLine | None = None
    ) -> None:
        """Read a file and all that it names.

        :param location: As resolved against the file that names it.
        :param chain: The files that lead here, outermost first, as (identity, path to show).
        """
        identity, file = _identity(location), _shown(location)
        if any(identity == one for one, _ in chain):
            self.errors.append(_cycle(chain, identity, file, named_by))
            return
        is_constraint = role == "constraint"
        if (identity, is_constraint) in self._included:
            return
        self._included.add((identity, is_constraint))
        try:
            data = self._data(location, identity, named_by)
            self._roles.setdefault(identity, (file, role))
            parsed = self._parsed(data, file, role)
        except InputError as error:
            self.errors.append(error)
            return
        self.errors += parsed.errors
        self.notes += parsed.notes
        self._take(parsed, location, (*chain, (identity, file)), is_constraint=is_constraint)

    def _data(self, location: str, identity: str, named_by: SourceLine | None) -> bytes:
        if identity in self._contents:
            return self._contents[identity]
        try:
            data = self.read(location)
        except InputError as error:
            if named_by is None:
                raise
            message = error.message
            raise InputError(message, context=str(named_by), hints=error.hints, reference=error.reference) from error
        self._contents[identity] = data
        return data

    def _parsed(self, data: bytes, file: str, role: Role) -> ParsedFile:
        basename = file.rpartition("/")[2]
        if role == "input" and basename == "pyproject.toml":
            from pipfreeze_lock.requirements.pyproject import parse_pyproject  # noqa: PLC0415  brings tomllib

            return parse_pyproject(data, file=file, extras=self.extras, of_installed=self.of_installed)
        text = decoded(data, file)
        return parse_requirements_text(
            text,
            file=file,
            environment=self.environment,
            is_constraint=role == "constraint",
            legacy_specifiers=self.legacy_specifiers,
            of_installed=self.of_installed,
        )

    def _take(
        self, parsed: ParsedFile, location: str, chain: tuple[tuple[str, str], ...], *, is_constraint: bool
    ) -> None:
        for kind, entries in groupby(parsed.entries, key=type):
            if kind is OptionLine:
                self.options.add(entry for entry in entries if isinstance(entry, OptionLine))
                continue
            for entry in entries:
                if isinstance(entry, NestedFile):
                    self.include(_resolved(location, entry.path), entry.role, chain, entry.source)
                elif isinstance(entry, UnnamedRequirement):
                    self.unnamed.append(entry)
                elif not isinstance(entry, OptionLine):
                    (self.constraints if is_constraint else self.requirements).append(entry)

    def input_files(self) -> tuple[InputFile, ...]:
        """Every file that was read, the inputs first; a file with two roles has the one it was read in first."""
        order = {"input": 0, "requirement": 1, "constraint": 2}
        files = [
            InputFile(path=file, sha256=sha256(self._contents[identity]).hexdigest(), role=role)
            for identity, (file, role) in self._roles.items()
        ]
        return tuple(sorted(files, key=lambda one: order[one.role]))


def _resolved(including: str, path: str) -> str:
    """Give the location of a file that another one names (pip's ``_parse_and_recurse``)."""
    if is_remote(including):
        from urllib.parse import urljoin  # noqa: PLC0415  such files are rare

        return urljoin(including, path)
    if is_remote(path):
        return path
    joined = os.path.join(os.path.dirname(including), path)  # noqa: PTH118, PTH120  lexical, as pip's
    return os.path.normpath(joined)


def _identity(location: str) -> str:
    return location if location == "-" or is_remote(location) else os.path.abspath(location)  # noqa: PTH100  lexical


def _shown(location: str) -> str:
    """Give a location as `SourceLine` has it: no credentials, POSIX separators, ``a/../b`` made ``b``."""
    if location == "-":
        return location
    if is_remote(location):
        from pipfreeze_lock.model.url import Url  # noqa: PLC0415  as `_resolved`

        return Url(location).without_credentials
    return os.path.normpath(location).replace(os.sep, "/")


def _cycle(chain: tuple[tuple[str, str], ...], identity: str, file: str, named_by: SourceLine | None) -> InputError:
    start = next(place for place, (one, _) in enumerate(chain) if one == identity)
    files = [shown for _, shown in chain[start:]]
    way = " -> ".join(f"`{one}`" for one in [*files, file])
    msg = f"`{file}` includes itself: {way}"
    hint = "Take one of these lines out; what both files need belongs in a third one."
    return InputError(msg, context=str(named_by), hints=[hint])
