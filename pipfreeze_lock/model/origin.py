"""Whether two references are one place: what somebody asked for, and what direct_url.json (PEP 610) says.

Both in the form of `pipfreeze_lock.model.installed.InstalledDistribution.direct_url`; what is asked for may be a
relative path besides, ``file:src/x``, which was relative to a folder of the machine that the image was made on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

__all__ = ["is_same_origin", "is_same_revision"]

_VERSION_CONTROL = re.compile(
    r"(?P<tool>git|hg|svn|bzr)\+(?P<url>[^:#]+:(?://)?[^/#]*[^#@]*)(?:@(?P<revision>[^#]+))?(?:#.*)?"
)
_SUBDIRECTORY = re.compile(r"[#&]subdirectory=([^&]*)")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHORT_COMMIT = re.compile(r"[0-9a-f]{7,39}")


@dataclass(frozen=True, slots=True)
class _Checkout:
    tool: str
    repository: str
    """Without what makes no difference: ``/`` or ``.git`` at its end."""
    revision: str
    subdirectory: str

    @classmethod
    def of(cls, reference: str) -> _Checkout | None:
        """Read a reference into version control; None for any other."""
        match = _VERSION_CONTROL.fullmatch(reference)
        if match is None:
            return None
        repository = match["url"].rstrip("/").removesuffix(".git")
        return cls(match["tool"], repository, match["revision"] or "", _subdirectory(reference))


def is_same_origin(asked: str, origin: str, *, is_editable: bool = False) -> bool | None:
    """Say whether it is from where it is asked for; None where that cannot be told.

    It cannot of a branch or tag, which may be any commit, of ``.``, which may be any folder, and of a checkout that is
    installed as editable, of which direct_url.json names the folder it lies in.

    :param asked: Without credentials, as `origin`.
    """
    one, other = _Checkout.of(asked), _Checkout.of(origin)
    if one is not None and other is not None:
        return _is_same_checkout(one, other)
    if one is not None and is_editable:
        return None if origin.startswith("file:") else False
    if asked.startswith("file:") and origin.startswith("file:"):
        return _is_same_path(asked, origin) if _subdirectory(asked) == _subdirectory(origin) else False
    return asked.partition("#")[0] == origin.partition("#")[0] and _subdirectory(asked) == _subdirectory(origin)


def is_same_revision(asked: str, origin: str) -> bool:
    """Whether both are of one repository, and no two commits of it; a branch or tag may be any commit."""
    one, other = _Checkout.of(asked), _Checkout.of(origin)
    return one is not None and other is not None and _is_same_checkout(one, other) is not False


def _is_same_checkout(one: _Checkout, other: _Checkout) -> bool | None:
    if (one.tool, one.repository, one.subdirectory) != (other.tool, other.repository, other.subdirectory):
        return False
    if one.revision == other.revision:
        return True
    if _COMMIT.fullmatch(one.revision) and _COMMIT.fullmatch(other.revision):
        return False
    if _SHORT_COMMIT.fullmatch(one.revision) and other.revision.startswith(one.revision):
        return True
    return None


def _is_same_path(asked: str, origin: str) -> bool | None:
    wanted, there = _path(asked), _path(origin)
    if wanted.startswith("/"):
        return wanted == there
    named = [part for part in wanted.split("/") if part not in ("", ".", "..")]
    return there.split("/")[-len(named) :] == named if named else None


def _path(reference: str) -> str:
    return unquote(urlsplit(reference).path).rstrip("/")


def _subdirectory(reference: str) -> str:
    match = _SUBDIRECTORY.search(reference)
    return match[1].strip("/") if match is not None else ""
