"""Makes the images of one pip by buildah, and measures what each RUN did."""

from __future__ import annotations

import functools
import json
import re
import resource
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import msgspec
from fidelity.case_study.layers import ReadLayer, compare, image_bytes, read_last_layer
from fidelity.case_study.our_commands import OurCommands
from fidelity.case_study.recipes import ARTICLE, COMPARED, RECIPES
from fidelity.case_study.results import Move, PipResults, Step
from packaging.utils import canonicalize_name
from packaging.version import Version
from support.real_images import Container, RealImages

from pipfreeze_lock.lockfile.requirements_txt import parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fidelity.case_study.dated_index import DatedIndex
    from fidelity.case_study.recipes import Recipe, ThePip, When
    from fidelity.case_study.results import Comparison, Conditions

__all__ = ["Workshop"]

_ONE_LINE = ("tensorflow==2.0.0", "tensorflow==2.0.4")
"""The line of the nine that somebody moves, before and after: to security fixes of 2021-01-21."""
_LOCKS = ("requirements.lock", "relocked.lock", "moved.lock")

_ASK = """
import json, subprocess, sys

def pip(*words):
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check"] + list(words)
    return subprocess.run(command, stdout=subprocess.PIPE, universal_newlines=True)

check = pip("check")
conflicts = check.stdout.splitlines() if check.returncode else []
print(json.dumps({"installed": json.loads(pip("list", "--format", "json").stdout), "conflicts": conflicts}))
"""

_Value = TypeVar("_Value")


@dataclass(frozen=True, kw_only=True, slots=True)
class _State:
    """What the image's pip says of an image."""

    installed: dict[str, str]
    conflicts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Made:
    """An image."""

    step: Step | None
    """None of the base."""
    state: _State


