"""How large ``.pyc`` are by their sources: ``python -m fidelity.bytecode_ratios``; the public index, old interpreters.

The numbers go into `pipfreeze_lock/footprint/bytecode_ratios.py` by hand: for each Python the bytes of all ``.pyc`` by
those of all sources, and how far single wheels are from that. All wheels are of pure Python, and run on 3.6 to 3.13.
"""

from __future__ import annotations

import os
import statistics
import sys
import zipfile

from support import needs

from pipfreeze_lock.footprint.compiling import InterpreterCompiler
from pipfreeze_lock.target.interpreters import Interpreter

SITE = "/usr/local/lib/python{python}/site-packages"
PYTHONS = ("3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
WHEELS = (
    *(("requests", "2.27.1"), ("Flask", "2.0.3"), ("Jinja2", "3.0.3"), ("Werkzeug", "2.0.3"), ("Django", "3.2.18")),
    *(("attrs", "22.2.0"), ("click", "8.0.4"), ("urllib3", "1.26.15"), ("setuptools", "59.6.0"), ("pip", "21.3.1")),
    *(("networkx", "2.5.1"), ("botocore", "1.23.24"), ("docutils", "0.18.1"), ("tqdm", "4.64.1")),
    *(("Pygments", "2.14.0"), ("rsa", "4.9"), ("tensorboard", "2.0.2"), ("packaging", "21.3"), ("idna", "3.4")),
    *(("google_auth", "1.35.0"), ("Markdown", "3.3.7"), ("wheel", "0.37.1"), ("pytz", "2022.7"), ("six", "1.16.0")),
)


def main() -> int:
    """Print a line for each Python."""
    wheels = [needs.wheel_file(name, version) for name, version in WHEELS]
    sources = {wheel.name: _sources(wheel) for wheel in wheels}
    for python in PYTHONS:
        ratios, total, compiled = [], 0, 0
        for texts in sources.values():
            size, pyc = _sizes(python, texts)
            ratios.append(pyc / size)
            total, compiled = total + size, compiled + pyc
        spread = statistics.quantiles(ratios, n=10)
        print(
            f"{python}: {compiled / total:.3f} of {total / 1e6:.1f} MB; "
            f"eight of ten wheels between {spread[0]:.2f} and {spread[-1]:.2f}"
        )
    return 0


def _sources(wheel: os.PathLike[str]) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.endswith(".py")}


def _sizes(python: str, texts: dict[str, bytes]) -> tuple[int, int]:
    """Give bytes of sources that compile, and of their ``.pyc``."""
    interpreter = Interpreter(path=str(needs.interpreter(python)), version=python, implementation="cpython")
    compiler = InterpreterCompiler(interpreter=interpreter, environment=dict(os.environ))
    folder = SITE.format(python=python)
    sizes = compiler.sizes([(f"{folder}/{name}", text) for name, text in texts.items()])
    pairs = [(len(text), size) for text, size in zip(texts.values(), sizes, strict=True) if size]
    return sum(size for size, _ in pairs), sum(pyc for _, pyc in pairs)


if __name__ == "__main__":
    sys.exit(main())
