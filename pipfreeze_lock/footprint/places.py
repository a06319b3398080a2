"""Where a pip of an environment puts the files of a wheel: ``sysconfig``'s ``posix_prefix``, and pip's rules on it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pipfreeze_lock.footprint.interface import InstallPlaces

if TYPE_CHECKING:
    from pipfreeze_lock.image.environments import Environment
    from pipfreeze_lock.image.layers import FileTree
    from pipfreeze_lock.model.target import Target

__all__ = ["places_of_environment", "places_of_official_image"]

_LOCAL = "/usr/local"
"""Where the pip of a Debian or Fedora installs to, whose Python itself lies in ``/usr``."""


def places_of_environment(
    environment: Environment, tree: FileTree, target: Target, *, executable: str | None = None
) -> InstallPlaces:
    """Give them of an environment of an image that was read.

    :param tree: Read with `image.interest.with_growth`.
    :param executable: ``sys.executable`` of the pip that runs, where that is known; None: as for ``pip install …``.
    """
    prefix = environment.prefix.rstrip("/") or "/"
    site = _site(environment, prefix)
    base = site.partition("/lib")[0] or "/"
    twin = site.replace("/lib/", "/lib64/", 1)
    is_twin = twin != site and twin in environment.search_path
    version = target.python_version
    scripts = posixpath.join(base, "bin")
    headers = posixpath.join(base, "include", "site", f"python{version}")
    if not environment.is_virtual:
        headers = posixpath.join(base, "include", _headers_name(tree, base, target))
    return InstallPlaces(
        executable=executable or _of_script(tree, f"{scripts}/pip") or environment.executable,
        purelib=site,
        platlib=twin if is_twin else site,
        scripts=scripts,
        headers=headers,
        data=base,
    )


def places_of_official_image(target: Target) -> InstallPlaces:
    """Give them of a ``python:*`` image, of which only a table is known."""
    site = f"{_LOCAL}/lib/python{target.python_version}/site-packages"
    return InstallPlaces(
        executable=f"{_LOCAL}/bin/python",
        purelib=site,
        platlib=site,
        scripts=f"{_LOCAL}/bin",
        headers=f"{_LOCAL}/include/{_default_headers_name(target)}",
        data=_LOCAL,
    )


def _of_script(tree: FileTree, path: str) -> str | None:
    """Give the interpreter that a script names."""
    found = tree.find(path)
    content = found.entry.file.content if found is not None else None
    first = (content or b"").partition(b"\n")[0].decode("utf-8", errors="replace")
    return first.removeprefix("#!").split()[0] if first.startswith("#!/") and "python" in first else None


def _site(environment: Environment, prefix: str) -> str:
    """Give the first folder of its search path that is its own, and no user's."""
    folders = [one for one in environment.search_path if posixpath.basename(one) in ("site-packages", "dist-packages")]
    own = [one for one in folders if one.startswith((f"{prefix}/", f"{_LOCAL}/")) and "/.local/" not in one]
    series = ".".join(environment.python.split(".")[:2])
    return next(iter(own), posixpath.join(prefix, "lib", f"python{series}", "site-packages"))


def _headers_name(tree: FileTree, base: str, target: Target) -> str:
    """Give ``python3.6m``: the folder that is there, since an ABI's letter is in it on some builds alone."""
    there = [one for one in tree.children(f"{base}/include") if one.startswith(f"python{target.python_version}")]
    return there[0] if there else _default_headers_name(target)


def _default_headers_name(target: Target) -> str:
    letters = target.abi.removeprefix(f"cp{target.python_version.replace('.', '')}")
    return f"python{target.python_version}{letters if target.implementation == 'cpython' else ''}"
