"""Environments: made once and whole, with real Pythons and a made-up pip."""

from __future__ import annotations

import json
import os
import platform
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from support.packages import wheel
from support.pip_tools import SERIES, tool_wheels

from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.resolve.pip_tools.environment import Environments, Recipe, Unfit
from pipfreeze_lock.resolve.pip_tools.programs import child_environment
from pipfreeze_lock.target.interpreters import Interpreter

if TYPE_CHECKING:
    from pathlib import Path

INTERPRETER = Interpreter(path=sys.executable, version=platform.python_version(), implementation="cpython")
RECIPE = Recipe(interpreter=INTERPRETER, pip="25.3", requirements=("pip-tools==7.6.2",))
# Stands in for pip and pip-tools both: `install` puts a pip-compile there, which knows one answer.
PIP = """
import os, sys
if "--help" in sys.argv:
    print("  --uploaded-prior-to <datetime>   --pre")
elif sys.argv[1] == "list":
    sys.exit({list_code})
elif sys.argv[1] == "install":
    os.makedirs(os.path.join(os.path.dirname(__file__), "..", "piptools", "scripts"))
    place = os.path.join(os.path.dirname(__file__), "..", "piptools", "scripts", "compile.py")
    with open(place, "w") as file:
        file.write({compile!r})
    print("https://user:secret@index.example/simple/ has it not")
    sys.exit({install_code})
"""
COMPILE = """
import sys
def cli(prog_name):
    if "--help" in sys.argv:
        print("  --resolver [legacy|backtracking]  --emit-options / --no-emit-options")
        return
    with open(sys.argv[sys.argv.index("--output-file") + 1], "w") as file:
        file.write("pipfreeze-lock-probe-a==1\\npipfreeze-lock-probe-b==1\\n")
"""


def pip_wheel(*, compile: str = COMPILE, list_code: int = 0, install_code: int = 0) -> bytes:  # noqa: A002  as it is called
    main = PIP.format(compile=compile, list_code=list_code, install_code=install_code)
    return wheel("pip", "25.3", inside={"pip/__init__.py": "", "pip/__main__.py": main}).content


class Maker:
    """Makes environments in a folder, and counts."""

    def __init__(self, folder: Path, **words: Any) -> None:
        self.folder = folder
        self.said: list[str] = []
        self._wheel = pip_wheel(**words)
        self._environments = Environments(
            folder, variables=child_environment(os.environ), sources={"PIP_NO_INDEX": "1"}, making=self.said.append
        )

    def get(self, recipe: Recipe = RECIPE) -> Any:
        return self._environments.get(recipe, lambda: self._wheel)

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


def test_it_is_made_once(tmp_path: Path) -> None:
    maker = Maker(tmp_path / "environments")
    made = maker.get()
    assert made.pip_tools == "7.6.2"
    assert made.compile_options == {"--resolver", "--emit-options", "--no-emit-options"}
    assert made.pip_options == {"--uploaded-prior-to", "--pre"}
    assert maker.get() == made
    assert maker.said == [f"pip 25.3 and pip-tools==7.6.2 for Python {INTERPRETER.version}"]
    assert maker.names() == [RECIPE.key]


def test_other_parts_make_another() -> None:
    moved = Interpreter(path="/elsewhere/python", version=INTERPRETER.version, implementation="cpython")
    recipes = [
        RECIPE,
        Recipe(interpreter=moved, pip="25.3", requirements=RECIPE.requirements),
        Recipe(interpreter=INTERPRETER, pip="25.2", requirements=RECIPE.requirements),
        Recipe(interpreter=INTERPRETER, pip="25.3", requirements=(*RECIPE.requirements, "setuptools==41.0.1")),
    ]
    assert len({one.key for one in recipes}) == len(recipes)
    assert all(one.key.isascii() and "/" not in one.key for one in recipes)


