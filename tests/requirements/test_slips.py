"""Lines that people write, and what they meant."""

from __future__ import annotations

import pytest

from pipfreeze_lock.requirements.parser import parse_requirements_text
from pipfreeze_lock.requirements.slips import hints_for


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("numpy=1.0", "numpy==1.0"),
        ("numpy = 1.0", "numpy==1.0"),
        ("numpy =1.0 ; python_version < '3'", "numpy==1.0; python_version < '3'"),
        ("numpy 1.0", "numpy==1.0"),
        ("numpy v1.0", "numpy==1.0"),
        ("numpy: 1.0", "numpy==1.0"),
        ("numpy@1.0", "numpy==1.0"),
        ("numpy=>1.0", "numpy>=1.0"),
        ("numpy=<1.0", "numpy<=1.0"),
        ("numpy > = 1.0", "numpy >= 1.0"),
        ("numpy>=1.0 <2", "numpy>=1.0,<2"),
        ("numpy>=1.0 <2 !=1.5", "numpy>=1.0,<2,!=1.5"),
        ("numpy>=2.0.*", "numpy>=2.0"),
        ("numpy==1.0.", None),
        ("numpy^1.2.3", "numpy>=1.2.3,<2"),
        ("numpy^0.2.3", "numpy>=0.2.3,<0.3"),
        ('numpy = "^1.0"', "numpy >=1.0,<2"),
        ('numpy = "1.0"', "numpy==1.0"),
        ('numpy=="1.0"', "numpy==1.0"),
        ("numpy~1.0", "numpy~=1.0"),
        ("numpy==latest", "numpy"),
        ("numpy==*", "numpy"),
        ("'numpy==1.0'", "numpy==1.0"),
        ('"numpy==1.0",', "numpy==1.0"),
        ("numpy==1.0'", "numpy==1.0"),
        ("pip install numpy==1.0", "numpy==1.0"),
        ("$ python3 -m pip install numpy", "numpy"),
        ("RUN pip install --no-cache-dir -U numpy==1.0", "numpy==1.0"),
        ("pip3 install -r more.txt", "-r more.txt"),
        ("* numpy", "numpy"),
        ("numpy[foo", "numpy[foo]"),
        ("numpy[foo==1.0", "numpy[foo]==1.0"),
        ("numpy (>1", "numpy (>1)"),
        ("numpy==1.0#because", "numpy==1.0"),
        ("numpy==1.0 \\ ", "numpy==1.0"),
        ("numpy=1.16.4=py36_0", "numpy==1.16.4"),
        ('numpy==1.0 python_version<"3"', 'numpy==1.0; python_version<"3"'),
        ('numpy==1.0, python_version<"3"', 'numpy==1.0; python_version<"3"'),
        ('numpy if python_version<"3"', 'numpy; python_version<"3"'),
        ("numpy; python_version<3", 'numpy; python_version<"3"'),
        (
            "numpy; python_version<=3.6 and sys_platform = linux",
            'numpy; python_version<="3.6" and sys_platform == "linux"',
        ),
        ("numpy; python_version='3'", "numpy; python_version=='3'"),
        ("numpy; python_version=>'3'", "numpy; python_version>='3'"),
        ("numpy; python_versoin<'3'", "numpy; python_version<'3'"),
        ("numpy; python_version<\u201c3\u201d", 'numpy; python_version<"3"'),
        ("numpy; os_name=='x' && extra=='y'", "numpy; os_name=='x' and extra=='y'"),
        ("numpy; os_name=='x' || extra=='y'", "numpy; os_name=='x' or extra=='y'"),
        ("numpy; os_name=='x' AND extra=='y'", "numpy; os_name=='x' and extra=='y'"),
        ("numpy; os_name=='x' or", "numpy; os_name=='x'"),
        ("completely unlike a requirement", None),
    ],
)
def test_what_was_meant(line: str, meant: str | None) -> None:
    (error,) = parse_requirements_text(line, file="r.txt", environment={}).errors
    proposed = [hint.removeprefix("Did you mean `").removesuffix("`?") for hint in error.hints if "Did you" in hint]
    assert proposed == ([meant] if meant else [])


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("numpy==", "Give a version after the operator"),
        ("numpy>=,<2", "Give a version after the operator"),
        ("<<<<<<< HEAD", "merge conflict"),
        ("=======", "merge conflict"),
        (">>>>>>> branch", "merge conflict"),
        ("// numpy", "A comment begins with `#`"),
        ("numpy==1.0 \\ ", "very last character"),
        ("numpy==1.0\t--pre", "pip does not split at tabs"),
        ("numpy=1.16.4=py36_0", "conda's spelling"),
        ("Package    Version", "`pip list`'s table"),
        ("_numpy", "begins with an ASCII letter"),
        ("$NUMPY", "Variables are written `${NAME}`"),
        ("${NUMPY}==1.0", "must be set"),
        ("numpy @ ", "Give a URL"),
    ],
)
def test_what_to_do(line: str, hint: str) -> None:
    (error,) = parse_requirements_text(line, file="r.txt", environment={}).errors
    assert hint in " ".join(error.hints)


def test_endless_lines_are_not_mended() -> None:
    assert hints_for("a = " * 1000) == []


@pytest.mark.parametrize(
    ("file", "text", "kind", "hint"),
    [
        ("Pipfile", '[[source]]\nurl = "x"\n[packages]\na = "*"\n', "TOML", "pipenv requirements"),
        ("sub/pyproject.toml", '# c\n[project]\nname = "x"\ndependencies = ["a"]\n', "TOML", "an input of its own"),
        ("poetry.lock", '[[package]]\nname = "x"\n', "TOML", "poetry export"),
        ("pylock.toml", 'lock-version = "1.0"\n', "`pylock.toml`", "a lock already"),
        ("Pipfile.lock", '{\n    "_meta": {}\n}\n', "JSON", "pipenv requirements"),
        ("environment.yml", "name: x\ndependencies:\n  - a\n", "YAML", "under its `pip:`"),
        ("https://h.example/r.txt", "<!DOCTYPE html>\n<html>\n</html>\n", "HTML", "pip's format"),
        ("setup.py", "from setuptools import setup\nsetup()\n", "Python", "pyproject.toml"),
    ],
)
def test_files_that_are_something_else_make_one_error(file: str, text: str, kind: str, hint: str) -> None:
    (error,) = parse_requirements_text(text, file=file, environment={}).errors
    assert f"this is {kind}" in error.message
    assert hint in error.hints[0]
    assert error.context == f"{file}:1"
