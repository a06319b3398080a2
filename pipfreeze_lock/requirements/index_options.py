"""What the global options of requirements files add up to, on top of the command line's.

Follows ``handle_option_line`` of pip's ``_internal/req/req_file.py`` and ``handle_mutual_excludes`` of its
``_internal/models/format_control.py``. Of note: ``--index-url`` drops every index named before it, extra ones too;
after ``--no-index`` no index is taken any more; names of ``--no-binary`` and ``--only-binary`` count in order of
mention.
"""

from __future__ import annotations

import os.path
import re
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from pipfreeze_lock.model.requirement import FormatControl, IndexOptions, ReleaseControl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pipfreeze_lock.model.url import Url
    from pipfreeze_lock.requirements.parser import OptionLine

__all__ = ["IndexOptionsInForce", "changed_format_control", "changed_release_control", "is_remote"]

_REMOTE = re.compile(r"(https?|file):", re.IGNORECASE)


def is_remote(location: str) -> bool:
    """Whether pip reads a location as a URL and not as a path (``SCHEME_RE`` of its ``req_file.py``)."""
    return _REMOTE.match(location) is not None


def changed_format_control(control: FormatControl, option: str, value: str) -> FormatControl:
    """Give what ``--no-binary`` or ``--only-binary`` makes of the names mentioned so far.

    :param value: Names with commas between them, ``:all:`` or ``:none:``.
    """
    if option == "--no-binary":
        no_binary, only_binary = _mutually_excluded(value, control.no_binary, control.only_binary)
    else:
        only_binary, no_binary = _mutually_excluded(value, control.only_binary, control.no_binary)
    return FormatControl(no_binary=no_binary, only_binary=only_binary)


def changed_release_control(control: ReleaseControl, option: str, value: str) -> ReleaseControl:
    """Give what ``--all-releases`` or ``--only-final`` (pip 26.0 and newer) makes of the names mentioned so far."""
    if option == "--all-releases":
        all_releases, only_final = _mutually_excluded(value, control.all_releases, control.only_final)
    else:
        only_final, all_releases = _mutually_excluded(value, control.only_final, control.all_releases)
    return ReleaseControl(all_releases=all_releases, only_final=only_final)


def _mutually_excluded(
    value: str, target: frozenset[str], other: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    named, excluded = set(target), set(other)
    names = value.split(",")
    if ":all:" in names:
        named, excluded = {":all:"}, set()
        rest = names[len(names) - names[::-1].index(":all:") :]
        names = rest if ":none:" in rest else []
    for name in names:
        if name == ":none:":
            named.clear()
            continue
        normalised = canonicalize_name(name)
        excluded.discard(normalised)
        named.add(normalised)
    return frozenset(named), frozenset(excluded)


# Within one line pip does not go by mention but in this order.
_ORDER_WITHIN_A_LINE = {"--no-index": 1, "--index-url": 2, "--extra-index-url": 3, "--find-links": 4, "--pre": 5}


class IndexOptionsInForce:
    """Collects options file by file, line by line.

    :param given: The command line's, which come first.
    :param exists: Whether a path exists: pip takes ``--find-links`` as relative to the file that names it where that
        exists, else as relative to the current directory.
    """

    def __init__(self, given: IndexOptions, *, exists: Callable[[str], bool] = os.path.exists) -> None:
        self._options = given
        self._releases = _with_all_releases(given.release_control) if given.pre else given.release_control
        self._exists = exists
        # None is pip's default index.
        self._indexes: list[Url | None] = [] if given.no_index else [given.index_url, *given.extra_index_urls]

    @property
    def options(self) -> IndexOptions:
        """All that is in force by now."""
        return replace(
            self._options,
            index_url=self._indexes[0] if self._indexes else None,
            extra_index_urls=tuple(url for url in self._indexes[1:] if url is not None),
            pre=":all:" in self._releases.all_releases,
            release_control=replace(self._releases, all_releases=self._releases.all_releases - {":all:"}),
        )

    def add(self, lines: Iterable[OptionLine]) -> None:
        """Take options in order of mention."""
        for _, line in groupby(lines, key=lambda option: option.source):
            for option in sorted(line, key=lambda option: _ORDER_WITHIN_A_LINE.get(option.name, 0)):
                self._take(option)

    def _take(self, option: OptionLine) -> None:
        options, value = self._options, option.value
        match option.name:
            case "--no-index":
                self._options = replace(options, no_index=True)
                self._indexes.clear()
            case "--index-url" | "--extra-index-url":
                self._take_index(option)
            case "--find-links":
                self._options = replace(options, find_links=(*options.find_links, self._found(option)))
            case "--trusted-host":
                self._options = replace(options, trusted_hosts=(*options.trusted_hosts, value))
            case "--prefer-binary":
                self._options = replace(options, prefer_binary=True)
            case "--require-hashes":
                self._options = replace(options, require_hashes=True)
            case _:
                self._take_control(option.name, value)

    def _take_index(self, option: OptionLine) -> None:
        if self._options.no_index or not option.value:
            return
        if option.name == "--index-url":
            self._indexes.clear()
        from pipfreeze_lock.model.url import Url  # noqa: PLC0415  it imports urllib.parse, and most files name no index

        self._indexes.append(Url(option.value))

    def _take_control(self, name: str, value: str) -> None:
        formats = self._options.format_control
        match name:
            case "--pre":
                self._releases = _with_all_releases(self._releases)
            case "--all-releases" | "--only-final":
                self._releases = changed_release_control(self._releases, name, value)
            case "--no-use-wheel":
                formats = changed_format_control(formats, "--no-binary", ":all:")
            case "--no-binary" | "--only-binary":
                formats = changed_format_control(formats, name, value)
        self._options = replace(self._options, format_control=formats)

    def _found(self, option: OptionLine) -> str:
        value, file = option.value, option.source.file
        if is_remote(file) or is_remote(value):
            return value
        beside = os.path.normpath(os.path.join(os.path.dirname(file), value))  # noqa: PTH118, PTH120  keeps it relative
        return beside.replace(os.sep, "/") if self._exists(beside) else value


def _with_all_releases(control: ReleaseControl) -> ReleaseControl:
    return replace(control, all_releases=control.all_releases | {":all:"})
