"""Time ``check`` as a whole process: locks of 175 to 1400 pins in 20 inputs, beside what must be imported anyway.

python benchmarks/check.py --rounds 21

The locks are our own, of an index that is made up and served from loopback. Where nothing was changed since, digest and
hashes say so, and the pins are not looked at; so a comment is added to an input too, after which they are.

Each round runs all commands one after the other, so that what disturbs the machine disturbs them all. The baseline is
``python -c 'import typer, packaging.requirements'``; the user time is given too, which a busy machine disturbs less.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.index_server import IndexServer
from support.packages import Artifact, wheel

ROOT = Path(__file__).parents[1]
BYTECODE = ROOT / ".cache" / "benchmarks" / "bytecode"
SIZES = (175, 350, 700, 1400)
INPUTS = 20
BASELINE = "import typer, packaging.requirements"
TARGET = ("--python-version", "3.11.7", "--pip-version", "25.3", "--libc", "glibc-2.36", "--no-base")
MARKERS = ("", "", "", '; python_version >= "3.8"', '; sys_platform == "linux"', '; python_version < "3"')
SPECIFIERS = ("", ">=1.0", ">=1.0,<3", "~=1.2", "!=1.3,>=1.1", "==1.*")


class Took(NamedTuple):
    """One process."""

    clock: float
    user: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folders = {size: Path(scratch, str(size)) for size in arguments.sizes}
        changed = {size: Path(scratch, f"{size}-changed") for size in arguments.sizes}
        for size, folder in folders.items():
            make_lock(size, folder)
            shutil.copytree(folder, changed[size])
            with (changed[size] / "requirements-00.txt").open("a") as file:
                file.write("# why\n")
        commands = {"`python -c pass`": (["-c", "pass"], Path(scratch))}
        commands |= {f"`python -c '{BASELINE}'`": (["-c", BASELINE], Path(scratch))}
        commands |= {
            f"`check`, {size} pins, {state}": (["-m", "pipfreeze_lock", "check"], folder[size])
            for state, folder in (("nothing changed", folders), ("an input changed", changed))
            for size in arguments.sizes
        }
        results: dict[str, list[Took]] = {name: [] for name in commands}
        for number in range(-1, arguments.rounds):  # the first round only writes bytecode and fills the page cache
            for name, (command, folder) in commands.items():
                took = timed(command, folder)
                if number >= 0:
                    results[name].append(took)
    report(results)
    return 0


def make_lock(size: int, folder: Path) -> None:
    """Write 20 inputs and their lock of so many pins into a folder."""
    random = Random(size)
    folder.mkdir()
    names = [f"project-{number:04}" for number in range(size)]
    roots = names[: size // 7]
    for number in range(INPUTS):
        lines = [f"{name}{random.choice(SPECIFIERS)}" for name in roots[number::INPUTS]]
        (folder / f"requirements-{number:02}.txt").write_text("\n".join(["# a part of the service", *lines, ""]))
    inputs = sorted(one.name for one in folder.glob("*.txt"))
    with IndexServer(*universe(random, names, len(roots))) as server:
        command = ["lock", *inputs, "-o", "requirements.lock", "--index-url", server.url, *TARGET]
        subprocess.run(
            [sys.executable, "-m", "pipfreeze_lock", *command],
            cwd=folder,
            env=environment(),
            check=True,
            capture_output=True,
        )
    pins = (folder / "requirements.lock").read_text().count("\n    --hash=")
    if pins != size:
        msg = f"the lock has {pins} pins instead of {size}"
        raise RuntimeError(msg)


def universe(random: Random, names: list[str], roots: int) -> list[Artifact]:
    """Make two releases of each project, so that every one is reached and there are three edges for each."""
    requires: dict[str, list[str]] = {name: [] for name in names}
    for place, name in enumerate(names[roots:], start=roots):
        first = names[random.randrange(place)]
        requires[first].append(f"{name}{random.choice(SPECIFIERS)}")
        for _ in range(2):
            other = names[random.randrange(place)]
            requires[other].append(f"{name}{random.choice(SPECIFIERS)}{random.choice(MARKERS)}")
    return [wheel(name, version, requires=requires[name]) for name in names for version in ("1.4.2", "1.2")]


def timed(arguments: list[str], folder: Path) -> Took:
    """Run a Python process to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=folder, env=environment(), check=True, stdout=subprocess.DEVNULL)
    clock = time.perf_counter() - started
    return Took(clock, resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before)


def environment() -> dict[str, str]:
    """Give one in which no configuration of this machine counts; bytecode is kept, as of what is installed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP", "PYTHON"))}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(BYTECODE)}


def report(results: dict[str, list[Took]]) -> None:
    """Print the medians as a Markdown table."""
    baseline = next(took for name, took in results.items() if BASELINE in name)
    print("| whole process | median | fastest | to the baseline | user time |")
    print("|---|---:|---:|---:|---:|")
    for name, runs in results.items():
        clock = statistics.median(one.clock for one in runs)
        ratio = statistics.median(one.clock / other.clock for one, other in zip(runs, baseline, strict=True))
        user = statistics.median(one.user for one in runs)
        print(f"| {name} | {clock:.3f} s | {min(one.clock for one in runs):.3f} s | {ratio:.2f} | {user:.3f} s |")


if __name__ == "__main__":
    sys.exit(main())
