"""Caches that somebody has left in an image."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from pipfreeze_lock.model.weight import Saving
from pipfreeze_lock.weigh.overlaps import hidden_share, largest, sentences, total

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.weigh.evidence import Evidence
    from pipfreeze_lock.weigh.weighed_file import WeighedFile

__all__ = ["caches"]


class _Remedy(NamedTuple):
    id: str
    what: str
    how: str


_REMEDIES = {
    "pip": _Remedy("no-cache-dir", "what pip keeps for its next run", "RUN pip install --no-cache-dir …"),
    "uv": _Remedy("uv-cache", "what uv keeps for its next run", "RUN uv pip install --no-cache …"),
    "pypoetry": _Remedy("poetry-cache", "what Poetry keeps for its next run", "RUN poetry install --no-cache …"),
    "conda": _Remedy("conda-cache", "packages that conda has unpacked", "RUN conda install -y … && conda clean -afy"),
    "apt": _Remedy(
        "apt-lists",
        "lists and archives of apt",
        "RUN apt-get update && apt-get install -y … && apt-get clean && rm -rf /var/lib/apt/lists/*",
    ),
    "apk": _Remedy("apk-cache", "lists and archives of apk", "RUN apk add --no-cache …"),
    "dnf": _Remedy("dnf-cache", "lists and archives of dnf", "RUN dnf install -y … && dnf clean all"),
    "libdnf5": _Remedy("dnf-cache", "lists and archives of dnf", "RUN dnf install -y … && dnf clean all"),
    "yum": _Remedy("yum-cache", "lists and archives of yum", "RUN yum install -y … && yum clean all"),
    "npm": _Remedy("npm-cache", "what npm keeps for its next run", "RUN npm ci && npm cache clean --force"),
    "yarn": _Remedy("yarn-cache", "what yarn keeps for its next run", "RUN yarn install && yarn cache clean"),
    "go-build": _Remedy("go-cache", "what Go keeps for its next build", "RUN go build … && go clean -cache"),
    "cargo": _Remedy(
        "cargo-cache", "what cargo keeps for its next build", "RUN cargo build … && rm -r ~/.cargo/registry"
    ),
}
"""By whose it is. Other caches may hold what the application needs: models, fonts."""


def caches(evidence: Evidence) -> Iterator[Saving]:
    """Give one saving for each program that left one."""
    files: dict[_Remedy, list[WeighedFile]] = {}
    for one in evidence.files(lambda file: file.kind == "caches"):
        remedy = _REMEDIES.get(one.owner.name)
        if remedy is not None:
            files.setdefault(remedy, []).append(one)
    for remedy, found in files.items():
        yield Saving(
            id=remedy.id,
            what=remedy.what,
            size=total(found),
            how=remedy.how,
            note=sentences(hidden_share(found)),
            paths=largest((f"/{posixpath.dirname(one.path)}", one.size) for one in found),
            layers=evidence.layers_of(found),
        )
