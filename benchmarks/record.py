"""Record what lockers ask of the public index, so that it can be replayed from loopback.

    python benchmarks/record.py article web          run each locker once through a recording proxy
    python benchmarks/record.py --proxy --port 8000  only the proxy, for pips by hand: …/asof/2021-01-16/simple/

The recording lies outside git, in ``.cache/benchmarks`` unless ``--folder`` says otherwise, and grows with each use.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from measure import run
from recording import Recording, Upstream, default_index
from support.loopback import LoopbackServer
from tools import TOOLS, RequirementSet, Tool, read_sets

FOLDER = Path(__file__).parents[1] / ".cache" / "benchmarks"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", help="names in sets.toml; all without any")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--proxy", action="store_true", help="serve until interrupted; whole wheels are redirected")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tool", action="append", choices=TOOLS, help="only this one")
    arguments = parser.parse_args()
    recording = Recording(arguments.folder, Upstream(), default_index(), redirect_wheels=arguments.proxy)
    with (
        concurrent.futures.ThreadPoolExecutor(16) as executor,
        LoopbackServer(recording, port=arguments.port, executor=executor) as server,
    ):
        if arguments.proxy:
            return _serve(server)
        chosen = [one for one in read_sets() if not arguments.sets or one.name in arguments.sets]
        tools = [TOOLS[name] for name in arguments.tool or TOOLS]
        failed = [_record(one, tool, recording, server) for one in chosen for tool in tools if tool.fits(one)]
    return int(any(failed))


def _serve(server: LoopbackServer) -> int:
    print(f"{server.url}/simple/", flush=True)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return 0


def _record(one: RequirementSet, tool: Tool, recording: Recording, server: LoopbackServer) -> bool:
    """Run a locker with an empty cache, once for each way an index may answer; True when it failed."""
    failed = False
    for manners in ("public", "mirror"):
        recording.manners = manners
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            command = tool.command(one, server.url + one.path, folder / "cache", folder / "lock.txt")
            (folder / "cache").mkdir()
            ran = run(command, tool.environment(folder / "cache"), folder)
            print(f"{one.name:10} {tool.name:15} {manners:7} {ran.seconds:6.1f} s, exit {ran.returncode}", flush=True)
            if ran.returncode:
                print(ran.said)
                failed = True
    return failed


if __name__ == "__main__":
    sys.exit(main())
