"""Environments with pip-tools and the pip that it runs with: made once, kept under the cache folder.

An environment is made beside its place and renamed into it, so that one which is there is whole, whatever became of
the process that made others; of two that make the same at once, the second takes the first's. Nothing in it is started
by the scripts of its ``bin`` folder, which hold the path where it was made.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tempfile
import time
import zipfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.resolve.pip_tools.programs import HINTS_FOR_INSTALLING, run_program

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pipfreeze_lock.resolve.pip_tools.programs import Ended
    from pipfreeze_lock.target.interpreters import Interpreter

__all__ = ["Environments", "PipToolsEnvironment", "Recipe", "Unfit"]

_FORMAT = "1"
_STAMP = "pipfreeze-lock.json"
_UNFINISHED = "making-"
_ABANDONED_AFTER = 24 * 3600
"""Seconds after which a half-made environment is nobody's any more."""
_UNFIT_FOR = 7 * 24 * 3600
"""Seconds for which it is remembered that a pip-tools does not run with a pip."""
_TIME_LIMIT = 900.0
"""Seconds for each step of making one."""
_PROBE = "pipfreeze-lock-probe"
_PIP_COMPILE = "from piptools.scripts.compile import cli; cli(prog_name='pip-compile')"
"""Not ``-m piptools``, which imports pip-sync too, and that fails with pips that pip-compile runs with."""
_WHEEL = """Wheel-Version: 1.0
Generator: pipfreeze-lock
Root-Is-Purelib: true
Tag: py2-none-any
Tag: py3-none-any
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """What an environment is made of; equal recipes give equal environments."""

    interpreter: Interpreter
    pip: str
    requirements: tuple[str, ...]
    """Exact: ``pip-tools==6.4.0``, ``setuptools==41.0.1``."""

    @property
    def key(self) -> str:
        """Name its folder."""
        parts = (_FORMAT, self.interpreter.path, self.interpreter.version, self.pip, *self.requirements)
        digest = hashlib.sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()[:16]
        return f"{self.interpreter.implementation}-{self.interpreter.version}-pip-{self.pip}-{digest}"


@dataclass(frozen=True, kw_only=True, slots=True)
class PipToolsEnvironment:
    """A place where ``python -m piptools`` runs."""

    folder: Path
    interpreter: Interpreter
    pip: str
    pip_tools: str
    compile_options: frozenset[str]
    """Long options that this pip-compile knows."""
    pip_options: frozenset[str]
    """Long options that ``install`` of this pip knows."""

    @property
    def python(self) -> list[str]:
        """Give the words that start its Python."""
        return _python(self.folder, self.interpreter)

    @property
    def pip_compile(self) -> list[str]:
        """Give the words that start its pip-compile."""
        return [*self.python, "-c", _PIP_COMPILE]

    @property
    def steps_back(self) -> bool:
        """Whether its pip-compile can search by pip's own resolver: from pip-tools 6.8 on."""
        return "--resolver" in self.compile_options

    @property
    def variables(self) -> dict[str, str]:
        """Give what must stand in the environment of its Python."""
        return _variables(self.folder, self.interpreter)


class Unfit(Exception):  # noqa: N818  no error: the next pip is tried
    """A pip with which this pip-tools does not run; the text is the last lines of what it said."""