def test_what_is_damaged_is_made_anew(tmp_path: Path) -> None:
    maker = Maker(tmp_path)
    made = maker.get()
    (made.folder / "pipfreeze-lock.json").write_text("{")
    (made.folder / "litter").write_text("")
    assert maker.get() == made
    assert not (made.folder / "litter").exists()
    (made.folder / "bin" / "python").unlink()  # its interpreter is gone
    (made.folder / "bin" / "python").symlink_to("/nowhere")
    assert maker.get() == made
    assert (made.folder / "bin" / "python").resolve().is_file()
    assert maker.names() == [RECIPE.key]


def test_what_an_interrupted_run_left_is_never_taken_and_swept_away_later(tmp_path: Path) -> None:
    old, new = tmp_path / "making-old", tmp_path / "making-new"
    old.mkdir()
    new.mkdir()
    long_ago = time.time() - 2 * 24 * 3600
    os.utime(old, (long_ago, long_ago))
    maker = Maker(tmp_path)
    maker.get()
    assert maker.names() == sorted([RECIPE.key, "making-new"])


def test_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    environments = Environments(
        tmp_path, variables=child_environment(os.environ), sources={}, making=lambda _what: None
    )

    def interrupted() -> bytes:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        environments.get(RECIPE, interrupted)
    assert list(tmp_path.iterdir()) == []


def test_two_at_once_both_have_a_whole_one(tmp_path: Path) -> None:
    makers = [Maker(tmp_path) for _ in range(2)]
    made: list[Any] = []
    threads = [threading.Thread(target=lambda maker=maker: made.append(maker.get())) for maker in makers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2
    assert made[0] == made[1]
    assert makers[0].names() == [RECIPE.key]


@pytest.mark.parametrize(
    "words",
    [
        {"compile": "def cli(prog_name): raise SystemExit('no attribute x')"},
        {"compile": "def cli(prog_name): print('no attribute x')"},
        {"install_code": 1, "list_code": 1},
    ],
    ids=["it fails", "it writes nothing", "the pip does not run here"],
)
def test_that_it_does_not_run_with_a_pip_is_found_out_once_and_remembered_for_a_week(
    tmp_path: Path, words: dict[str, Any]
) -> None:
    maker = Maker(tmp_path, **words)
    for _ in range(2):
        with pytest.raises(Unfit):
            maker.get()
    assert len(maker.said) == 1
    stamp = tmp_path / RECIPE.key / "pipfreeze-lock.json"
    assert [path.name for path in stamp.parent.iterdir()] == [stamp.name]
    long_ago = time.time() - 8 * 24 * 3600
    os.utime(stamp, (long_ago, long_ago))
    assert Maker(tmp_path).get().pip == "25.3"


def test_what_pip_says_when_it_cannot_install_is_shown_without_credentials(tmp_path: Path) -> None:
    with pytest.raises(ResolutionError, match=r"pip 25\.3 cannot install `pip-tools==7\.6\.2`") as caught:
        Maker(tmp_path, install_code=1).get()
    assert caught.value.context == "https://****@index.example/simple/ has it not\n"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ResolutionError, match="no environment for pip-tools can be made") as caught:
        Maker(tmp_path / "file" / "environments").get()
    assert caught.value.context == str(tmp_path / "file" / "environments")


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux: so that one system does")
def test_the_real_one(tmp_path: Path) -> None:
    for one in tool_wheels():
        (tmp_path / one.filename).write_bytes(one.content)
    pip = next(one for one in tool_wheels() if one.project == "pip")
    environments = Environments(
        tmp_path / "environments",
        variables=child_environment({"PATH": os.environ["PATH"], "PIP_INDEX_URL": "https://nowhere.example/"}),
        sources={"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": tmp_path.as_uri()},
        making=lambda _what: None,
    )
    recipe = Recipe(interpreter=INTERPRETER, pip=pip.version, requirements=("pip-tools==7.6.2", "setuptools==80.9.0"))
    made = environments.get(recipe, lambda: pip.content)
    assert {"--resolver", "--no-strip-extras", "--no-config"} <= made.compile_options
    assert {"--find-links", "--prefer-binary"} <= made.pip_options
    assert json.loads((made.folder / "pipfreeze-lock.json").read_text())["interpreter"]["version"].startswith(SERIES)
