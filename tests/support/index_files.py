"""Index pages of names alone, and targets to judge them for, where no real file is needed."""

from __future__ import annotations

from typing import Any

from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
from pipfreeze_lock.model.target import Libc, Target
from pipfreeze_lock.model.url import Url

__all__ = ["index_file", "make_target", "project_page"]

INDEX = "https://index.example/simple/"


def index_file(filename: str, **fields: Any) -> IndexFile:
    return IndexFile(filename, f"https://files.example/{filename}", **fields)


def project_page(*files: str | IndexFile, index: str = INDEX, name: str = "foo", url: str | None = None) -> ProjectPage:
    listed = [index_file(file) if isinstance(file, str) else file for file in files]
    return ProjectPage(name, url or f"{index}{name}/", Url(index), listed)


def make_target(pip: str = "21.3.1", **changes: Any) -> Target:
    fields: dict[str, Any] = {
        "python": "3.6.8",
        "implementation_version": "3.6.8",
        "abi": "cp36m",
        "machine": "x86_64",
        "libc": Libc("glibc", 2, 24),
        "pip": pip,
    }
    return Target(**(fields | changes))
