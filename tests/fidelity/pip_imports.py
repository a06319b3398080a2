"""What a ``pip install`` imports: ``python -m fidelity.pip_imports`` writes `target/pip_imports.txt` anew, in 5 minutes.

Each real pip installs two wheels from an index on loopback that speaks TLS, puts a newer one in the place of one of
them, and then tells which files its modules came from.
"""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path

from support import needs, packages
from support.index_server import IndexServer
from support.venv import Venv

TABLE = Path(__file__).parents[2] / "pipfreeze_lock" / "target" / "pip_imports.txt"
PYTHONS = {
    "9.0.3": ("3.6",),
    "10.0.1": ("3.6",),
    "18.1": ("3.6", "3.7"),
    "19.1.1": ("3.6", "3.7"),
    "19.3.1": ("3.7", "3.8"),
    "20.0.2": ("3.6", "3.8"),
    "20.2.4": ("3.6", "3.8"),
    "20.3.4": ("3.6", "3.9"),
    "21.0.1": ("3.8", "3.9"),
    "21.3.1": ("3.6", "3.8", "3.10"),
    "22.0.4": ("3.7", "3.9", "3.10"),
    "22.3.1": ("3.8", "3.11"),
    "23.0.1": ("3.7", "3.9", "3.11"),
    "23.2.1": ("3.11", "3.12"),
    "24.0": ("3.7", "3.9", "3.12"),
    "24.2": ("3.10", "3.12", "3.13"),
    "24.3.1": ("3.9", "3.13"),
    "25.0.1": ("3.8", "3.12", "3.13"),
    "25.3": ("3.10", "3.13"),
    "26.0.1": ("3.10", "3.13"),
    "26.3": ("3.11", "3.13"),
}
_PROGRAM = """
import atexit, json, os, runpy, sys

def tell():
    modules = [getattr(module, "__spec__", None) for module in list(sys.modules.values())]
    origins = [spec.origin for spec in modules if spec is not None]
    origins = [os.path.realpath(one) for one in origins if one and one.endswith(".py") and os.path.isfile(one)]
    with open(os.environ["TOLD"], "w") as told:
        json.dump([origins, os.path.dirname(os.path.realpath(os.__file__))], told)

atexit.register(tell)
sys.argv[0] = "pip"
runpy.run_module("pip", run_name="__main__")
"""


def main() -> int:
    """Ask all of them."""
    pairs = [f"{pip}/{python}" for pip, pythons in PYTHONS.items() for python in pythons]
    importing: dict[str, set[str]] = {}
    sizes: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder, _Served(Path(folder)) as (server, bundle):
        for pair in pairs:
            pip, _, python = pair.partition("/")
            imported = _imported(python, pip, Path(folder) / f"{python}-{pip}", server, bundle)
            sizes[pair] = sum(imported.values())
            print(f"pip {pip} on {python}: {len(imported)} files, {sizes[pair]} bytes", flush=True)
            for path in imported:
                importing.setdefault(path, set()).add(pair)
    lines = [f"# {' '.join(pairs)}", f"# {' '.join(str(sizes[one]) for one in pairs)}"]
    lines += [f"{path} {_ranges(there, pairs)}" for path, there in sorted(importing.items())]
    TABLE.write_text("\n".join(lines) + "\n", encoding="ascii")
    return 0


def _ranges(there: set[str], pairs: list[str]) -> str:
    """Write the numbers of pairs: ``0-3,7``."""
    numbers = sorted(pairs.index(one) for one in there)
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in spans)


class _Served:
    """An index that speaks TLS."""

    def __init__(self, folder: Path) -> None:
        trustme = needs.module("trustme")
        authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
        self._bundle = folder / "authority.pem"
        authority.cert_pem.write_to_path(str(self._bundle))
        inside = {"demo-1.dist-info/entry_points.txt": "[console_scripts]\ndemo = demo:main\n"}
        self._server = IndexServer(tls=context)
        self._server.add(packages.wheel("demo", "1", requires=["other>=1; python_version > '2'"], inside=inside))
        self._server.add(packages.wheel("other", "1"), packages.wheel("demo", "2"))

    def __enter__(self) -> tuple[IndexServer, Path]:
        return self._server.start(), self._bundle

    def __exit__(self, *exception: object) -> None:
        self._server.stop()


def _imported(python: str, pip: str, folder: Path, server: IndexServer, bundle: Path) -> dict[str, int]:
    """Give paths relative to ``lib/pythonX.Y``, and sizes."""
    venv = Venv.of(needs.interpreter(python), pip, folder)
    site = next(folder.glob("lib/python3*/site-packages")).resolve()
    found: dict[str, int] = {}
    for wanted in ("demo==1", "demo==2"):
        told = folder / "told.json"
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "TOLD": str(told)}
        environment |= {"PIP_CONFIG_FILE": os.devnull, "PIP_CERT": str(bundle)}
        url = server.url.replace("127.0.0.1", "localhost")
        options = ["install", "--disable-pip-version-check", "--no-cache-dir", "--index-url", url, wanted]
        command = [venv.folder / "bin" / "python", "-c", _PROGRAM, *options]
        subprocess.run(command, check=True, capture_output=True, env=environment)
        origins, library = json.loads(told.read_text())
        for origin in map(Path, origins):
            if origin.is_relative_to(site):
                found[f"site-packages/{origin.relative_to(site)}"] = origin.stat().st_size
            elif origin.is_relative_to(library):
                found[str(origin.relative_to(library))] = origin.stat().st_size
    return found


if __name__ == "__main__":
    sys.exit(main())
