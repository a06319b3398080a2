"""What a pip writes when it installs a wheel, and what it keeps in its cache, by its version.

Read off pip's sources, release by release: ``pip/wheel.py`` (9), ``_internal/wheel.py`` (10 to 19.3),
``_internal/operations/install/wheel.py`` (20.0 and newer), ``_internal/req/req_uninstall.py``, and the CacheControl
that each has in ``_vendor``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from packaging.version import InvalidVersion, Version

from pipfreeze_lock.errors import UsageError

__all__ = ["CacheFormat", "InstallRules", "install_rules"]

CacheFormat = Literal["zlib", "msgpack", "msgpack and body"]
"""``zlib``: base64 in JSON, compressed; ``msgpack``: head and body in one; ``msgpack and body``: in two files."""

_OWN_TEMPLATE = r"""# -*- coding: utf-8 -*-
import re
import sys

from %(module)s import %(import_name)s

if __name__ == '__main__':
    sys.argv[0] = re.sub(r'(-script\.pyw?|\.exe)?$', '', sys.argv[0])
    sys.exit(%(func)s())
"""
_DISTLIB_TEMPLATE = r"""# -*- coding: utf-8 -*-
import re
import sys
from %(module)s import %(import_name)s
if __name__ == '__main__':
    sys.argv[0] = re.sub(r'(-script\.pyw|\.exe)?$', '', sys.argv[0])
    sys.exit(%(func)s())
"""
_WITHOUT_RE_TEMPLATE = """import sys
from %(module)s import %(import_name)s
if __name__ == '__main__':
    if sys.argv[0].endswith('.exe'):
        sys.argv[0] = sys.argv[0][:-4]
    sys.exit(%(func)s())
"""
_REMOVESUFFIX_TEMPLATE = """import sys
from %(module)s import %(import_name)s
if __name__ == '__main__':
    sys.argv[0] = sys.argv[0].removesuffix('.exe')
    sys.exit(%(func)s())
"""
_TEMPLATES = (
    ((26, 0), _REMOVESUFFIX_TEMPLATE),
    ((25, 2), _WITHOUT_RE_TEMPLATE),
    ((19, 3), _DISTLIB_TEMPLATE),
    ((19, 0), _OWN_TEMPLATE),
    ((0,), f"\n{_OWN_TEMPLATE}"),  # their distlib puts a line feed of its own behind the first line
)
_RANDOM = "x" * 8
"""As long as what ``tempfile.mkdtemp`` makes up."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InstallRules:
    """One pip."""

    script_template: str
    """Of console scripts, without their first line; has ``module``, ``import_name`` and ``func``."""
    unpacking_folder: str | None
    """Where it unpacks and compiles a wheel before it copies it to its place, a folder as long as that, with ``name``
    to be filled in; None where it compiles the files in their place (20.2)."""
    is_version_cut: bool
    """Whether its ``pip3.10`` is named ``pip3.1`` (below 19.3)."""
    records_changed_scripts: bool
    """Whether RECORD has the size of a script as it was changed (22.2); older pips look for it under another path."""
    has_requested: bool
    has_direct_url: bool
    has_direct_url_hashes: bool
    """Whether direct_url.json has ``hashes`` beside ``hash`` (23.1)."""
    removes_folders: bool
    """Whether a folder of which all files go is moved away as one (19.0), and folders above it stay, empty or not."""
    cache_format: CacheFormat
    has_strict: bool
    """Whether what is cached has the field ``strict``, of http.client in Python 2 (below 23.3)."""
    caches_trusted_hosts: bool
    """Whether answers of ``--trusted-host`` are cached too (20.1)."""
    cache_flag_is_switch: bool
    """Whether ``PIP_NO_CACHE_DIR`` is read as any other switch, so that only false values work (below 19.0)."""
    has_selfcheck_folder: bool
    """Whether its note of the newest pip lies in ``selfcheck/`` (20.0)."""


@lru_cache(maxsize=8)
def install_rules(pip: str) -> InstallRules:
    """Give the rules of a pip.

    :raises UsageError: when it is no version.
    """
    try:
        release = Version(pip).release
    except InvalidVersion:
        message = f"`{pip}` is not a version of pip"
        raise UsageError(message) from None
    return InstallRules(
        script_template=next(template for start, template in _TEMPLATES if release >= start),
        unpacking_folder=_unpacking_folder(release),
        is_version_cut=release < (19, 3),
        records_changed_scripts=release >= (22, 2),
        has_requested=release >= (20, 2),
        has_direct_url=release >= (20, 1),
        has_direct_url_hashes=release >= (23, 1),
        removes_folders=release >= (19, 0),
        cache_format=_cache_format(release),
        has_strict=release < (23, 3),
        caches_trusted_hosts=release >= (20, 1),
        cache_flag_is_switch=release < (19, 0),
        has_selfcheck_folder=release >= (20, 0),
    )


def _unpacking_folder(release: tuple[int, ...]) -> str | None:
    if release >= (20, 2):
        return None
    if release >= (20, 0):
        return f"/tmp/pip-unpacked-wheel-{_RANDOM}"  # noqa: S108  a path in the image, of which only the length counts
    kind = "install" if release >= (10,) else "build"
    return f"/tmp/pip-{kind}-{_RANDOM}/{{name}}"  # noqa: S108  likewise


def _cache_format(release: tuple[int, ...]) -> CacheFormat:
    if release >= (23, 3):
        return "msgpack and body"
    return "msgpack" if release >= (10,) else "zlib"
