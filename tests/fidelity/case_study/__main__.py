"""The article, told with this tool on real images: ``make case-study``; buildah, root, the public index, 25 GB of disk.

Writes ``docs/case-study/results.json``, and the page and the plot that are made of it. ``--page`` writes these alone.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from fidelity.case_study.our_commands import OurCommands
from fidelity.case_study.page import write_page
from fidelity.case_study.recipes import ARTICLE, PIPS
from fidelity.case_study.results import Conditions, Quarter, Results, read_results, write_results
from support import needs

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUARTERS = ("2020-01-16", "2020-04-16", "2020-07-16", "2020-10-16", "2021-01-16", "2021-04-16", "2021-07-16")
"""From the month of the newest of the nine lines on (numpy 1.18.1)."""
CACHE = Path(__file__).parents[3] / ".cache" / "case-study"


def main() -> int:
    """Run all of it."""
    parser = argparse.ArgumentParser(prog="fidelity.case_study", description=__doc__)
    parser.add_argument(
        "--page", action="store_true", help="build nothing: write the page of the results that are kept"
    )
    parser.add_argument("--folder", type=Path, help="keep the images there, and go on with those that it has")
    arguments = parser.parse_args()
    if not arguments.page:
        write_results(_measured(arguments.folder))
    write_page(read_results())
    return 0


def _measured(folder: Path | None) -> Results:
    from fidelity.case_study.dated_index import DatedIndex  # noqa: PLC0415  needs ``benchmarks`` on the path
    from fidelity.case_study.workshop import Workshop  # noqa: PLC0415

    conditions, pips = _conditions(), []
    with DatedIndex(CACHE) as index:
        for pip in PIPS:
            with _workplace(folder) as place:
                pips.append(Workshop(place / pip.pip, index, pip, conditions).run())
    return Results(conditions=conditions, quarters=_quarters(conditions), pips=tuple(pips))


@contextlib.contextmanager
def _workplace(folder: Path | None) -> Iterator[Path]:
    """Give a folder that stays, or one that goes when its images are read."""
    if folder:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="case-study-", dir=os.environ.get("TMPDIR")) as scratch:
        yield Path(scratch)


def _quarters(conditions: Conditions) -> tuple[Quarter, ...]:
    """Ask what moved in each of the quarters."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ARTICLE, folder)
        ours = OurCommands(folder=Path(folder), pip=PIPS[0], conditions=conditions)
        return tuple(ours.quarter(since, until) for since, until in itertools.pairwise(_QUARTERS))


def _conditions() -> Conditions:
    code = "import platform; print(platform.python_version())"
    python = subprocess.run([needs.interpreter("3.6"), "-c", code], capture_output=True, text=True, check=True).stdout
    buildah = subprocess.run(["buildah", "--version"], capture_output=True, text=True, check=True).stdout
    return Conditions(
        earlier="2020-10-16",
        day="2021-01-16",
        later="2021-04-16",
        cores=len(os.sched_getaffinity(0)),
        python=python.strip(),
        libc=str(os.confstr("CS_GNU_LIBC_VERSION")).replace(" ", "-"),
        buildah=buildah.split()[2],
    )


if __name__ == "__main__":
    sys.exit(main())
