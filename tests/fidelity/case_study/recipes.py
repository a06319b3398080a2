"""Which images are made, each by one ``RUN`` on another of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["ARTICLE", "COMPARED", "PIPS", "RECIPES", "Recipe", "ThePip", "When"]


ARTICLE = Path(__file__).parents[3] / "examples" / "article" / "requirements.txt"
"""Its nine lines."""
When = Literal["earlier", "day", "later"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ThePip:
    """A pip, and what an image starts with beside it."""

    setuptools: str
    wheel: str
    pip: str

    @property
    def base(self) -> dict[str, str]:
        """As `RealImages.base` wants it."""
        return {"pip": self.pip, "setuptools": self.setuptools, "wheel": self.wheel}


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """One RUN."""

    name: str
    on: str
    """The recipe whose image it runs on; ``base``: the image with pip, the requirements and the locks alone."""
    when: When
    install: str
    """What stands behind ``pip install``."""
    is_timeless: bool = False
    """Whether nothing of the hour stays in the layer: it is committed with every time in it set to the epoch, and
    Python writes no bytecode of what pip imports, whose constants may be written in another order each time."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Of the RUN: ``NAME=VALUE``."""
        return ("PYTHONDONTWRITEBYTECODE=1",) if self.is_timeless else ()

    @property
    def command(self) -> str:
        """As a Dockerfile has it."""
        return " ".join((*self.variables, "pip", "install", self.install))


PIPS = (
    ThePip(pip="19.1.1", setuptools="41.0.1", wheel="0.33.4"),
    ThePip(pip="21.3.1", setuptools="57.5.0", wheel="0.37.1"),
)
"""That of python:3.6.8, which does not resolve, and the last one for Python 3.6, which does."""

_PLAIN = "--no-cache-dir -r requirements.txt"
_LOCK = "--no-cache-dir --require-hashes -r requirements.lock"
_TIMELESS = f"--no-compile {_LOCK}"
_EAGER = "--upgrade --upgrade-strategy eager"

RECIPES = (
    # The article as it is told: a layer, the same again, and the same again three months later.
    Recipe(name="plain", on="base", when="day", install=_PLAIN),
    Recipe(name="again", on="plain", when="day", install=_PLAIN),
    Recipe(name="later", on="plain", when="later", install=_PLAIN),
    # What may have been meant: a new layer beside the old one, or one of the ways to ask pip for more.
    Recipe(name="later-fresh", on="base", when="later", install=_PLAIN),
    Recipe(name="later-upgrade", on="plain", when="later", install=f"--upgrade {_PLAIN}"),
    Recipe(name="later-eager", on="plain", when="later", install=f"{_EAGER} {_PLAIN}"),
    Recipe(name="one-line", on="plain", when="later", install="--no-cache-dir -r one-line-moved.txt"),
    # The same way to ask for more, in the quarter before: scipy and h5py moved in it.
    Recipe(name="autumn", on="base", when="earlier", install=_PLAIN),
    Recipe(name="autumn-eager", on="autumn", when="day", install=f"{_EAGER} {_PLAIN}"),
    # The first of all with pip's cache in the layer.
    Recipe(name="cached", on="base", when="day", install="-r requirements.txt"),
    Recipe(name="cached-again", on="cached", when="day", install="-r requirements.txt"),
    Recipe(name="cached-later", on="cached", when="later", install="-r requirements.txt"),
    Recipe(name="cached-eager", on="cached", when="later", install=f"{_EAGER} -r requirements.txt"),
    # The lock: on the first day, on its own image, and from nothing three months later.
    Recipe(name="lock", on="base", when="day", install=_LOCK),
    Recipe(name="lock-later", on="lock", when="later", install=_LOCK),
    Recipe(name="lock-fresh", on="base", when="later", install=_LOCK),
    # A lock that is made anew three months later, without --upgrade: the same versions.
    Recipe(name="relocked", on="base", when="later", install=_LOCK.replace("requirements.lock", "relocked.lock")),
    # The second way out: the lock moved on purpose, after three months, on the image of the first.
    Recipe(name="lock-moved", on="lock", when="later", install=_LOCK.replace("requirements.lock", "moved.lock")),
    # Layers that are the same byte for byte.
    Recipe(name="timeless", on="base", when="day", install=_TIMELESS, is_timeless=True),
    Recipe(name="timeless-again", on="base", when="day", install=_TIMELESS, is_timeless=True),
    Recipe(name="timeless-later", on="base", when="later", install=_TIMELESS, is_timeless=True),
)

COMPARED = (
    ("plain", "later-fresh"),
    ("plain", "lock"),
    ("lock", "lock-fresh"),
    ("lock", "relocked"),
    ("timeless", "timeless-again"),
    ("timeless", "timeless-later"),
)
