"""Compare lockers on recorded indexes served from loopback: whole processes, interleaved, as a Markdown table.

python benchmarks/run.py article web --rounds 5 --latency 0.03

Cold: an empty cache. Warm: the cache of the cold run, no lock file yet. Each round runs all lockers one after the
other, so that what disturbs the machine disturbs them all. Record first: ``python benchmarks/record.py``.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from measure import Run, run
from recording import Recording
from support.loopback import LoopbackServer
from tools import TOOLS, RequirementSet, Tool, read_sets

FOLDER = Path(__file__).parents[1] / ".cache" / "benchmarks"
BASELINE = "uv"
PIN = re.compile(r"^[\w.-]+(?:\[[^]]*\])?==", re.MULTILINE)

Results = dict[tuple[str, str], list[Run]]
"""State (cold, warm) and locker to its runs."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", help="names in sets.toml; all without any")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--manners", choices=["public", "mirror"], default="public")
    parser.add_argument("--tool", action="append", choices=TOOLS, help="only this one")
    arguments = parser.parse_args()
    chosen = [one for one in read_sets() if not arguments.sets or one.name in arguments.sets]
    tools = [TOOLS[name] for name in arguments.tool or TOOLS]
    _print_head(arguments)
    failed = False
    for one in chosen:
        # A server for each set: what it renders for one must not fill the memory that another's clients need.
        recording = Recording(arguments.folder, manners=arguments.manners, latency=arguments.latency)
        with LoopbackServer(recording) as server:
            failed |= _compare(one, [tool for tool in tools if tool.fits(one)], arguments.rounds, recording, server)
    return int(failed)


def _compare(one: RequirementSet, tools: list[Tool], rounds: int, recording: Recording, server: LoopbackServer) -> bool:
    """Print the rows of one set; True when something failed or was not recorded."""
    results: Results = {}
    pins: dict[str, int] = {}
    for number in range(-1, rounds):  # the first round only fills the server's own cache of pages
        for tool in tools:
            with tempfile.TemporaryDirectory() as scratch:
                folder = Path(scratch)
                for state in ("cold", "warm"):
                    ran = _once(one, tool, folder, server)
                    if ran.returncode:
                        print(f"{tool.name} failed on {one.name} with {ran.returncode}:\n{ran.said}", file=sys.stderr)
                        return True
                    if number >= 0:
                        results.setdefault((state, tool.name), []).append(ran)
                pins[tool.name] = len(PIN.findall((folder / "lock.txt").read_text()))
    _print_rows(one, results, pins)
    for miss in sorted(set(recording.misses)):
        print(f"not recorded: {miss}", file=sys.stderr)
    return False


def _once(one: RequirementSet, tool: Tool, folder: Path, server: LoopbackServer) -> Run:
    output, cache = folder / "lock.txt", folder / "cache"
    cache.mkdir(exist_ok=True)
    output.unlink(missing_ok=True)
    command = tool.command(one, server.url + one.path, cache, output)
    return run(command, tool.environment(cache), folder)


def _print_head(arguments: argparse.Namespace) -> None:
    milliseconds = f"{arguments.latency * 1000:g} ms"
    print(f"Latency {milliseconds}, index answers as a {arguments.manners} one, {arguments.rounds} rounds.\n")
    print(f"| set | cache | locker | pins | median | fastest to slowest | to {BASELINE} | peak memory |")
    print("|---|---|---|---:|---:|---:|---:|---:|")


def _print_rows(one: RequirementSet, results: Results, pins: dict[str, int]) -> None:
    for (state, name), runs in sorted(results.items()):
        seconds = [each.seconds for each in runs]
        baseline = results.get((state, BASELINE))
        ratio = (
            f"{statistics.median(seconds) / statistics.median(each.seconds for each in baseline):.2f}"
            if baseline
            else "-"
        )
        memory = statistics.median(each.peak_bytes for each in runs) / 1e6
        print(
            f"| {one.name} | {state} | {name} | {pins[name]} | {statistics.median(seconds):.3f} s "
            f"| {min(seconds):.3f} to {max(seconds):.3f} s | {ratio} | {memory:.0f} MB |",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main())
