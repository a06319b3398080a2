"""Real builds: by a backend that the sdist brings along, so that nothing is fetched."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from support import needs
from support.distribution import Distribution
from support.index_files import make_target
from support.metadata_parts import interpreter, make_tar
from support.packages import wheel
from support.sdists import build_sdist

from pipfreeze_lock.errors import BuildError
from pipfreeze_lock.metadata import build as build_module
from pipfreeze_lock.metadata.archive import open_sdist
from pipfreeze_lock.metadata.build import Builder, last_lines
from pipfreeze_lock.metadata.pyproject import read_build_system
from pipfreeze_lock.model.requirement import IndexOptions
from pipfreeze_lock.model.target import BaseDistribution
from pipfreeze_lock.model.url import Url

RUNNING = interpreter(sys.executable, ".".join(map(str, sys.version_info[:3])))
PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "own:backend"\nbackend-path = ["tools"]\n'
BACKEND = """\
import os, sys, time
class Backend:
    def prepare_metadata_for_build_wheel(self, folder, settings=None):
        %s
        os.mkdir(os.path.join(folder, "demo-1.0.dist-info"))
        with open(os.path.join(folder, "demo-1.0.dist-info", "METADATA"), "w") as stream:
            stream.write("Metadata-Version: 2.1\\nName: demo\\nVersion: 1.0\\n")
            for name in sorted(os.environ):
                if name.startswith(("PIP_", "PYTHON", "KEPT")):
                    stream.write("Requires-Dist: %%s\\n" %% name)
            stream.write("Requires-Python: ==%%d.%%d.*\\n" %% sys.version_info[:2])
        return "demo-1.0.dist-info"
backend = Backend()
"""
WHEEL_BACKEND = """\
import os, zipfile
def build_wheel(folder, settings=None, metadata=None):
    with zipfile.ZipFile(os.path.join(folder, "demo-1.0-py3-none-any.whl"), "w") as archive:
        archive.writestr("demo-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: demo\\nVersion: 1.0\\n")
    return "demo-1.0-py3-none-any.whl"
