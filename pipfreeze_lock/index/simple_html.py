"""A project's page in HTML (PEP 503, 592, 629, 658, 714), from bytes to files. Pure.

Written by hand, and by hundreds of programs: what pip's ``HTMLLinkParser`` sees in a page is what we see. For the
largest page there is (11,282 files) its ``html.parser`` would take 0.15 s; a regular expression takes 0.05 s, and reads
pages that hold nothing but tags and text. The parser reads the rest: comments, scripts and styles, in which an anchor
is none.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from pipfreeze_lock.index.filenames import split_suffix
from pipfreeze_lock.index.simple_json import check_version
from pipfreeze_lock.model.artifact import IndexFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["decode_html", "hashes_of"]

_Attributes = dict[str, str]
"""Names in lower case; one without a value has the empty string, so that a bare ``data-yanked`` yanks (PEP 592)."""

_TAG = re.compile(r"""<(a|base|meta)(?=[\s/>])((?:[^>"']|"[^"]*"|'[^']*')*)>""", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([^\s/>=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"'][^\s>]*)))?""")
_NEEDS_PARSER = re.compile(
    r"<!--|<!\[|<\?|<(?:script|style|textarea|xmp|iframe|noembed|noframes|plaintext)\b", re.IGNORECASE
)
_HASH = re.compile(r"[#&](sha512|sha384|sha256|sha224|sha1|md5)=([^&]*)")
"""pip's ``LinkHash`` (``_internal/models/link.py``)."""
_EGG = re.compile(r"[#&]egg=([^&]*)")


def decode_html(body: bytes | memoryview, url: str, charset: str | None = None) -> list[IndexFile]:
    """Give the files of a page in the order it lists them: one for each anchor that leads to one.

    URLs stay relative where the page has them so, unless it has a ``<base>``.

    :param url: Of the page, without credentials.
    :param charset: Of the Content-Type header.
    :raises NetworkError: when the page is of a version of the API that is not ours to understand.
    """
    text = _decoded(body, charset)
    base: str | None = None
    anchors: list[_Attributes] = []
    for tag, attributes in _tags(text):
        if tag == "a":
            anchors.append(attributes)
        elif tag == "base":
            base = base or attributes.get("href")
        elif attributes.get("name") == "pypi:repository-version":
            check_version(attributes.get("content") or "", url)
    base = urljoin(url, base) if base and _is_url(base) else None
    return [file for attributes in anchors if (file := _file(attributes, base))]


def _decoded(body: bytes | memoryview, charset: str | None) -> str:
    """Decode by the header's charset, else as UTF-8, as pip does; what is not becomes U+FFFD."""
    try:
        return str(body, charset or "utf-8", "replace")
    except (LookupError, ValueError):
        return str(body, "utf-8", "replace")


def _tags(text: str) -> Iterable[tuple[str, _Attributes]]:
    return _parsed_tags(text) if _NEEDS_PARSER.search(text) else _matched_tags(text)


def _matched_tags(text: str) -> Iterator[tuple[str, _Attributes]]:
    for match in _TAG.finditer(text):
        attributes: _Attributes = {}
        for name, *quoted in _ATTRIBUTE.findall(match[2]):
            value = quoted[0] or quoted[1] or quoted[2]
            attributes[name.lower()] = unescape(value) if "&" in value else value
        yield match[1].lower(), attributes


def _parsed_tags(text: str) -> list[tuple[str, _Attributes]]:
    from html.parser import HTMLParser  # noqa: PLC0415  for the few pages that need it

    found: list[tuple[str, _Attributes]] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag in ("a", "base", "meta"):
                found.append((tag, {name: value or "" for name, value in attrs}))

    parser = Parser(convert_charrefs=True)
    parser.feed(text)
    return found


def _file(attributes: _Attributes, base: str | None) -> IndexFile | None:
    href = attributes.get("href")
    if not href:
        return None
    location, _, fragment = href.partition("#")
    filename = location.partition("?")[0].rstrip("/").rpartition("/")[2]
    if filename in ("", ".", "..") or ("[" in location and not _is_url(location)):
        return None
    filename = unquote(filename) if "%" in filename else filename
    return IndexFile(
        filename=_named_by_egg(filename, fragment) if "egg=" in fragment else filename,
        url=urljoin(base, location) if base else location,
        hashes=hashes_of(fragment) if fragment else {},
        requires_python=attributes.get("data-requires-python") or None,
        yanked=attributes.get("data-yanked", False),
        core_metadata=_sidecar(attributes),
    )


def _named_by_egg(filename: str, fragment: str) -> str:
    """Give ``demo-1.0.tar.gz`` for ``v1.0.tar.gz#egg=demo-1.0``, as links to archives of a repository have it.

    ``LinkEvaluator.evaluate_link`` in pip's ``index/package_finder.py``; a wheel is known by its file name alone.
    """
    match = _EGG.search(f"#{fragment}")
    suffix = split_suffix(filename)[1]
    return f"{unquote(match[1])}{suffix}" if match and match[1] and suffix != ".whl" else filename


def hashes_of(fragment: str) -> dict[str, str]:
    """Read the hash in a URL's fragment: ``sha256=…``, alone or beside ``egg=``."""
    match = _HASH.search(f"#{fragment}")
    return {match[1]: match[2]} if match else {}


def _is_url(location: str) -> bool:
    """Whether it can be taken apart; ``urlsplit`` raises for a bracket that is no IPv6 address."""
    try:
        urlsplit(location)
    except ValueError:
        return False
    return True


def _sidecar(attributes: _Attributes) -> bool | dict[str, str]:
    """Read ``true`` or ``sha256=…``; the new attribute before the old one (PEP 714)."""
    value = attributes.get("data-core-metadata")
    if value is None:
        value = attributes.get("data-dist-info-metadata")
    if value is None or value == "true":
        return value is not None
    algorithm, equals, digest = value.partition("=")
    return {algorithm: digest} if equals else False
