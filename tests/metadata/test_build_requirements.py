"""What building an sdist fetches, read from sdists made here; no pip runs, `tests/fidelity` asks those."""

from __future__ import annotations

import pytest
from support.index_files import make_target
from support.metadata_parts import make_tree

from pipfreeze_lock.errors import BuildError
from pipfreeze_lock.metadata.build_requirements import build_requirements
from pipfreeze_lock.model.target import BaseDistribution

BASE = (BaseDistribution("pip", "1"), BaseDistribution("setuptools", "41.0.1"), BaseDistribution("wheel", "0.33.4"))
SETUP = "from setuptools import setup\nsetup(name='demo', version='1.0')\n"


def needs(files, pip="21.3.1", *, ask=None, base=BASE, python="3.6.8"):
    return build_requirements(make_tree(files), make_target(pip, base=base, python=python), ask=ask)


def pyproject(*requires, backend="setuptools.build_meta", more=""):
    listed = ", ".join(f'"{text}"' for text in requires)
    named = f'build-backend = "{backend}"\n' if backend else ""
    return {"pyproject.toml": f"[build-system]\nrequires = [{listed}]\n{named}{more}"}


class Asked:
    """Answers for a build, and keeps what it was asked."""

    def __init__(self, *answer, error=None):
        self.answer = answer
        self.error = error
        self.calls = []

    def __call__(self, system, *, by_script):
        self.calls.append((system.backend, by_script))
        if self.error:
            raise self.error
        return self.answer


# --- what pip installs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pip", "isolated", "by_hook"), [("9.0.3", False, False), ("10.0.1", True, False), ("19.0", True, True)]
)
def test_what_is_declared(pip, isolated, by_hook):
    found = needs({"setup.py": SETUP, **pyproject("setuptools>=40", "cython")}, pip)
    assert found.requires == ("setuptools>=40", "cython")
    assert (found.isolated, found.by_hook, found.by_setuptools, found.unlocked) == (isolated, by_hook, True, ())


@pytest.mark.parametrize(
    ("pip", "requires"),
    [
        ("9.0.3", ()),
        ("10.0.1", ("setuptools", "wheel")),
        ("18.0", ("setuptools", "wheel")),
        ("18.1", ("setuptools>=38.2.5", "wheel")),
        ("23.3.2", ("setuptools>=40.8.0", "wheel")),
        ("24.0", ("setuptools>=40.8.0",)),
    ],
)
def test_a_pyproject_that_names_no_build_system(pip, requires):
    assert needs({"setup.py": SETUP, "pyproject.toml": "[tool.black]\n"}, pip).requires == requires


@pytest.mark.parametrize(
    ("pip", "base", "requires"),
    [
        ("22.3.1", BASE, ()),
        ("22.3.1", BASE[:1], ()),
        ("23.1", BASE, ()),
        ("23.1", BASE[:1], ("setuptools>=40.8.0", "wheel")),
        ("25.2", BASE, ()),
        ("25.3", BASE, ("setuptools>=40.8.0",)),
    ],
)
def test_a_setup_script_alone(pip, base, requires):
    found = needs({"setup.py": SETUP}, pip, base=base)
    assert found.requires == requires
    assert found.isolated == bool(requires)


def test_a_requirement_that_is_none():
    found = needs({"setup.py": SETUP, **pyproject("setuptools", "what is this")})
    assert found.requires == ("setuptools",)
    assert "its build requirement `what is this` is not valid" in found.unlocked


def test_a_requirement_that_no_hash_can_hold():
    found = needs(pyproject("setuptools", "tool @ git+https://user:secret@code.example/tool.git"))
    assert found.requires == ("setuptools",)
    assert len(found.unlocked) == 1
    assert found.unlocked[0].endswith("is no file, which a hash could hold")
    assert "secret" not in found.unlocked[0]
    url = "tool @ https://files.example/tool-1.0.tar.gz"
    assert needs(pyproject("setuptools", url)).requires == ("setuptools", url)


def test_a_pyproject_that_cannot_be_read():
    found = needs({"setup.py": SETUP, "pyproject.toml": "= ["})
    assert found.requires == ()
    assert found.unlocked[0].startswith("pip cannot build it: pyproject.toml is not TOML")


def test_a_build_requirement_that_this_python_does_not_have():
    found = needs({"setup.py": SETUP, **pyproject("setuptools>=61")})
    assert found.unlocked == ("this Python cannot build it: its build requirement `setuptools>=61` needs Python 3.7",)


# --- setup_requires ---------------------------------------------------------------------------------------------------

SETUP_REQUIRES = (
    "import sys\nfrom setuptools import setup\nneeds = ['cffi>=1.8', 'wheel']\n"
    "if sys.version_info < (3, 7):\n    needs.append('dataclasses')\n"
    "setup(name='demo', version='1.0', setup_requires=needs)\n"
)