"""


def sdist_of(backend, pyproject=PYPROJECT):
    return make_tar({"pyproject.toml": pyproject, "tools": {"own.py": backend}})


def build(content, *, using=RUNNING, filename="demo-1.0.tar.gz", **words):
    target = words.pop("target", make_target())
    options = words.pop("index_options", IndexOptions(no_index=True))
    builder = Builder(
        target=target, index_options=options, environment=words.pop("environment", dict(os.environ)), **words
    )
    try:
        return builder.build(content, filename, read_build_system(open_sdist(content, filename)), using)
    finally:
        builder.close()


def test_a_backend_that_prepares_metadata():
    found = build(sdist_of(BACKEND % "pass"))
    assert (found.name, found.version, found.tier) == ("demo", "1.0", "build")
    assert found.requires_python == f"=={sys.version_info[0]}.{sys.version_info[1]}.*"


def test_a_backend_that_only_builds_wheels():
    pyproject = PYPROJECT.replace("own:backend", "own")
    assert build(sdist_of(WHEEL_BACKEND, pyproject)).name == "demo"


def test_an_sdist_of_the_test_builders():
    artifact = build_sdist(Distribution(name="demo", version="1.0", requires=("six",)), style="backend")
    found = build(artifact.content, filename=artifact.filename)
    assert found.requires_dist == ("six",)


@pytest.mark.parametrize("version", ["3.7", "3.8", "3.12", "3.13"])
def test_under_another_python(version):
    path = needs.interpreter(version)
    found = build(sdist_of(BACKEND % "pass"), using=interpreter(str(path), f"{version}.0"))
    assert found.requires_python == f"=={version}.*"


def test_the_environment_is_cleaned():
    environment = {
        "PATH": os.environ["PATH"],
        "KEPT": "1",
        "PIP_INDEX_URL": "https://elsewhere.example/simple",
        "PIP_CERT": "/kept.pem",
        "PIP_TARGET": "/somewhere",
        "PYTHONPATH": "/somewhere",
    }
    options = IndexOptions(
        index_url=Url("https://user:secret@index.example/simple/"), find_links=("/wheels",), trusted_hosts=("a",)
    )
    found = build(sdist_of(BACKEND % "pass"), environment=environment, index_options=options)
    assert set(found.requires_dist) == {
        *("KEPT", "PIP_CERT", "PIP_CONFIG_FILE", "PIP_DISABLE_PIP_VERSION_CHECK"),
        *("PIP_FIND_LINKS", "PIP_INDEX_URL", "PIP_TRUSTED_HOST"),
    }


@pytest.mark.parametrize(
    ("pip", "then"),
    [
        ("19.1.1", "stops where it fails"),
        ("21.3.1", "takes another release where it fails"),
        ("23.0", "stops where it fails"),
    ],
)
def test_a_failing_build_shows_its_last_lines_without_credentials(pip, then):
    failing = "print('noise\\n' * 99); raise RuntimeError('no compiler at https://user:secret@index.example/x')"
    with pytest.raises(BuildError, match=r"metadata of `demo-1\.0\.tar\.gz` cannot be built") as caught:
        build(sdist_of(BACKEND % failing), target=make_target(pip))
    assert caught.value.context.endswith("RuntimeError: no compiler at https://****@index.example/x")
    assert "secret" not in caught.value.context
    assert len(caught.value.context.splitlines()) <= 15
    assert caught.value.hints == (
        f"pip {pip} has to build it in the image, too, and {then}: check that it can there.",
        "Constrain the package with `-c` to a release that has a wheel.",
        "To see all that it says: `python3.6 -m pip wheel --no-deps --no-binary demo demo==1.0`.",
    )


def test_a_build_that_never_ends_is_ended():
    with pytest.raises(BuildError, match="took more than 2 seconds"):
        build(sdist_of(BACKEND % "time.sleep(600)"), time_limit=2)


def test_a_backend_that_leaves_without_an_answer():
    with pytest.raises(BuildError, match="without an answer"):
        build(sdist_of(BACKEND % "os._exit(0)"))


def test_build_requirements_that_cannot_be_had():
    pyproject = PYPROJECT.replace("requires = []", 'requires = ["there-is-no-such-thing"]')
    with pytest.raises(BuildError) as caught:
        build(sdist_of(BACKEND % "pass", pyproject))
    assert "there-is-no-such-thing" in caught.value.context


def test_an_interpreter_that_is_not_there():
    with pytest.raises(BuildError, match="cannot be run"):
        build(sdist_of(BACKEND % "pass"), using=interpreter("/nowhere/python", "3.6.0"))


@pytest.mark.parametrize("version", ["2.7", "3.6"])
def test_setup_py_egg_info_with_the_setuptools_of_the_image(version):
    path = needs.interpreter(version)
    bundled = next(Path(path).resolve().parent.parent.glob("lib/python*/ensurepip/_bundled"), None)
    wheels = sorted(bundled.glob("setuptools-*.whl")) if bundled else []
    if not wheels:
        needs.missing(f"a CPython {version} with ensurepip's setuptools")
    setuptools = wheels[0].name.split("-")[1]
    script = (
        "import sys\nfrom setuptools import setup\nimport beside\nif sys.argv[1:2] != ['-q']:\n    sys.exit('argv')\n"
        "setup(name='demo', version='1.0', install_requires=['six', 'py%d' % sys.version_info[0]],\n"
        "      extras_require={'x': ['idna'], ':os_name == \"nt\"': ['win']}, python_requires='>=2.6')\n"
    )
    target = make_target(
        "19.1.1",
        python=f"{version}.8",
        base=(BaseDistribution("pip", "19.1.1"), BaseDistribution("setuptools", setuptools)),
    )
    found = build(
        make_tar({"setup.py": script, "beside.py": ""}),
        using=interpreter(str(path), f"{version}.8"),
        target=target,
        index_options=IndexOptions(no_index=True, find_links=(str(bundled),)),
    )
    assert [text.replace(" ", "") for text in found.requires_dist] == [
        *("six", f"py{version[0]}", 'win;os_name=="nt"', 'idna;extra=="x"')
    ]
    assert found.provides_extra == ("x",)


def test_the_driver_can_be_read_by_python_2():
    driver = Path(build_module.__file__).with_name("build_driver.py").read_bytes()
    assert driver.isascii()


def test_last_lines():
    output = "a\n\n[notice] A new release\nhttps://u:p@host/x and ssh://token@host\n  b  \n"
    assert last_lines(output) == "a\nhttps://****@host/x and ssh://****@host\n  b"


# --- what a build asks for --------------------------------------------------------------------------------------------

HOOKS = """\
import os
def get_requires_for_build_wheel(settings=None):
    return %r
def prepare_metadata_for_build_wheel(folder, settings=None):
    import %s as found
    os.mkdir(os.path.join(folder, "demo-1.0.dist-info"))
    with open(os.path.join(folder, "demo-1.0.dist-info", "METADATA"), "w") as stream:
        stream.write("Metadata-Version: 2.1\\nName: demo\\nVersion: 1.0\\n")
        stream.write("Requires-Dist: found==" + (getattr(found, "__version__", "") or found.version) + "\\n")
    return "demo-1.0.dist-info"
