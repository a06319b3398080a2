from __future__ import annotations

import pytest
from support.metadata_parts import make_tree

from pipfreeze_lock.metadata.pyproject import NotStaticError, obstacle, read_build_system, read_project

HATCH = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
FLIT = '[build-system]\nrequires = ["flit_core>=3.2,<4"]\nbuild-backend = "flit_core.buildapi"\n'
POETRY = '[build-system]\nrequires = ["poetry-core>=1.0.0"]\nbuild-backend = "poetry.core.masonry.api"\n'
SETUPTOOLS = '[build-system]\nrequires = ["setuptools>=61"]\nbuild-backend = "setuptools.build_meta"\n'
PROJECT = """
[project]
name = "demo"
version = "1.0"
requires-python = ">=3.6"
dependencies = ["six", "idna; python_version < '3'"]
optional-dependencies.socks = ["PySocks; os_name == 'nt'"]
"""


def project(text, python=(3, 9)):
    return read_project(read_build_system(make_tree({"pyproject.toml": text})), python)


@pytest.mark.parametrize("backend", [HATCH, FLIT, SETUPTOOLS, '[build-system]\nrequires = []\nbuild-backend = "new"\n'])
def test_a_project_table(backend):
    found = project(backend + PROJECT)
    assert (found.name, found.version, found.requires_python) == ("demo", "1.0", ">=3.6")
    assert found.requires_dist == (
        "six",
        "idna; python_version < '3'",
        "PySocks; (os_name == 'nt') and extra == \"socks\"",
    )
    assert found.provides_extra == ("socks",)


@pytest.mark.parametrize("key", ["dependencies", "optional-dependencies", "requires-python"])
def test_a_dynamic_field_is_not_static(key):
    with pytest.raises(NotStaticError, match=f"`{key}` is dynamic"):
        project(f'{HATCH}[project]\nname = "demo"\ndynamic = ["{key}"]\n')


@pytest.mark.parametrize(
    ("build_system", "python"),
    [
        ('[build-system]\nrequires = ["setuptools"]\n', (3, 6)),
        ('[build-system]\nrequires = ["setuptools<60"]\n', (3, 9)),
        ('[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n', (3, 8)),
        ('[build-system]\nrequires = ["flit_core<3"]\nbuild-backend = "flit_core.buildapi"\n', (3, 9)),
        ('[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n', (3, 9)),
    ],
)
def test_a_backend_that_may_not_read_the_table(build_system, python):
    with pytest.raises(NotStaticError):
        project(build_system + PROJECT, python)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("not toml", "not TOML"),
        ("[build-system]\nrequires = 'setuptools'\n", "wrong shape"),
        (f"{HATCH}[project]\ndependencies = 'six'\n", "wrong shape"),
        (f"{HATCH}[project]\ndependencies = ['six=1']\n", "not a requirement"),
        (HATCH, "no .project. table"),
    ],
)
def test_a_pyproject_that_says_nothing(text, problem):
    with pytest.raises(NotStaticError, match=problem):
        project(text)


@pytest.mark.parametrize(
    ("requires", "python", "hindered"),
    [
        ("setuptools>=77", (3, 6), True),
        ("setuptools>=77", (3, 9), False),
        ("setuptools", (3, 6), False),
        ("setuptools>=40.8.0", (3, 6), False),
        ("hatchling", (3, 6), True),
        ("hatchling", (3, 7), False),
        ("poetry-core>=1.0", (3, 6), False),
        ("poetry_core==2.1.*", (3, 8), True),
        ("six=1", (3, 9), True),
    ],
)
def test_what_this_python_cannot_build(requires, python, hindered):
    system = read_build_system(make_tree({"pyproject.toml": f"[build-system]\nrequires = ['{requires}']\n"}))
    assert (obstacle(system, python) is not None) is hindered


def test_the_defaults_of_pep_517():
    system = read_build_system(make_tree({"setup.py": ""}))
    assert (system.requires, system.is_setuptools, system.imports_local_modules) == (
        ("setuptools", "wheel"),
        True,
        True,
    )
    assert not read_build_system(make_tree({"pyproject.toml": SETUPTOOLS})).imports_local_modules


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("^1.2.3", "demo<2,>=1.2.3"),
        ("^0.2.3", "demo<0.3,>=0.2.3"),
        ("^0.0.3", "demo<0.0.4,>=0.0.3"),
        ("^0", "demo<1,>=0"),
        ("~1.2.3", "demo<1.3,>=1.2.3"),
        ("~1", "demo<2,>=1"),
        ("1.2", "demo==1.2"),
        ("*", "demo"),
        (">=1,<3,!=2.5", "demo!=2.5,<3,>=1"),
    ],
)
def test_poetry_constraints(constraint, expected):
    from packaging.requirements import Requirement  # noqa: PLC0415  to write them all one way

    found = project(
        f'{POETRY}[tool.poetry]\nname = "x"\nversion = "1"\n[tool.poetry.dependencies]\ndemo = "{constraint}"\n'
    )
    assert [str(Requirement(text)) for text in found.requires_dist] == [expected]


def test_poetry_extras_and_python():
    found = project(
        POETRY
        + """
[tool.poetry]
name = "x"
version = "1"
[tool.poetry.dependencies]
python = "^3.6"
plain = {version = ">=1", extras = ["y"], markers = "os_name == 'nt'"}
maybe = {version = "^2", optional = true}
[tool.poetry.extras]
more = ["maybe"]
"""
    )
    assert found.requires_python == ">=3.6,<4"
    assert found.requires_dist == ("plain[y]>=1; os_name == 'nt'", 'maybe>=2,<3; extra == "more"')
    assert found.provides_extra == ("more",)


@pytest.mark.parametrize(
    "dependency",
    ['{git = "https://example.org/x.git"}', '{path = "../x"}', '[{version = "1"}]', '"1 || 2"', '"^1.2b1"', '"1.*"'],
)
def test_what_only_poetry_reads_is_left_to_it(dependency):
    with pytest.raises(NotStaticError, match="only poetry reads"):
        project(f'{POETRY}[tool.poetry]\nname = "x"\nversion = "1"\n[tool.poetry.dependencies]\ndemo = {dependency}\n')
