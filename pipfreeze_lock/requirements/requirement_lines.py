"""One requirement, its options apart: PEP 508, a URL or a path, each with an optional marker; and ``--hash``.

Follows ``parse_req_from_line`` of pip's ``_internal/req/constructors.py``.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as PackagingRequirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from pipfreeze_lock.model.requirement import Requirement, SourceLine, UnnamedRequirement
from pipfreeze_lock.requirements.problems import LineProblem, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.utils import NormalizedName

    from pipfreeze_lock.requirements.direct_references import DirectReference

__all__ = ["Hash", "editable_of_line", "hash_of_option", "requirement_of_line", "wrong_digests"]

Hash = tuple[str, str]
"""Algorithm and hexadecimal digest."""

_STRONG_ALGORITHMS = ("sha256", "sha384", "sha512")
_DIGEST_LENGTHS = {"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128}
_HEXADECIMAL = frozenset("0123456789abcdef")


def hash_of_option(value: str) -> Hash:
    """Read the value of ``--hash``: ``sha256:DIGEST`` (``_handle_merge_hash`` of pip's ``cmdoptions.py``).

    :raises LineProblem: for another algorithm or form; the digest itself is not looked at, as pip does not.
    """
    algorithm, colon, digest = value.partition(":")
    if colon and algorithm in _STRONG_ALGORITHMS:
        return algorithm, digest.lower()
    raise _no_hash(value, algorithm, digest)


def _no_hash(value: str, algorithm: str, digest: str) -> LineProblem:
    msg = f"`--hash={shown(value)}` is not a hash that pip takes"
    likely = value.lower().replace("sha-", "sha")
    for strong in _STRONG_ALGORITHMS:
        rest = likely.removeprefix(strong).lstrip("-=: ")
        if rest != likely and rest:
            return LineProblem(msg, hints=[f"Write `--hash={strong}:{shown(rest)}`."])
    if algorithm in _DIGEST_LENGTHS and digest:
        hint = "pip takes `sha256`, `sha384` and `sha512` alone; `pip hash FILE` makes one."
        return LineProblem(msg, hints=[hint])
    return LineProblem(msg, hints=["Write it as `--hash=sha256:DIGEST`, with 64 hexadecimal digits."])


def wrong_digests(hashes: Sequence[Hash]) -> list[str]:
    """Give those that are the digest of no file: of a wrong length, or not hexadecimal."""
    return [f"{algorithm}:{digest}" for algorithm, digest in hashes if not _is_digest(algorithm, digest)]


def _is_digest(algorithm: str, digest: str) -> bool:
    return len(digest) == _DIGEST_LENGTHS[algorithm] and _HEXADECIMAL.issuperset(digest)


def requirement_of_line(
    text: str,
    written: str,
    hashes: tuple[Hash, ...],
    source: SourceLine,
    *,
    is_constraint: bool,
    legacy_specifiers: bool = False,
    of_installed: bool = False,
) -> Requirement | UnnamedRequirement:
    """Read a requirement as pip's ``parse_req_from_line`` does: the marker is cut off first.

    :param written: For `Requirement.text`: before variables were replaced, credentials hidden.
    :param hashes: Of the line's ``--hash`` options.
    :param legacy_specifiers: Whether the pip that this is for reads ``pytz>dev``.
    :param of_installed: Whether it is read for what is installed already, so that it need not be one that hash mode
        takes, nor say which distribution it is.
    :raises LineProblem: when it is none, or one that hash mode does not take.
    """
    whole_is_url = ":" in text and _is_url(text)
    body, _, marker_text = text.partition("; " if whole_is_url else ";")
    body = body.strip()
    marker_text = marker_text.strip()
    marker = _marker_of(marker_text, text) if marker_text else None
    if whole_is_url or (_may_be_path(body) and _is_path(body)):
        reference = _direct(body, of_installed=of_installed, is_constraint=is_constraint)
        return _of_place(reference, marker, written, hashes, source, is_constraint=is_constraint)
    parsed, specifier = _parsed(body, text, legacy_specifiers=legacy_specifiers)
    name = canonicalize_name(parsed.name)
    url = None
    if parsed.url is not None:
        reference = _named(parsed.url, name, text, of_installed=of_installed)
        url, hashes = reference.url, _merged(hashes, reference.hashes)
    return Requirement(
        name=name,
        extras=frozenset(map(canonicalize_name, parsed.extras)) if parsed.extras else frozenset(),
        extras_as_written=frozenset(parsed.extras),
        specifier=specifier,
        marker=marker,
        url=url,
        hashes=hashes,
        source=source,
        text=written,
        is_constraint=is_constraint,
    )


def _is_url(text: str) -> bool:
    from pipfreeze_lock.requirements.direct_references import is_url  # noqa: PLC0415  it imports urllib.parse

    return is_url(text)


def _may_be_path(body: str) -> bool:
    """Whether a closer look is due: a slash, a leading dot, a dot and what may end an archive's name."""
    if "/" in body or os.sep in body or body.startswith("."):
        return True
    return "." in body and (body[-1].isalpha() or body.endswith(("]", "bz2")))


def _is_path(body: str) -> bool:
    from pipfreeze_lock.requirements.direct_references import looks_like_path  # noqa: PLC0415  as above

    return looks_like_path(body)


def _direct(body: str, *, of_installed: bool, is_constraint: bool) -> DirectReference:
    from pipfreeze_lock.requirements.direct_references import (  # noqa: PLC0415  as `_is_url`
        direct_reference,
        with_name,
    )

    if not of_installed:
        return direct_reference(body)
    from pipfreeze_lock.requirements.places import place  # noqa: PLC0415  for frozen images alone

    return with_name(place(body), body) if is_constraint else place(body)


def _named(url: str, name: NormalizedName, text: str, *, of_installed: bool) -> DirectReference:
    if of_installed:
        from pipfreeze_lock.requirements.places import named_place  # noqa: PLC0415  for frozen images alone

        return named_place(url, name, text)
    from pipfreeze_lock.requirements.direct_references import named_url  # noqa: PLC0415  as `_is_url`

    return named_url(url, name, text)


def editable_of_line(value: str, written: str, source: SourceLine) -> Requirement | UnnamedRequirement:
    """Read the value of ``-e``, of what is installed already (``parse_editable`` of pip's ``constructors.py``).

    :param value: A URL, a path, or ``NAME @ URL``, as pips from 25.3 on take it.
    """
    from pipfreeze_lock.requirements.places import place  # noqa: PLC0415  for frozen images alone

    if " @ " in value and not _is_url(value):
        named = requirement_of_line(value, written, (), source, is_constraint=False, of_installed=True)
        return replace(named, is_editable=True)
    return _of_place(place(value), None, written, (), source, is_editable=True)


def _of_place(
    reference: DirectReference,
    marker: Marker | None,
    written: str,
    hashes: tuple[Hash, ...],
    source: SourceLine,
    *,
    is_constraint: bool = False,
    is_editable: bool = False,
) -> Requirement | UnnamedRequirement:
    hashes = _merged(hashes, reference.hashes)
    if reference.name is None:
        return UnnamedRequirement(
            url=reference.url,
            extras=reference.extras,
            marker=marker,
            hashes=hashes,
            source=source,
            text=written,
            is_editable=is_editable,
        )
    return Requirement(
        name=reference.name,
        extras=reference.extras,
        specifier=SpecifierSet(),
        marker=marker,
        url=reference.url,
        hashes=hashes,
        source=source,
        text=written,
        is_constraint=is_constraint,
        is_editable=is_editable,
    )


def _merged(first: tuple[Hash, ...], second: tuple[Hash, ...]) -> tuple[Hash, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _parsed(body: str, text: str, *, legacy_specifiers: bool) -> tuple[PackagingRequirement, SpecifierSet]:
    try:
        parsed = PackagingRequirement(body)
        specifier = parsed.specifier
    except InvalidRequirement as error:
        legacy = _legacy(body) if legacy_specifiers else None
        if legacy is not None:
            return legacy
        reason = shown(str(error).partition("\n")[0])
        msg = f"`{shown(text)}` is not a requirement: {reason[:1].lower()}{reason[1:]}"
        raise LineProblem(msg, hints=_hints(text), reference="PEP 508") from error
    if "_" in body:
        _refuse_trailing_underscore(parsed, text)
    return parsed, specifier


def _legacy(body: str) -> tuple[PackagingRequirement, SpecifierSet] | None:
    from pipfreeze_lock.target.legacy_specifiers import parse_legacy_requirement  # noqa: PLC0415  for few lines

    try:
        return parse_legacy_requirement(body)
    except InvalidRequirement:
        return None


def _refuse_trailing_underscore(parsed: PackagingRequirement, text: str) -> None:
    """Refuse what packaging lets pass: by PEP 508 names end in a letter or digit, and normalised ones must."""
    for name in (parsed.name, *parsed.extras):
        if name.endswith("_"):
            msg = f"`{shown(name)}` in `{shown(text)}` is no name: it ends in an underscore"
            raise LineProblem(msg, hints=[f"Did you mean `{shown(name.rstrip('_-.'))}`?"], reference="PEP 508")


def _hints(text: str) -> list[str]:
    from pipfreeze_lock.requirements.slips import hints_for  # noqa: PLC0415  5 ms of patterns, for errors only

    return hints_for(text)


def _marker_of(marker_text: str, text: str) -> Marker:
    try:
        return _marker(marker_text)
    except InvalidMarker as error:
        reason = shown(str(error).partition("\n")[0])
        msg = f"`{shown(marker_text)}` in `{shown(text)}` is not a marker: {reason[:1].lower()}{reason[1:]}"
        raise LineProblem(msg, hints=_hints(text), reference="PEP 508") from error
    except RecursionError:
        msg = f"the marker of `{shown(text)}` is nested too deeply"
        raise LineProblem(msg) from None


@lru_cache(maxsize=1024)
def _marker(text: str) -> Marker:
    """Parse a marker; a compiled file repeats a handful of them hundreds of times, and nobody changes them."""
    return Marker(text)
