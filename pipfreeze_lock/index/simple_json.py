"""A project's page in JSON (PEP 691, 700, 714), from bytes to files. Pure.

Decoding is most of what a cold lock computes: 24 MB in 61 pages take 30 ms here, the largest of them (grpcio, 4.9 MB,
11,282 files) 6 ms. So the files are decoded straight into `IndexFile`, and only a page that does not fit it is
decoded once more, into a struct that accepts what pip accepts.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import msgspec

from pipfreeze_lock.errors import NetworkError
from pipfreeze_lock.model.artifact import IndexFile

__all__ = ["check_version", "decode_json"]


class _Meta(msgspec.Struct, rename="kebab", gc=False, frozen=True):
    api_version: str = "1.0"


class _Page(msgspec.Struct, gc=False):
    files: list[IndexFile]
    meta: _Meta = _Meta()


class _LooseFile(msgspec.Struct, rename="kebab", gc=False):
    """A file as older or careless indexes list it; what pip's ``Link.from_json`` makes of it is ours too."""

    url: str | None = None
    filename: str | None = None
    hashes: dict[str, Any] | None = None
    requires_python: str | None = None
    yanked: Any = False
    upload_time: str | None = None
    size: Any = None
    core_metadata: Any = None
    dist_info_metadata: Any = None
    """The key before PEP 714."""
    data_dist_info_metadata: Any = None
    """What some indexes wrote by mistake, the reason for PEP 714."""


class _LoosePage(msgspec.Struct, gc=False):
    files: list[_LooseFile] = []
    meta: _Meta = _Meta()


_decode_page = msgspec.json.Decoder(_Page).decode
_decode_loose_page = msgspec.json.Decoder(_LoosePage).decode
_OLD_METADATA_KEY = re.compile(rb'dist-info-metadata"\s*:\s*(?!false|null)')
_SAMPLE = 1 << 16


def decode_json(body: bytes | memoryview, url: str) -> list[IndexFile]:
    """Give the files of a page in the order it lists them.

    :param url: Of the page, without credentials, for messages.
    :raises NetworkError: when it is no such page, or of a version of the API that is not ours to understand. A newer
        minor version is fine (PEP 629).
    """
    try:
        page: _Page = _decode_page(body)
    except msgspec.ValidationError as error:
        return _loosely(body, url, error)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _not_a_page(url, str(error)) from error
    if _has_old_key_only(page.files, body):
        return _loosely(body, url, None)
    check_version(page.meta.api_version, url)
    return page.files


def check_version(version: str, url: str) -> None:
    """Refuse a major version of the API other than 1 (PEP 629).

    :raises NetworkError: for it.
    """
    if version.partition(".")[0].strip() != "1":
        msg = f"the index speaks version `{version[:20]}` of the simple repository API, and we speak 1"
        raise NetworkError(msg, context=url, hints=["Is there a newer pipfreeze-lock?"], reference="PEP 629")


def _has_old_key_only(files: list[IndexFile], body: bytes | memoryview) -> bool:
    """Whether sidecars are listed under the key before PEP 714.

    Both ends of the page are looked at, not all of it, which would cost half as much again as decoding. Where that
    misses one, its metadata is read from the wheel: the answer is the same.
    """
    if any(file.core_metadata is not False for file in files):
        return False
    return bool(_OLD_METADATA_KEY.search(body[:_SAMPLE]) or _OLD_METADATA_KEY.search(body[-_SAMPLE:]))


def _loosely(body: bytes | memoryview, url: str, first: msgspec.ValidationError | None) -> list[IndexFile]:
    try:
        page: _LoosePage = _decode_loose_page(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _not_a_page(url, str(first or error)) from error
    check_version(page.meta.api_version, url)
    return [_strict(file) for file in page.files if file.url]


def _strict(file: _LooseFile) -> IndexFile:
    url = file.url or ""
    return IndexFile(
        filename=file.filename or unquote(url.partition("#")[0].partition("?")[0].rstrip("/").rpartition("/")[2]),
        url=url,
        hashes={name: digest for name, digest in (file.hashes or {}).items() if isinstance(digest, str)},
        requires_python=file.requires_python or None,
        yanked=file.yanked if isinstance(file.yanked, str) and file.yanked else bool(file.yanked),
        upload_time=file.upload_time or None,
        size=file.size if type(file.size) is int else None,
        core_metadata=_sidecar(file),
    )


def _sidecar(file: _LooseFile) -> bool | dict[str, str]:
    """The new key before the old ones; with hashes, without, or none (PEP 714)."""
    for value in (file.core_metadata, file.dist_info_metadata, file.data_dist_info_metadata):
        if isinstance(value, dict):
            return {str(name): digest for name, digest in value.items() if isinstance(digest, str)} or True
        if value is not None:
            return bool(value)
    return False


def _not_a_page(url: str, reason: str) -> NetworkError:
    msg = f"the index answers with JSON that is no project page: {reason}"
    return NetworkError(msg, context=url, hints=["Does the URL lead to an index (`…/simple/`)?"], reference="PEP 691")
