"""Install locks by the real pips that they are made for: ``python -m fidelity.installs [NAME…]``.

Each in a clean virtual environment with exactly that pip, from the public index, in hash mode. Then `pip check` must be
content, what is there must be lock and base set and nothing else, and pip must have built nothing that it could have had
as a wheel. Ends with 1 where one of these does not hold.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name
from pip._internal.models.index import PyPI
from support import needs
from support.venv import Venv

HERE = Path(__file__).parent
ARTICLE = HERE.parents[2] / "examples" / "article" / "requirements.txt"


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One lock and one pip."""

    name: str
    python: str
    pip: str
    requirements: Path
    options: tuple[str, ...] = ()
    pip_options: tuple[str, ...] = ()


CASES = (
    # The default index of pip 9 has another host name, which by now only forwards to that of today's.
    Case(
        name="small-9.0.3",
        python="3.6",
        pip="9.0.3",
        requirements=HERE / "small.txt",
        options=("--prefer-binary",),
        pip_options=("--index-url", PyPI.simple_url),
    ),
    Case(name="small-18.1", python="3.6", pip="18.1", requirements=HERE / "small.txt", options=("--prefer-binary",)),
    Case(name="article-19.1.1", python="3.6", pip="19.1.1", requirements=ARTICLE, options=("--prefer-binary",)),
    Case(name="article-21.3.1", python="3.6", pip="21.3.1", requirements=ARTICLE),
    Case(name="fifty-26.3", python="3.13", pip="26.3", requirements=HERE / "fifty.txt"),
)
_BUILT = re.compile(r"(?:Building wheel for|Running setup\.py (?:install|bdist_wheel) for) ([\w.-]+)")


def main() -> int:
    """Install, print, and give the exit code."""
    parser = argparse.ArgumentParser(prog="fidelity.installs", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="beginning of a case's name; default: all")
    names = parser.parse_args().names
    bad = 0
    for case in CASES:
        if not names or any(case.name.startswith(name) for name in names):
            problems = list(install(case))
            bad += bool(problems)
            for line in problems:
                print(f"    {line}", flush=True)
    return 1 if bad else 0


def install(case: Case) -> list[str]:
    """Lock, install and look; give what is wrong."""
    interpreter = needs.find_interpreter(case.python)
    if interpreter is None:
        return [f"{case.name}: there is no CPython {case.python} on PATH or in pyenv"]
    with tempfile.TemporaryDirectory(prefix="installs-") as scratch:
        venv = Venv.of(interpreter, case.pip, Path(scratch, "venv"))
        lock = Path(scratch, "requirements.lock")
        began = time.monotonic()
        said = make_lock(case, venv, lock)
        if said:
            return [f"{case.name}: no lock: {said}"]
        locked = time.monotonic() - began
        pins = pinned(lock)
        ran = venv.run_pip("install", "--no-cache-dir", "--require-hashes", *case.pip_options, "-r", lock)
        if ran.returncode:
            return [f"{case.name}: pip {case.pip} fails: {ran.stdout[-2000:]}"]
        built = {canonicalize_name(name) for name in _BUILT.findall(ran.stdout)}
        took = time.monotonic() - began - locked
        print(f"{case.name}: {len(pins)} pins locked in {locked:.0f} s, installed in {took:.0f} s", end="")
        print(f", built: {', '.join(sorted(built)) or 'nothing'}", flush=True)
        return problems(venv, pins, built, case.pip_options)


def make_lock(case: Case, venv: Venv, lock: Path) -> str:
    """Lock for the interpreter, pip and base set of a venv; give what was said where that fails."""
    command = [sys.executable, "-m", "pipfreeze_lock", "lock", case.requirements, "-o", lock, *case.options]
    command += ["--python-version", venv.python_version(), "--pip-version", case.pip]
    command += ["--libc", os.confstr("CS_GNU_LIBC_VERSION").replace(" ", "-")]  # type: ignore[union-attr]
    command += [f"--preinstalled={name}=={version}" for name, version in venv.base.items()]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=lock.parent)
    return ran.stderr if ran.returncode else ""


def problems(venv: Venv, pins: dict[str, str], built: set[str], pip_options: tuple[str, ...]) -> list[str]:
    """Give what is not as it must be."""
    found = []
    content = venv.run_pip("check").stdout.strip()
    if content != "No broken requirements found.":
        found.append(f"pip check: {content}")
    there, expected = venv.installed(), {**venv.base, **pins}
    found += [
        f"{name}: {there.get(name)} is there, {expected.get(name)} is in lock and base set"
        for name in sorted(there.keys() | expected.keys())
        if there.get(name) != expected.get(name)
    ]
    for name in sorted(built):
        pin = f"{name}=={pins[name]}"
        options = ["--no-cache-dir", "--no-deps", "--only-binary", ":all:", "--dest", venv.folder / "wheels"]
        if venv.run_pip("download", *options, *pip_options, pin).returncode == 0:
            found.append(f"{pin} was built, and has a wheel that this pip reads")
    return found


def pinned(lock: Path) -> dict[str, str]:
    """Read the pins, with other eyes than the package's."""
    pins = re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==(\S+) \\$", lock.read_text(), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pins}


if __name__ == "__main__":
    sys.exit(main())
