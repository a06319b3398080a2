"""pip's global options as lines of a lock, both ways."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import LockFileError
from pipfreeze_lock.model.requirement import FormatControl, IndexOptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipfreeze_lock.model.url import Url

__all__ = ["hidden_options", "parse_options", "render_options", "split_option"]

_OPTION = re.compile(r"(--?[a-z][a-z-]*)(?:[ =]+(.*))?")
_PLAIN = re.compile(r"[A-Za-z0-9@%+:,./~_!?&=;*-]+")
_SHORT = {"-i": "--index-url", "-f": "--find-links"}
_FLAGS = frozenset({"--no-index", "--pre", "--prefer-binary", "--require-hashes"})
_VALUED = frozenset(
    {"--index-url", "--extra-index-url", "--find-links", "--no-binary", "--only-binary", "--trusted-host"}
)


def render_options(options: IndexOptions) -> Iterator[str]:
    """Give the lines that pip must see again: never its own default index, never a credential.

    Places before ``--no-index``, since pips before 22.3 apply these in the order of lines; ``:all:`` before names,
    since it clears the names that stand before it (``format_control.py``).

    :raises LockFileError: when a value cannot stand on a line.
    """
    if options.index_url is not None and not _is_default_index(options.index_url):
        yield _line("--index-url", options.index_url.without_credentials)
    for url in options.extra_index_urls:
        yield _line("--extra-index-url", url.without_credentials)
    for place in options.find_links:
        yield _line("--find-links", _without_credentials(place))
    if options.no_index:
        yield "--no-index"
    for host in options.trusted_hosts:
        yield _line("--trusted-host", host)
    control = options.format_control
    listed = [("--no-binary", name) for name in control.no_binary]
    listed += [("--only-binary", name) for name in control.only_binary]
    for option, name in sorted(listed, key=lambda pair: (pair[1] != ":all:", pair)):
        yield _line(option, name)


def hidden_options(options: IndexOptions) -> list[str]:
    """Give the options in force that no line of a lock says, since a pinned file needs none of them, as words."""
    flags = [("--pre", options.pre), ("--prefer-binary", options.prefer_binary)]
    words = [flag for flag, is_set in flags if is_set]
    control = options.release_control
    for option, names in (("--all-releases", control.all_releases), ("--only-final", control.only_final)):
        for name in sorted(names):
            words += [option, name]
    return words


def parse_options(lines: Iterable[tuple[int, str]], *, path: str) -> IndexOptions:
    """Read option lines, each with its number.

    :raises LockFileError: for an option that no lock has.
    """
    values: dict[str, list[str]] = {option: [] for option in _VALUED}
    flags: set[str] = set()
    formats: dict[str, set[str]] = {"--no-binary": set(), "--only-binary": set()}
    for number, line in lines:
        option, value = split_option(line)
        if option in formats:
            _mention(value, formats[option], formats["--no-binary" if option == "--only-binary" else "--only-binary"])
        elif option in _VALUED and value:
            values[option].append(value)
        elif option in _FLAGS:
            flags.add(option)
        else:
            msg = f"`{option}` is no option that a lock may hold"
            hint = "Give options in the requirements file or on the command line, and lock again."
            raise LockFileError(msg, context=f"{path}:{number}", hints=[hint])
    if not flags and not any(values.values()) and not any(formats.values()):
        return IndexOptions()
    options = IndexOptions(
        find_links=tuple(values["--find-links"]),
        no_index="--no-index" in flags,
        trusted_hosts=tuple(values["--trusted-host"]),
        pre="--pre" in flags,
        prefer_binary="--prefer-binary" in flags,
        require_hashes="--require-hashes" in flags,
        format_control=FormatControl(
            no_binary=frozenset(formats["--no-binary"]), only_binary=frozenset(formats["--only-binary"])
        ),
    )
    return _with_indexes(options, values["--index-url"], values["--extra-index-url"])


def split_option(line: str) -> tuple[str, str]:
    """Split a line into the long name of its option and the unquoted value, empty where there is none."""
    match = _OPTION.fullmatch(line.rstrip())
    if match is None:
        return line.split(maxsplit=1)[0], ""
    option, value = match.groups()
    if value and not _PLAIN.fullmatch(value):
        import shlex  # noqa: PLC0415  only values with spaces or quotes need it

        try:
            value = " ".join(shlex.split(value))
        except ValueError:  # an open quote, which pip refuses too: the raw text says it best
            value = value.strip()
    return _SHORT.get(option, option), value or ""


def _with_indexes(options: IndexOptions, index_urls: list[str], extra_index_urls: list[str]) -> IndexOptions:
    if not index_urls and not extra_index_urls:
        return options
    from pipfreeze_lock.model.url import Url  # noqa: PLC0415  it imports urllib.parse, and most locks need none

    return replace(
        options,
        index_url=Url(index_urls[-1]) if index_urls else None,
        extra_index_urls=tuple(Url(url) for url in extra_index_urls),
    )


def _mention(value: str, target: set[str], other: set[str]) -> None:
    """Add names as pip's ``handle_mutual_excludes`` does (``_internal/models/format_control.py``)."""
    for name in value.split(","):
        if name == ":all:":
            other.clear()
            target.clear()
            target.add(name)
        elif name == ":none:":
            target.clear()
        elif name:
            other.discard(name)
            target.add(name)


def _is_default_index(url: Url) -> bool:
    from pip._internal.models.index import PyPI  # noqa: PLC0415  5 ms that only a given index costs

    return url.without_credentials.rstrip("/") == PyPI.simple_url.rstrip("/")


def _without_credentials(place: str) -> str:
    if "://" not in place or "@" not in place:
        return place
    from pipfreeze_lock.model.url import Url  # noqa: PLC0415  as above

    return Url(place).without_credentials


def _line(option: str, value: str) -> str:
    if value and _PLAIN.fullmatch(value):
        return f"{option} {value}"
    if value.splitlines() != [value]:
        msg = f"the value {value!r} of `{option}` cannot be written on one line of a requirements file"
        raise LockFileError(msg, hints=["Rename the folder, or leave the option out."])
    quoted = "'" + value.replace("'", "'\"'\"'") + "'"
    # pip cuts a line at whitespace and `#` before it looks at quotes; two more quotes part them, and shlex joins again.
    return f"{option} " + re.sub(r"(\s)#", r"\1''#", quoted)
