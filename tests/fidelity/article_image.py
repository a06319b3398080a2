"""Build the article's image and verify it: ``python -m fidelity.article_image``; buildah, root and the public index.

A root file system with CPython 3.6, on it pip 19.1.1 with its setuptools and wheel, on it our lock by
``pip install --require-hashes``. Then verify has to find it equal; after a plain ``pip install -r requirements.txt``
of something more on top, and after a hand edit, it has to name what was done. Ends with 1 where one of these does not
hold. Nothing in the image can compile, so that wheels are preferred.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from support.good_image import BASE, SITE
from support.real_images import RealImages

if TYPE_CHECKING:
    from collections.abc import Sequence

ARTICLE = Path(__file__).parents[2] / "examples" / "article" / "requirements.txt"
LATER = "Flask\nrequests\nclick<8\nattrs==20.3.0\n"
"""What somebody installs on top: two lines that are there already, and two that are not."""
TARGET = (
    *("--python-version", "3.6.15", "--pip-version", BASE["pip"], "--platform", "linux/amd64", "--prefer-binary"),
    *("--preinstalled", f"setuptools=={BASE['setuptools']}", "--preinstalled", f"wheel=={BASE['wheel']}"),
)


def main() -> int:
    """Run all of it."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        return _Article(Path(folder)).run()


class _Article:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._images = RealImages(folder / "containers")
        self._work = folder / "work"
        self._work.mkdir()
        self._failures = 0

    def run(self) -> int:
        shutil.copy(ARTICLE, self._work / "requirements.txt")
        (self._work / "later.txt").write_text(LATER)
        libc = str(os.confstr("CS_GNU_LIBC_VERSION")).replace(" ", "-")
        _pipfreeze_lock("lock", *TARGET, "--libc", libc, "requirements.txt", cwd=self._work)
        began = time.monotonic()
        self._build(self._images.base("3.6", BASE), "good", ("--require-hashes", "-r", "requirements.lock"))
        print(f"built in {time.monotonic() - began:.0f} s, {self._tar('good').stat().st_size / 1e6:.0f} MB")
        for options in ((), ("--integrity",), ("--deep",)):
            self._expect("good", 0, (), *options)
        self._build(self._tar("good"), "later", ("-r", "later.txt"))
        self._expect("later", 1, ("extra-distribution", "attrs-20.3.0.dist-info"))
        self._edit()
        self._expect("edited", 0, ())
        self._expect("edited", 1, ("changed-file", f"/{SITE}/flask/app.py"), "--integrity")
        return int(bool(self._failures))

    def _build(self, base: Path, name: str, arguments: Sequence[str]) -> None:
        with self._images.container(base) as made:
            print(made.pip_install(self._work, *arguments).splitlines()[-1])
            made.save(f"docker-archive:{self._tar(name)}:localhost/{name}:1")

    def _edit(self) -> None:
        with self._images.container(self._tar("good")) as made:
            made.python("-c", f"open('/{SITE}/flask/app.py', 'a').write('# by hand')")
            made.save(f"docker-archive:{self._tar('edited')}:localhost/edited:1")

    def _tar(self, name: str) -> Path:
        return self._folder / f"{name}.tar"

    def _expect(self, name: str, code: int, words: Sequence[str], *options: str) -> None:
        began = time.monotonic()
        command = ("verify", "requirements.lock", f"docker-archive:{self._tar(name)}", *options)
        ran = _pipfreeze_lock(*command, cwd=self._work, check=False)
        is_right = ran.returncode == code and all(word in ran.stdout for word in words)
        self._failures += not is_right
        verdict = "as it should be" if is_right else f"WRONG, exit {ran.returncode}:\n{ran.stdout}{ran.stderr}"
        print(f"verify {' '.join(options)} {name}: {time.monotonic() - began:.2f} s, {verdict}")
        if is_right:
            print("    " + ran.stdout.strip().replace("\n", "\n    "))


def _pipfreeze_lock(*arguments: str, cwd: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipfreeze_lock", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=check)


if __name__ == "__main__":
    sys.exit(main())