"""


@pytest.fixture
def shelf(tmp_path):
    """Give a folder with two releases of `helper`, something called wheel, and the setuptools that CPython 3.6 and 3.7 bring along."""
    for artifact in (wheel("helper", "1.0"), wheel("helper", "2.0"), wheel("wheel", "0.33")):
        (tmp_path / artifact.filename).write_bytes(artifact.content)
    for version in ("3.6", "3.7"):
        bundled = Path(needs.interpreter(version)).resolve().parent.parent.glob("lib/python*/ensurepip/_bundled")
        wheels = [path for folder in bundled for path in folder.glob("setuptools-*.whl")]
        if not wheels:
            needs.missing(f"a CPython {version} with ensurepip's setuptools")
        (tmp_path / wheels[0].name).write_bytes(wheels[0].read_bytes())
    return IndexOptions(no_index=True, find_links=(str(tmp_path),))


def image(pip="19.1.1", setuptools="40.6.2", python="3.6.8"):
    base = (BaseDistribution("pip", pip), BaseDistribution("setuptools", setuptools), BaseDistribution("wheel", "0.33"))
    return make_target(pip, python=python, base=base)


def old_python(version="3.6"):
    return interpreter(str(needs.interpreter(version)), f"{version}.8")


def own_backend(text, *requires):
    listed = ", ".join(f'"{one}"' for one in requires)
    return sdist_of(text, PYPROJECT.replace("requires = []", f"requires = [{listed}]").replace("own:backend", "own"))


def test_what_a_backend_asks_for_is_there(shelf):
    found = build(own_backend(HOOKS % (["helper<2"], "helper")), index_options=shelf)
    assert found.requires_dist == ("found==1.0",)


def test_what_a_backend_asks_for_bounds_what_is_declared(shelf):
    found = build(own_backend(HOOKS % (["helper<2"], "helper"), "helper"), index_options=shelf)
    assert found.requires_dist == ("found==1.0",)
    found = build(own_backend(HOOKS % (["helper"], "helper"), "helper<2"), index_options=shelf)
    assert found.requires_dist == ("found==1.0",)


def test_a_backend_that_asks_for_what_is_no_requirement(shelf):
    with pytest.raises(
        BuildError, match=r"the build of `demo-1\.0\.tar\.gz` asks for something that is no requirement"
    ):
        build(own_backend(HOOKS % (["what is this"], "helper")), index_options=shelf)


def test_an_isolated_build_has_a_newer_setuptools_than_the_image(shelf):
    content = own_backend(HOOKS % ([], "setuptools"), "setuptools>=41")
    found = build(content, using=old_python(), target=image(), index_options=shelf)
    assert found.requires_dist == ("found==47.1.0",)


@pytest.mark.parametrize("pip", ["9.0.3", "19.1.1", "25.2"])
def test_a_setup_script_has_the_setuptools_of_the_image(shelf, pip):
    script = (
        "import setuptools\nsetuptools.setup(name='demo', version='1.0',\n"
        "                 install_requires=['found==' + setuptools.__version__])\n"
    )
    found = build(make_tar({"setup.py": script}), using=old_python(), target=image(pip), index_options=shelf)
    assert found.requires_dist == ("found==40.6.2",)


def test_setup_requires_are_fetched_by_pip_and_not_by_easy_install(shelf):
    script = (
        "from setuptools import setup\n"
        "setup(name='demo', version='1.0', setup_requires=['helper<2'], install_requires=['six'])\n"
        "import helper\nassert helper.version == '1.0' and 'site-packages' in helper.__file__, helper.__file__\n"
    )
    found = build(make_tar({"setup.py": script}), using=old_python(), target=image(), index_options=shelf)
    assert found.requires_dist == ("six",)


def test_pip_10_runs_the_setup_script_of_what_has_a_backend(shelf):
    script = "from setuptools import setup\nimport helper\nsetup(name='demo', version=helper.version)\n"
    pyproject = '[build-system]\nrequires = ["helper<2"]\nbuild-backend = "not_asked"\n'
    content = make_tar({"setup.py": script, "pyproject.toml": pyproject})
    assert build(content, using=old_python(), target=image("18.1"), index_options=shelf).version == "1.0"


def requirements(content, *, by_script, using, target, index_options):
    builder = Builder(target=target, index_options=index_options, environment=dict(os.environ))
    system = read_build_system(open_sdist(content, "demo-1.0.tar.gz"))
    try:
        return builder.requirements(content, "demo-1.0.tar.gz", system, using, by_script=by_script)
    finally:
        builder.close()


@pytest.mark.parametrize(
    ("given", "heard"),
    [("['helper<2', 'cffi']", ["helper<2", "cffi"]), ("'helper\\n\\ncffi>1'", ["helper", "cffi>1"]), ("None", [])],
)
def test_a_setup_script_is_asked(shelf, given, heard):
    script = f"from setuptools import setup\nsetup(name='demo', version='1.0', setup_requires={given})\n"
    if heard:
        script += "import there_is_no_such_thing\n"
    content = make_tar({"setup.py": script})
    words = {"using": old_python(), "target": image(), "index_options": shelf}
    assert requirements(content, by_script=True, **words) == heard


def test_a_setup_script_that_fails_before_it_says_anything(shelf):
    content = make_tar({"setup.py": "import there_is_no_such_thing\n"})
    with pytest.raises(BuildError) as caught:
        requirements(content, by_script=True, using=old_python(), target=image(), index_options=shelf)
    assert caught.value.context.endswith("No module named 'there_is_no_such_thing'")


def test_a_backend_is_asked(shelf):
    content = own_backend(HOOKS % (["helper<2", "cffi"], "helper"))
    words = {"using": RUNNING, "target": make_target(), "index_options": shelf}
    assert requirements(content, by_script=False, **words) == ["helper<2", "cffi"]


def test_what_pip_says_below_a_failure_is_left_out():
    output = "error: no compiler\n\nnote: This error originates from a subprocess\nYou are using pip version 9.0.3\n"
    assert last_lines(output) == "error: no compiler"