class Environments:
    """Makes environments and finds them again.

    :param folder: Where they are kept from run to run.
    :param variables: What programs run in: `pipfreeze_lock.resolve.pip_tools.programs.child_environment`.
    :param sources: Variables of pip that say where pip-tools comes from; may hold credentials.
    :param making: Is told in words before one is made, which takes some seconds.
    """

    def __init__(
        self,
        folder: Path,
        *,
        variables: Mapping[str, str],
        sources: Mapping[str, str],
        making: Callable[[str], None],
    ) -> None:
        self._folder = folder
        self._variables = dict(variables)
        self._sources = dict(sources)
        self._making = making

    def get(self, recipe: Recipe, wheel_of_pip: Callable[[], bytes]) -> PipToolsEnvironment:
        """Give an environment, made where there is none.

        :param wheel_of_pip: Fetches the wheel of the recipe's pip.
        :raises Unfit: where pip-tools does not run with this pip; that is remembered too.
        :raises ResolutionError: where it cannot be made.
        """
        place = self._folder / recipe.key
        found = _read(place, recipe)
        if found is None:
            self._making(
                f"pip {recipe.pip} and {' '.join(recipe.requirements)} for Python {recipe.interpreter.version}"
            )
            found = self._make(recipe, place, wheel_of_pip)
        return found

    def _make(self, recipe: Recipe, place: Path, wheel_of_pip: Callable[[], bytes]) -> PipToolsEnvironment:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._sweep()
            beside = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self._folder))
        except OSError as error:
            message = f"no environment for pip-tools can be made: {error.strerror}"
            raise ResolutionError(message, context=str(self._folder), hints=["Give another `--cache-dir`."]) from None
        try:
            stamp = self._fill(recipe, beside, wheel_of_pip)
            if "unfit" in stamp:
                _empty(beside)
            (beside / _STAMP).write_text(json.dumps(stamp), encoding="utf-8")
            _put(beside, place, recipe)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        found = _read(place, recipe)
        if found is None:
            message = "the environment for pip-tools was taken away while it was used"
            raise ResolutionError(message, context=str(place), hints=["Try again."])
        return found

    def _fill(self, recipe: Recipe, folder: Path, wheel_of_pip: Callable[[], bytes]) -> dict[str, object]:
        """Install pip and pip-tools, and see whether they run together."""
        site = self._start(recipe, folder)
        with zipfile.ZipFile(io.BytesIO(wheel_of_pip())) as wheel:
            wheel.extractall(site)
        where = ["--target", str(site)] if _has_no_venv(recipe.interpreter) else []
        pip = [*_python(folder, recipe.interpreter), "-m", "pip"]
        install = [*pip, "install", *where, *recipe.requirements, f"pip=={recipe.pip}"]
        ended = self._run(install, recipe, folder, self._sources, "to install pip-tools")
        if ended.returncode:
            if self._run([*pip, "list"], recipe, folder, {}, "to see whether it runs").returncode:
                return {"unfit": ended.last_lines}  # this pip does not run on this Python at all
            raise _not_installed(recipe, ended.last_lines)
        return self._tried(recipe, folder, pip)

    def _start(self, recipe: Recipe, folder: Path) -> Path:
        """Make an empty environment, and give its folder of packages."""
        if _has_no_venv(recipe.interpreter):
            site = folder / "site"
            site.mkdir()
            return site
        command = [recipe.interpreter.path, "-m", "venv", "--without-pip", str(folder)]
        ended = self._run(command, recipe, folder, {}, "to make an environment")
        question = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
        if not ended.returncode:
            ended = self._run(
                [*_python(folder, recipe.interpreter), "-c", question], recipe, folder, {}, "to look at it"
            )
        if ended.returncode:
            message = f"`{recipe.interpreter.path}` makes no virtual environment"
            hints = ["Install its module `venv`: Debian has it in a package of its own, `python3-venv`."]
            raise ResolutionError(message, context=ended.last_lines or None, hints=hints)
        return Path(ended.output.strip())

    def _tried(self, recipe: Recipe, folder: Path, pip: Sequence[str]) -> dict[str, object]:
        """Compile a little thing: no metadata says up to which pip a pip-tools runs."""
        pip_compile = [*_python(folder, recipe.interpreter), "-c", _PIP_COMPILE]
        with tempfile.TemporaryDirectory(prefix="pipfreeze-lock-probe-", ignore_cleanup_errors=True) as name:
            work = Path(name)
            _write_probe(work)
            output = work / "out.txt"
            command = [*pip_compile, "--quiet", "--no-header", "--no-annotate"]
            command += ["--cache-dir", str(work / "cache"), "--output-file", str(output), str(work / "in.txt")]
            variables = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": work.as_uri()}
            ended = self._run(command, recipe, folder, variables, "to try pip-tools")
            pins = output.read_text("utf-8") if output.is_file() else ""
            if ended.returncode or f"{_PROBE}-b==1" not in pins:
                return {"unfit": ended.last_lines}
        compile_help = self._run([*pip_compile, "--help"], recipe, folder, {}, "to ask for its options")
        pip_help = self._run([*pip, "install", "--help"], recipe, folder, {}, "to ask for its options")
        return {
            "interpreter": asdict(recipe.interpreter),
            "compile_options": _long_options(compile_help.output),
            "pip_options": _long_options(pip_help.output),
        }

    def _run(
        self,
        command: Sequence[str],
        recipe: Recipe,
        folder: Path,
        more: Mapping[str, str],
        purpose: str,
    ) -> Ended:
        variables = {**self._variables, **_variables(folder, recipe.interpreter), **more}
        return run_program(command, variables=variables, folder=folder, time_limit=_TIME_LIMIT, purpose=purpose)

    def _sweep(self) -> None:
        """Take away what processes that were killed have left."""
        for one in self._folder.glob(f"{_UNFINISHED}*"):
            with suppress(OSError):  # another process sweeps too
                if time.time() - one.stat().st_mtime > _ABANDONED_AFTER:
                    shutil.rmtree(one, ignore_errors=True)


