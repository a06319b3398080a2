"""Replay a recording from loopback, for any client by hand.

python benchmarks/serve.py --port 8000 --latency 0.03 --manners mirror
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from recording import Recording
from support.loopback import LoopbackServer

FOLDER = Path(__file__).parents[1] / ".cache" / "benchmarks"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--manners", choices=["public", "mirror"], default="public")
    arguments = parser.parse_args()
    recording = Recording(arguments.folder, manners=arguments.manners, latency=arguments.latency)
    with LoopbackServer(recording, port=arguments.port) as server:
        print(f"{server.url}/simple/", flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            for miss in recording.misses:
                print(f"not recorded: {miss}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
