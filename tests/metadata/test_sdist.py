from __future__ import annotations

import pytest
from support.distribution import Distribution
from support.index_files import make_target
from support.metadata_parts import make_tree
from support.sdists import build_sdist

from pipfreeze_lock.metadata.archive import open_sdist
from pipfreeze_lock.metadata.pyproject import BuildSystem, NotStaticError
from pipfreeze_lock.metadata.sdist import build_is_isolated, setuptools_in_build, static_metadata
from pipfreeze_lock.model.target import BaseDistribution

DEMO = Distribution(name="demo", version="1.0", requires=("six>=1",), extras={"x": ("idna",)}, requires_python=">=3.5")
PKG_INFO = "Metadata-Version: 1.2\nName: demo\nVersion: 1.0\n"
SETUP = "from setuptools import setup\nsetup(name='demo', install_requires=['six'])\n"
BASE = (
    BaseDistribution("pip", "19.1.1"),
    BaseDistribution("setuptools", "41.0.1"),
    BaseDistribution("wheel", "0.33.4"),
)


@pytest.mark.parametrize(
    ("style", "tier"), [("setuptools", "setup.py"), ("setup.cfg", "setup.py"), ("pkg-info", "pkg-info")]
)
@pytest.mark.parametrize("suffix", [".tar.gz", ".tar.bz2", ".zip"])
def test_the_layouts_of_the_wild(style, tier, suffix):
    artifact = build_sdist(DEMO, style=style, suffix=suffix)
    found = static_metadata(open_sdist(artifact.content, artifact.filename), make_target())
    assert (found.name, found.version, found.tier) == ("demo", "1.0", tier)
    assert [text.replace(" ", "") for text in found.requires_dist] == ["six>=1", 'idna;extra=="x"']
    assert found.provides_extra == ("x",)
    assert found.requires_python == ">=3.5"


def test_a_project_table_needs_a_setuptools_that_reads_it():
    artifact = build_sdist(DEMO, style="pyproject")
    tree = open_sdist(artifact.content, artifact.filename)
    new = make_target(python="3.9.1", implementation_version="3.9.1", abi="cp39")
    assert static_metadata(tree, new).tier == "pyproject"
    with pytest.raises(NotStaticError, match="setuptools"):
        static_metadata(tree, make_target())


def test_a_condition_is_decided_for_the_target():
    artifact = build_sdist(DEMO, style="dynamic")
    tree = open_sdist(artifact.content, artifact.filename)
    assert "six>=1" in static_metadata(tree, make_target()).requires_dist
    old = make_target(python="2.7.18", implementation_version="2.7.18", abi="cp27mu")
    assert static_metadata(tree, old).requires_dist == ('idna; extra == "x"',)


def test_a_version_that_pep_440_does_not_know_needs_a_setuptools_that_takes_it():
    artifact = build_sdist(Distribution(name="demo", version="2011k"))
    tree = open_sdist(artifact.content, artifact.filename)
    assert static_metadata(tree, make_target("24.0", base=BASE)).version == "2011k"
    new = make_target("24.0", python="3.7.16", implementation_version="3.7.16", abi="cp37m")
    with pytest.raises(NotStaticError, match=r"`2011k` is no version by PEP 440, which setuptools 68\.0\.0 refuses"):
        static_metadata(tree, new)


@pytest.mark.parametrize("field", ["Requires-Dist", "requires-python", "Provides-Extra"])
def test_a_dynamic_field_of_pkg_info_promises_nothing(field):
    files = {
        "setup.py": "import numpy\n",
        "PKG-INFO": f"Metadata-Version: 2.2\nName: demo\nVersion: 1\nDynamic: {field}\n",
    }
    with pytest.raises(NotStaticError, match=f"`{field.lower()}` is dynamic in its PKG-INFO"):
        static_metadata(make_tree(files), make_target())


def test_setup_cfg_fills_what_setup_leaves_empty():
    configuration = "[options]\ninstall_requires = other\npython_requires = >=3\n"
    files = {"PKG-INFO": PKG_INFO, "setup.py": SETUP, "setup.cfg": configuration}
    found = static_metadata(make_tree(files), make_target())
    assert (found.requires_dist, found.requires_python) == (("six",), ">=3")


def test_setup_cfg_alone():
    files = {
        "PKG-INFO": PKG_INFO,
        "pyproject.toml": "[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n",
        "setup.cfg": "[options]\ninstall_requires = six\n",
    }
    found = static_metadata(make_tree(files), make_target())
    assert (found.requires_dist, found.tier) == (("six",), "setup.cfg")