def _has_no_venv(interpreter: Interpreter) -> bool:
    """Whether a folder on its path has to do: Python 2 has no module `venv`."""
    return interpreter.version.startswith("2.")


def _python(folder: Path, interpreter: Interpreter) -> list[str]:
    if _has_no_venv(interpreter):
        return [interpreter.path, "-S"]  # without its own packages
    return [str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))]


def _variables(folder: Path, interpreter: Interpreter) -> dict[str, str]:
    return {"PYTHONPATH": str(folder / "site")} if _has_no_venv(interpreter) else {}


def _read(place: Path, recipe: Recipe) -> PipToolsEnvironment | None:
    """Give the environment that is there; None where there is none, or its interpreter is gone.

    :raises Unfit: where there is the memory of one that does not run.
    """
    try:
        written = (place / _STAMP).stat().st_mtime
        stamp = json.loads((place / _STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none, or a damaged one
        return None
    if "unfit" in stamp:
        if time.time() - written < _UNFIT_FOR:
            raise Unfit(stamp["unfit"])
        return None
    if not Path(_python(place, recipe.interpreter)[0]).is_file():
        return None
    return PipToolsEnvironment(
        folder=place,
        interpreter=recipe.interpreter,
        pip=recipe.pip,
        pip_tools=next(one.partition("==")[2] for one in recipe.requirements if one.startswith("pip-tools==")),
        compile_options=frozenset(stamp["compile_options"]),
        pip_options=frozenset(stamp["pip_options"]),
    )


def _put(beside: Path, place: Path, recipe: Recipe) -> None:
    """Rename an environment into its place, unless another process was quicker; what is broken there makes way."""
    with suppress(OSError):
        beside.rename(place)
        return
    with suppress(Unfit):
        if _read(place, recipe) is not None:
            return
    broken = beside.with_name(f"{beside.name}-broken")
    with suppress(OSError):
        place.rename(broken)
    shutil.rmtree(broken, ignore_errors=True)
    with suppress(OSError):  # again another process; what is there now is looked at next
        beside.rename(place)


def _empty(folder: Path) -> None:
    for one in folder.iterdir():
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one, ignore_errors=True)
        else:
            one.unlink()


def _write_probe(folder: Path) -> None:
    """Write a requirements file and two wheels for it, of which one needs the other."""
    (folder / "in.txt").write_text(f"{_PROBE}-a\n", encoding="utf-8")
    for letter, needs in (("a", f"Requires-Dist: {_PROBE}-b\n"), ("b", "")):
        stem = f"{_PROBE.replace('-', '_')}_{letter}-1"
        files = {
            f"{stem}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {_PROBE}-{letter}\nVersion: 1\n{needs}",
            f"{stem}.dist-info/WHEEL": _WHEEL,
        }
        record = "".join(f"{path},,\n" for path in (*files, f"{stem}.dist-info/RECORD"))
        with zipfile.ZipFile(folder / f"{stem}-py2.py3-none-any.whl", "w") as wheel:
            for path, text in (files | {f"{stem}.dist-info/RECORD": record}).items():
                wheel.writestr(path, text)


def _long_options(help_text: str) -> list[str]:
    """Give those that a help text names; ``--[no-]x`` and ``--x / --no-x`` are two words each."""
    return sorted(set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]+", help_text)))


def _not_installed(recipe: Recipe, output: str) -> ResolutionError:
    message = f"pip {recipe.pip} cannot install `{recipe.requirements[0]}` for Python {recipe.interpreter.version}"
    return ResolutionError(message, context=output or None, hints=HINTS_FOR_INSTALLING)