class Workshop:
    """Where the images of one pip are made; what is there from an earlier run is not made again.

    :param folder: Gets the containers' storage and an archive of each image: some 25 GB.
    """

    def __init__(self, folder: Path, index: DatedIndex, pip: ThePip, conditions: Conditions) -> None:
        self._index = index
        self._pip = pip
        self._days: dict[When, str] = {
            "earlier": conditions.earlier,
            "day": conditions.day,
            "later": conditions.later,
        }
        self._work = folder / "work"
        self._work.mkdir(parents=True, exist_ok=True)
        self._images = RealImages(folder / "containers")
        self._ours = OurCommands(folder=self._work, pip=pip, conditions=conditions)
        self._made: dict[str, _Made] = {}

    def run(self) -> PipResults:
        """Do all of it."""
        lock_seconds = self._kept("lock-seconds", float, self._lock)
        self._made["base"] = self._kept("base", _Made, self._make_base)
        for recipe in RECIPES:
            self._made[recipe.name] = self._kept(recipe.name, _Made, functools.partial(self._make, recipe))
        steps = {recipe: made.step for recipe in RECIPES if (made := self._made[recipe.name]).step}
        layers = self._layers([step.name for step in steps.values() if not step.failure])
        locks = [parse((self._work / name).read_bytes(), path=name).pins for name in _LOCKS]
        return PipResults(
            pip=self._pip.pip,
            base=self._pip.base,
            base_bytes=image_bytes(self._archive("base")),
            lock_seconds=lock_seconds,
            pins=len(locks[0]),
            relocked=tuple(f"{new.name}=={new.version}" for old, new in zip(*locks[:2], strict=True) if old != new),
            steps=tuple(self._told(recipe, step, layers) for recipe, step in steps.items()),
            comparisons=tuple(_compared(layers)),
        )

    def _told(self, recipe: Recipe, step: Step, layers: dict[str, ReadLayer]) -> Step:
        """Add what our own commands say: before the RUN, and of the image."""
        index = ("--index-url", self._index.url(step.day), "--cert", str(self._index.authority))
        step = replace(step, forecasted=self._ours.forecast(recipe.install, step.on, index, step.moves))
        if step.failure:
            return step
        return replace(
            step,
            layer=layers[step.name].measures,
            verified=self._ours.verify(step.name),
            weighed=self._ours.weigh(step.name),
            frozen=None if "--require-hashes" in recipe.install else self._ours.freeze(step.name),
        )

    # --- the files that the images get --------------------------------------------------------------------------------

    def _lock(self) -> float:
        """Write them; give the seconds that the lock took."""
        shutil.copy(ARTICLE, self._work / "requirements.txt")
        (self._work / "one-line-moved.txt").write_text(ARTICLE.read_text().replace(*_ONE_LINE))
        began = time.monotonic()
        self._ours.lock("requirements.lock", self._days["day"], "--no-cache")
        seconds = round(time.monotonic() - began, 1)
        for name, options in (("relocked.lock", ()), ("moved.lock", ("--upgrade",))):
            shutil.copy(self._work / "requirements.lock", self._work / name)
            self._ours.lock(name, self._days["later"], *options)
        return seconds

    def _make_base(self) -> _Made:
        files = [str(self._work / name) for name in ("requirements.txt", "one-line-moved.txt", *_LOCKS)]
        with self._images.container(self._images.base("3.6", self._pip.base)) as made:
            made.buildah("copy", "--quiet", made.name, *files, str(self._index.authority), "/app/")
            made.buildah("config", "--workingdir", "/app", "--env", "HOME=/root", made.name)
            self._save(made, "base")
            return _Made(step=None, state=_state(made))

    # --- one image ----------------------------------------------------------------------------------------------------

    def _make(self, recipe: Recipe) -> _Made:
        before = self._made[recipe.on].state
        with Container(self._images, f"localhost/{recipe.on}") as made:
            step = self._run(made, recipe)
            print(f"{self._pip.pip} {recipe.name}: {step.seconds:.0f} s{' FAILED' if step.failure else ''}", flush=True)
            if step.failure:
                return _Made(step=step, state=before)
            self._save(made, recipe.name, *(("--timestamp", "0") if recipe.is_timeless else ()))
            state = _state(made)
        step = replace(step, moves=self._moves(before, state), conflicts=state.conflicts)
        return _Made(step=step, state=state)

    def _run(self, made: Container, recipe: Recipe) -> Step:
        """Run it in a container, as a Dockerfile's RUN does."""
        day = self._days[recipe.when]
        self._index.forget()
        processor, began = _processor_seconds(), time.monotonic()
        failure: tuple[str, ...] = ()
        try:
            index = (f"PIP_INDEX_URL={self._index.url(day)}", f"PIP_CERT=/app/{self._index.authority.name}")
            variables = [word for one in (*index, *recipe.variables) for word in ("--env", one)]
            made.buildah("run", *variables, made.name, "--", "pip", "install", *recipe.install.split())
        except RuntimeError as error:
            failure = _hash_complaint(error)
        fetched = self._index.fetched()
        return Step(
            name=recipe.name,
            on=recipe.on,
            day=day,
            command=recipe.command,
            seconds=round(time.monotonic() - began, 1),
            processor_seconds=round(_processor_seconds() - processor, 1),
            fetched_files=len(fetched),
            fetched_bytes=sum(one.bytes for one in fetched),
            page_bytes=self._index.page_bytes(),
            failure=failure,
        )

    def _moves(self, before: _State, after: _State) -> tuple[Move, ...]:
        files = {(one.name, one.version): one for one in self._index.fetched()}

        def move(name: str) -> Move:
            new = after.installed.get(name)
            file = files[canonicalize_name(name), Version(new)] if new else None
            size, uploaded = (file.bytes, file.uploaded) if file else (None, None)
            return Move(name=name, old=before.installed.get(name), new=new, bytes=size, uploaded=uploaded)

        names = sorted(before.installed.keys() | after.installed.keys())
        return tuple(move(one) for one in names if before.installed.get(one) != after.installed.get(one))

    def _save(self, made: Container, name: str, *options: str) -> None:
        """Commit a container, to start from it, and as an archive."""
        made.buildah("commit", "--quiet", *options, made.name, f"localhost/{name}")
        archive = f"docker-archive:{self._archive(name)}:localhost/{name}:1"
        self._archive(name).unlink(missing_ok=True)  # an archive is not overwritten
        self._images.run("buildah", "push", "--quiet", f"localhost/{name}", archive)

    def _archive(self, name: str) -> Path:
        return self._work / f"{name}.tar"

    # --- all images ---------------------------------------------------------------------------------------------------

    def _layers(self, names: list[str]) -> dict[str, ReadLayer]:
        """Read their last layers; packing them takes most of the time, and a core each."""

        def read(name: str) -> ReadLayer:
            return self._kept(f"{name}.layer", ReadLayer, lambda: read_last_layer(self._archive(name)))

        with ThreadPoolExecutor() as executor:
            return dict(zip(names, executor.map(read, names), strict=True))

    def _kept(self, name: str, kind: type[_Value], make: Callable[[], _Value]) -> _Value:
        """Give what an earlier run of this folder found, or find it now."""
        file = self._work / f"{name}.json"
        if file.exists():
            return msgspec.json.decode(file.read_bytes(), type=kind)
        value = make()
        file.write_bytes(msgspec.json.encode(value))
        return value


def _compared(layers: dict[str, ReadLayer]) -> list[Comparison]:
    pairs = [(left, right) for left, right in COMPARED if left in layers and right in layers]
    return [compare(left, layers[left], right, layers[right]) for left, right in pairs]


def _hash_complaint(error: RuntimeError) -> tuple[str, ...]:
    """Give what pip says of hashes that do not match, without its URLs; any other failure is one of ours."""
    lines = [line.rstrip() for line in str(error).splitlines()]
    start = next((number for number, line in enumerate(lines) if "DO NOT MATCH THE HASHES" in line), None)
    if start is None:
        raise error
    end = next(number for number, line in enumerate(lines[start:], start) if line.strip().startswith("Got"))
    return tuple(re.sub(r"http\S*/(\S+?)(#\S*)? \(", r"\1 (", line) for line in lines[start : end + 1])


def _state(made: Container) -> _State:
    told = json.loads(made.buildah("run", made.name, "--", "/usr/local/bin/python3", "-c", _ASK))
    installed = {str(canonicalize_name(one["name"])): str(one["version"]) for one in told["installed"]}
    return _State(installed=installed, conflicts=tuple(told["conflicts"]))


def _processor_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