def test_egg_info_where_the_script_gives_the_same_everywhere():
    script = "import re\nfrom setuptools import setup\nsetup(name='demo', install_requires=re.findall('.+', open('r').read()))"
    files = {
        "PKG-INFO": PKG_INFO,
        "setup.py": script,
        "r": "six\nidna\n",
        "demo.egg-info": {"PKG-INFO": PKG_INFO, "requires.txt": "six\nidna\n"},
    }
    found = static_metadata(make_tree(files), make_target())
    assert (found.requires_dist, found.tier) == (("six", "idna"), "egg-info")
    del files["demo.egg-info"]
    with pytest.raises(NotStaticError, match="no egg-info"):
        static_metadata(make_tree(files), make_target())


def test_egg_info_of_another_machine_is_no_answer_for_a_conditional_script():
    script = (
        "import os, sys\nfrom setuptools import setup\n"
        "setup(name='demo', install_requires=['six'] if os.path.exists('/etc/passwd') else [])"
    )
    files = {"PKG-INFO": PKG_INFO, "setup.py": script, "demo.egg-info": {"PKG-INFO": PKG_INFO, "requires.txt": "six\n"}}
    with pytest.raises(NotStaticError, match="outside the sdist"):
        static_metadata(make_tree(files), make_target())


def test_an_unconditional_script_must_agree_with_its_egg_info():
    files = {"PKG-INFO": PKG_INFO, "setup.py": SETUP, "demo.egg-info": {"PKG-INFO": PKG_INFO, "requires.txt": "idna\n"}}
    with pytest.raises(NotStaticError, match="not what its egg-info records"):
        static_metadata(make_tree(files), make_target())
    files["demo.egg-info"]["requires.txt"] = "six\n"
    assert static_metadata(make_tree(files), make_target()).requires_dist == ("six",)


def test_an_unset_variable_is_noted():
    script = (
        "import os\nfrom setuptools import setup\n"
        "setup(name='demo', install_requires=[] if os.getenv('DEMO_BARE') else ['six'])"
    )
    found = static_metadata(make_tree({"PKG-INFO": PKG_INFO, "setup.py": script}), make_target())
    assert found.note == "its setup.py asks for `DEMO_BARE`, taken to be unset"


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"PKG-INFO": PKG_INFO}, "neither setup.py nor pyproject.toml"),
        ({"setup.py": "from setuptools import setup\nsetup(name='demo')"}, "name or version"),
        ({"setup.py": SETUP, "pyproject.toml": "[build-system]\nrequires = ['hatchling']\n"}, "needs Python 3.7"),
        ({"setup.py": SETUP, "pyproject.toml": "nonsense"}, "not TOML"),
        ({"pyproject.toml": "[build-system]\nrequires = []\nbuild-backend = 'own'\nbackend-path = ['.']\n"}, "`own`"),
    ],
)
def test_what_cannot_be_told_without_a_build(files, reason):
    with pytest.raises(NotStaticError, match=reason):
        static_metadata(make_tree(files), make_target())


def test_pip_before_19_runs_setup_py_whatever_the_backend():
    files = {
        "PKG-INFO": PKG_INFO,
        "setup.py": SETUP,
        "pyproject.toml": "[build-system]\nrequires = ['flit']\nbuild-backend = 'flit.buildapi'\n",
    }
    with pytest.raises(NotStaticError, match="`flit` may change"):
        static_metadata(make_tree(files), make_target("18.1"))


@pytest.mark.parametrize(
    ("pip", "base", "has_pyproject", "isolated"),
    [
        ("9.0.3", BASE, True, False),
        ("10.0", BASE, True, True),
        ("19.1.1", BASE, False, False),
        ("22.3", (), False, False),
        ("23.1", BASE, False, False),
        ("23.1", BASE[:2], False, True),
        ("25.3", BASE, False, True),
    ],
)
def test_which_pip_isolates_what(pip, base, has_pyproject, isolated):
    assert build_is_isolated(BuildSystem(has_pyproject=has_pyproject), make_target(pip, base=base)) is isolated


def test_which_setuptools_runs_the_script():
    assert setuptools_in_build(BuildSystem(), make_target("19.1.1", base=BASE)) == "41.0.1"
    assert setuptools_in_build(BuildSystem(), make_target("19.1.1")) == "59.6.0"
    capped = BuildSystem(has_pyproject=True, requires=("setuptools<50", "wheel"))
    assert setuptools_in_build(capped, make_target("19.1.1", base=BASE)) == "50"
    assert setuptools_in_build(BuildSystem(has_pyproject=True), make_target(python="3.13.0")) == "999"
