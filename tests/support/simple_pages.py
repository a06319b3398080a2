"""Pages of the simple repository API, rendered: JSON (PEP 691, 700, 714) and HTML (PEP 503, 592, 629, 658)."""

from __future__ import annotations

import hashlib
import html
from typing import TYPE_CHECKING, Any, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from support.distribution import Artifact

__all__ = ["CoreMetadataListing", "PageShape", "html_page", "html_root", "json_page", "json_root", "negotiate"]

CoreMetadataListing = Literal["flagged", "legacy", "true", "unflagged", "absent"]
"""How sidecars (PEP 658) are listed.

flagged
    with their hash, under the old key and the new one (PEP 714), as the public index does.
legacy
    under the old key alone.
true
    without a hash.
unflagged
    served, but not said so.
absent
    not served.
"""

Format = Literal["json", "html"]

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
HTML_TYPE = "application/vnd.pypi.simple.v1+html"


class PageShape(msgspec.Struct, frozen=True, kw_only=True):
    """Which of the optional parts an index lists."""

    core_metadata: CoreMetadataListing = "flagged"
    upload_times: bool = True
    sizes: bool = True
    hashes: bool = True
    algorithms: tuple[str, ...] = ("sha256",)
    """Of the hashes, by the names of hashlib; HTML has room for the first alone."""
    requires_python: bool = True
    yanked: bool = True


def negotiate(accept: str, formats: Sequence[Format]) -> tuple[Format, str] | None:
    """Choose by the Accept header: the format, and its content type as asked for; None where nothing fits."""
    best: tuple[float, Format, str] | None = None
    for part in (accept or "*/*").split(","):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((float(piece[2:]) for piece in parameters if piece.startswith("q=")), 1.0)
        for one in formats:
            content_type = _content_type(media, one)
            if content_type and (best is None or quality > best[0]):
                best = (quality, one, content_type)
    return best and best[1:]


def _content_type(media: str, one: Format) -> str | None:
    names = {"json": (JSON_TYPE, "application/vnd.pypi.simple.latest+json"), "html": (HTML_TYPE, "text/html")}[one]
    if media in names:
        return JSON_TYPE if one == "json" else media
    if media in ("*/*", "text/*", "application/*"):
        return "text/html" if one == "html" else JSON_TYPE
    return None


def json_page(project: str, files: Iterable[tuple[Artifact, str]], shape: PageShape) -> bytes:
    """Render a project's page.

    :param files: Each file with its URL.
    """
    files = list(files)
    page = {
        "meta": {"api-version": "1.1"},
        "name": project,
        "versions": sorted({artifact.version for artifact, _ in files}),
        "files": [_json_file(artifact, url, shape) for artifact, url in files],
    }
    return msgspec.json.encode(page)


def _json_file(artifact: Artifact, url: str, shape: PageShape) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "filename": artifact.filename,
        "url": url,
        "hashes": _digests(artifact, shape) if shape.hashes else {},
    }
    if shape.requires_python and artifact.requires_python is not None:
        entry["requires-python"] = artifact.requires_python
    if shape.yanked:
        entry["yanked"] = artifact.yanked
    if shape.upload_times and artifact.upload_time is not None:
        entry["upload-time"] = artifact.upload_time
    if shape.sizes:
        entry["size"] = len(artifact.content)
    if artifact.metadata is not None and shape.core_metadata in ("flagged", "legacy", "true"):
        said = True if shape.core_metadata == "true" else {"sha256": _sha256(artifact.metadata)}
        entry["data-dist-info-metadata"] = said
        if shape.core_metadata != "legacy":
            entry["core-metadata"] = said
    return entry


def html_page(project: str, files: Iterable[tuple[Artifact, str]], shape: PageShape) -> bytes:
    """Render a project's page."""
    anchors = [_anchor(artifact, url, shape) for artifact, url in files]
    return _html(f"Links for {project}", anchors)


def _anchor(artifact: Artifact, url: str, shape: PageShape) -> str:
    digests = list(_digests(artifact, shape).items()) if shape.hashes else []
    fragment = f"#{digests[0][0]}={digests[0][1]}" if digests else ""
    attributes = {"href": url + fragment}
    if shape.requires_python and artifact.requires_python is not None:
        attributes["data-requires-python"] = artifact.requires_python
    if shape.yanked and artifact.yanked is not False:
        attributes["data-yanked"] = "" if artifact.yanked is True else str(artifact.yanked)
    if artifact.metadata is not None and shape.core_metadata in ("flagged", "legacy", "true"):
        said = "true" if shape.core_metadata == "true" else f"sha256={_sha256(artifact.metadata)}"
        attributes["data-dist-info-metadata"] = said
        if shape.core_metadata != "legacy":
            attributes["data-core-metadata"] = said
    words = " ".join(f'{name}="{html.escape(value)}"' for name, value in attributes.items())
    return f"<a {words}>{html.escape(artifact.filename)}</a><br/>"


def html_root(projects: Iterable[str]) -> bytes:
    """Render the list of all projects."""
    return _html("Simple index", [f'<a href="{project}/">{project}</a><br/>' for project in projects])


def json_root(projects: Iterable[str]) -> bytes:
    """Render the list of all projects."""
    return msgspec.json.encode(
        {"meta": {"api-version": "1.1"}, "projects": [{"name": project} for project in projects]}
    )


def _html(title: str, lines: list[str]) -> bytes:
    head = '<!DOCTYPE html>\n<html>\n  <head>\n    <meta name="pypi:repository-version" content="1.1">\n'
    body = "\n    ".join(lines)
    return f"{head}    <title>{title}</title>\n  </head>\n  <body>\n    {body}\n  </body>\n</html>\n".encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _digests(artifact: Artifact, shape: PageShape) -> dict[str, str]:
    """Give those of the content, but for the SHA-256, which a test may have made a wrong one."""
    found = {one: hashlib.new(one, artifact.content, usedforsecurity=False).hexdigest() for one in shape.algorithms}
    return found | ({"sha256": artifact.sha256} if "sha256" in found else {})