@pytest.mark.parametrize("pip", ["9.0.3", "18.1", "21.3.1"])
def test_setup_requires_that_the_script_fetches(pip):
    found = needs({"setup.py": SETUP_REQUIRES}, pip)
    assert (found.requires, found.setup_requires) == ((), ("cffi>=1.8", "wheel", "dataclasses"))


def test_setup_requires_that_pip_10_leaves_to_the_script():
    found = needs({"setup.py": SETUP_REQUIRES, **pyproject("setuptools")}, "18.1")
    assert found.isolated
    assert (found.requires, found.setup_requires) == (("setuptools",), ("cffi>=1.8", "wheel", "dataclasses"))


def test_setup_requires_that_the_backend_names_to_pip():
    found = needs({"setup.py": SETUP_REQUIRES, **pyproject("setuptools", "wheel")}, "21.3.1", python="3.8.1")
    assert (found.requires, found.setup_requires) == (("setuptools", "wheel", "cffi>=1.8"), ())


def test_setup_requires_of_setup_cfg():
    configuration = "[options]\nsetup_requires =\n  setuptools_scm\n  cffi\n"
    script = "from setuptools import setup\nsetup()\n"
    assert needs({"setup.py": script, "setup.cfg": configuration}).setup_requires == ("setuptools_scm", "cffi")
    given = "from setuptools import setup\nsetup(setup_requires=['six'])\n"
    assert needs({"setup.py": given, "setup.cfg": configuration}).setup_requires == ("six",)
    alone = {"setup.cfg": configuration, **pyproject("setuptools")}
    assert needs(alone).requires == ("setuptools", "setuptools_scm", "cffi")


@pytest.mark.parametrize(
    "script",
    [
        "import os\nfrom setuptools import setup\nsetup(setup_requires=os.listdir('/'))\n",
        "from setuptools import setup, Distribution\nDistribution().fetch_build_eggs(['cython'])\nsetup(name='demo')\n",
        "import os\nfrom setuptools import setup\nsetup(setup_requires=['a'] if os.getpid() % 2 else ['b'])\n",
        "print('no setup at all')\n",
    ],
)
def test_setup_requires_that_cannot_be_read_are_asked_of_the_script(script):
    ask = Asked("numpy")
    found = needs({"setup.py": script}, "19.1.1", ask=ask)
    assert ask.calls == [("setuptools.build_meta:__legacy__", True)]
    assert (found.setup_requires, found.unlocked, found.is_settled) == (("numpy",), (), True)
    silent = needs({"setup.py": script}, "19.1.1")
    assert silent.setup_requires == ()
    assert silent.unlocked[0].startswith("its `setup_requires`: setup.py: ")
    assert silent.unlocked[0].endswith("not known without running its build")


def test_a_build_that_cannot_be_asked_is_told():
    ask = Asked(error=BuildError("it fails", context="Traceback\nImportError: no compiler"))
    found = needs({"setup.py": "print()\n"}, "19.1.1", ask=ask)
    assert found.unlocked[0].endswith("not known, since its build fails here: ImportError: no compiler")
    assert not found.is_settled


# --- backends ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("backend", "more"),
    [
        ("poetry.core.masonry.api", ""),
        ("uv_build", ""),
        ("hatchling.build", '[tool.hatch.build.targets.wheel]\npackages = ["demo"]\n'),
        ("pdm.backend", "[tool.pdm.build]\nincludes = []\n"),
    ],
)
def test_backends_that_ask_for_nothing_more(backend, more):
    found = needs(pyproject("some-backend", backend=backend, more=more), ask=Asked("never"))
    assert (found.requires, found.by_setuptools, found.unlocked) == (("some-backend",), False, ())


@pytest.mark.parametrize(
    ("backend", "more"),
    [
        ("hatchling.build", '[tool.hatch.build.targets.wheel.hooks.mypyc]\ndependencies = ["hatch-mypyc"]\n'),
        ("pdm.backend", "[tool.pdm.build]\nrun-setuptools = true\n"),
        ("mesonpy", ""),
        ("hatchling.build", ""),
    ],
)
def test_backends_that_are_asked(backend, more):
    here = 'backend-path = ["."]\n' if not more and backend == "hatchling.build" else ""
    ask = Asked("ninja>=1.8.2")
    found = needs(pyproject("some-backend", backend=backend, more=here + more), ask=ask)
    assert ask.calls == [(backend, False)]
    assert found.requires == ("some-backend", "ninja>=1.8.2")
    assert needs(pyproject("some-backend", backend=backend, more=here + more)).unlocked == (
        f"what its backend `{backend}` asks for: not known without running its build",
    )


def test_build_tools_that_fetch_elsewhere():
    found = needs({"setup.py": SETUP, **pyproject("setuptools", "Setuptools_Rust>=1", "cmake; python_version>'3'")})
    assert found.unlocked == ("cargo fetches the crates of its Cargo.lock", "its CMake files may fetch sources")
