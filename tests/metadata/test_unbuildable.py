"""What old pips fail on: asked of real ones in ``tests/scenarios/unreadable``, here what is let through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.index_files import make_target
from support.packages import sdist

from pipfreeze_lock.errors import BuildError
from pipfreeze_lock.metadata.archive import open_sdist
from pipfreeze_lock.metadata.unbuildable import check_this_pip_builds

if TYPE_CHECKING:
    from support.packages import Artifact

IN_TREE = '[build-system]\nrequires = [{requires}]\nbuild-backend = "backend"\nbackend-path = ["."]\n'
FETCHED = '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n'


def check(artifact: Artifact, pip: str) -> str | None:
    try:
        check_this_pip_builds(open_sdist(artifact.content, artifact.filename), artifact.filename, make_target(pip))
    except BuildError as error:
        return error.hints[0]
    return None


@pytest.mark.parametrize(
    ("words", "pip", "hint"),
    [
        ({"style": "setuptools"}, "9.0.3", None),
        ({"style": "pyproject"}, "9.0.3", "19.0"),
        ({"style": "pyproject"}, "18.1", "19.0"),
        ({"style": "pyproject"}, "19.0", None),
        ({"style": "setuptools", "pyproject": FETCHED}, "18.1", None),  # setup.py is run
        ({"style": "setuptools", "pyproject": IN_TREE.format(requires="")}, "18.1", None),
        ({"style": "setuptools", "pyproject": IN_TREE.format(requires="")}, "19.1.1", "20.0"),
        ({"style": "setuptools", "pyproject": IN_TREE.format(requires='"Backend>1"')}, "19.1.1", None),
        ({"style": "setuptools", "pyproject": IN_TREE.format(requires='"not a requirement"')}, "19.1.1", "20.0"),
        ({"style": "setuptools", "pyproject": FETCHED}, "19.1.1", None),
        ({"style": "setuptools", "pyproject": "no TOML"}, "19.1.1", None),  # told by others
        ({"style": "backend"}, "19.1.1", "20.0"),
        ({"style": "backend"}, "20.0", None),
        ({"style": "backend"}, "26.3", None),
    ],
)
def test_who_builds_what(words: dict[str, str], pip: str, hint: str | None) -> None:
    found = check(sdist("a", "1.0", **words), pip)
    assert found == (f"A newer pip in the image, {hint} at least, builds it." if hint else None)
