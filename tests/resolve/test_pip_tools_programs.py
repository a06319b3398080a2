"""What programs of pip-tools are given, and what is made of what they give."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from support.index_files import make_target

from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.metadata.child_programs import index_variables
from pipfreeze_lock.model.requirement import FormatControl, IndexOptions, ReleaseControl, Requirement, SourceLine
from pipfreeze_lock.model.target import Libc
from pipfreeze_lock.model.url import Url
from pipfreeze_lock.resolve.pip_tools.compile import Question, pip_compile
from pipfreeze_lock.resolve.pip_tools.environment import PipToolsEnvironment
from pipfreeze_lock.resolve.pip_tools.machine import on_this_machine
from pipfreeze_lock.resolve.pip_tools.programs import child_environment, run_program
from pipfreeze_lock.target.interpreters import Interpreter

SECRET = "https://user:secret@index.example/simple/"
# Stands in for a pip-compile: keeps what it was asked, and writes what the test wants it to.
PIP_COMPILE = """
import json, os, sys
files = {name: open(name).read() for name in os.listdir(".") if os.path.isfile(name)}
with open(os.environ["KEPT"], "w") as kept:
    json.dump({"arguments": sys.argv[1:], "variables": dict(os.environ), "files": files}, kept)
with open("requirements.txt", "w") as output:
    output.write(os.environ["ANSWER"])
def cli(prog_name): pass
"""


def requirement(text: str, **fields: Any) -> Requirement:
    name, _, specifier = text.partition(" ")
    source = SourceLine(file="requirements.txt", line=1)
    return Requirement(
        name=canonicalize_name(name), specifier=SpecifierSet(specifier), source=source, text=text, **fields
    )


@pytest.fixture
def environment(tmp_path: Path) -> PipToolsEnvironment:
    """Give one whose Python 2 is this Python, so that a folder is all there is to it."""
    scripts = tmp_path / "site" / "piptools" / "scripts"
    scripts.mkdir(parents=True)
    (scripts / "compile.py").write_text(PIP_COMPILE)
    return PipToolsEnvironment(
        folder=tmp_path,
        interpreter=Interpreter(path=sys.executable, version="2.7.18", implementation="cpython"),
        pip="20.3.4",
        pip_tools="5.5.0",
        compile_options=frozenset({"--no-emit-index-url"}),
        pip_options=frozenset({"--prefer-binary"}),
    )


def asked(environment: PipToolsEnvironment, answer: str = "", **fields: Any) -> tuple[dict[str, Any], Any]:
    """Give what pip-compile was asked, and what was read of its answer."""
    words: dict[str, Any] = {
        "roots": (),
        "constraints": (),
        "options": IndexOptions(),
        "exclude_newer": None,
        "preferred": {},
    }
    kept = environment.folder / "kept.json"
    variables = {**child_environment({"PATH": os.defpath}), "KEPT": str(kept), "ANSWER": answer}
    pins = pip_compile(Question(**(words | fields)), environment, variables=variables, cache=fields.pop("cache", None))
    return json.loads(kept.read_text()), pins


def test_requirements_constraints_and_preferences_are_written_to_files(environment: PipToolsEnvironment) -> None:
    found, _ = asked(
        environment,
        roots=(
            requirement("a >=1", extras=frozenset({"y", "x"}), hashes=(("sha256", "0"),)),
            requirement("b", url=Url("https://user:secret@files.example/b-1-py3-none-any.whl")),
        ),
        constraints=(requirement("c <2", extras=frozenset({"x"})),),
        preferred={"d": "1.0"},
    )
    assert found["files"] == {
        "requirements.in": "a[x,y]>=1\nb @ https://user:secret@files.example/b-1-py3-none-any.whl\n-c constraints.txt\n",
        "constraints.txt": "c<2\n",
        "requirements.txt": "d==1.0\n",
    }
    assert "secret" not in " ".join(found["arguments"])


def test_options_are_given_in_variables_which_nobody_else_sees(environment: PipToolsEnvironment) -> None:
    options = IndexOptions(
        index_url=Url(SECRET),
        extra_index_urls=(Url("https://other.example/"), Url("https://third.example/")),
        find_links=("wheel house", "https://links.example/"),
        no_index=True,
        trusted_hosts=("one", "two"),
        pre=True,
        prefer_binary=True,
        format_control=FormatControl(no_binary=frozenset({"b", "a"}), only_binary=frozenset({":all:"})),
    )
    found, _ = asked(environment, options=options)
    given = {name: value for name, value in found["variables"].items() if name.startswith("PIP_")}
    assert given == {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_EXTRA_INDEX_URL": "https://other.example/ https://third.example/",
        "PIP_FIND_LINKS": f"{(Path.cwd() / 'wheel house').as_uri()} https://links.example/",
        "PIP_INDEX_URL": SECRET,
        "PIP_NO_BINARY": "a,b",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_NO_INDEX": "1",
        "PIP_NO_INPUT": "1",
        "PIP_NO_PYTHON_VERSION_WARNING": "1",
        "PIP_ONLY_BINARY": ":all:",
        "PIP_PRE": "1",
        "PIP_PREFER_BINARY": "1",
        "PIP_TRUSTED_HOST": "one two",
    }
    assert "--pre" in found["arguments"]
    assert "--no-emit-index-url" in found["arguments"]
    assert "--no-config" not in found["arguments"]  # which this pip-compile does not know
    assert "secret" not in " ".join(found["arguments"])


def test_pins_are_read_between_comments_and_options(environment: PipToolsEnvironment) -> None:
    answer = "--index-url https://x/\n# a comment\na[x]==1.0+local  # via b\nB_c===2\nd @ https://x/d-1.zip\n\n"
    assert asked(environment, answer)[1] == {"a": "1.0+local", "b-c": "2", "d": None}


@pytest.mark.parametrize(
    ("fields", "option"),
    [
        ({"exclude_newer": datetime(2021, 1, 1, tzinfo=UTC)}, "--uploaded-prior-to"),
        ({"options": IndexOptions(release_control=ReleaseControl(only_final=frozenset({"a"})))}, "--only-final"),
        ({"options": IndexOptions(release_control=ReleaseControl(all_releases=frozenset({"a"})))}, "--all-releases"),
    ],
)
def test_what_this_pip_would_pass_over_is_refused(
    environment: PipToolsEnvironment, fields: dict[str, Any], option: str
) -> None:
    with pytest.raises(ResolutionError, match=f"pip 20.3.4, which pip-compile runs with, has no `{option}`"):
        asked(environment, **fields)


def test_a_date_is_given_as_an_instant(environment: PipToolsEnvironment) -> None:
    from dataclasses import replace  # noqa: PLC0415

    newer = replace(environment, pip_options=frozenset({"--uploaded-prior-to"}))
    found, _ = asked(newer, exclude_newer=datetime(2021, 1, 1, tzinfo=UTC))
    assert found["variables"]["PIP_UPLOADED_PRIOR_TO"] == "2021-01-01T00:00:00Z"


def test_of_our_environment_what_would_change_the_answer_is_left_out() -> None:
    kept = child_environment(
        {
            "PATH": "/bin",
            "HOME": "/home/x",
            "https_proxy": "http://proxy",
            "PIP_CERT": "/ca.pem",
            "PIP_INDEX_URL": SECRET,
            "PIP_FIND_LINKS": "/wheels",
            "PYTHONPATH": "/mine",
            "VIRTUAL_ENV": "/venv",
            "LC_ALL": "C",
        }
    )
    assert {"PATH", "HOME", "https_proxy", "PIP_CERT"} <= kept.keys()
    assert not {"PIP_INDEX_URL", "PIP_FIND_LINKS", "PYTHONPATH", "VIRTUAL_ENV"} & kept.keys()
    assert kept["LC_ALL"].endswith("UTF-8")
    assert index_variables(IndexOptions()) == {}


def test_a_program_that_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    script = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"
    with pytest.raises(ResolutionError, match=r"run for a test, took more than 0\.5 seconds"):
        run_program(
            [sys.executable, "-c", script], variables=os.environ, folder=tmp_path, time_limit=0.5, purpose="for a test"
        )  # it waits for the pipe, which the program's child holds, too


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResolutionError, match="`/nowhere/python` cannot be run for a test"):
        run_program(["/nowhere/python"], variables={}, folder=tmp_path, time_limit=5, purpose="for a test")


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux: the answer is that of Linux")
def test_this_machine_is_asked_through_the_interpreter(environment: PipToolsEnvironment) -> None:
    target = make_target(libc=Libc("glibc", 2, 5), machine="aarch64", abi="cp27m")
    found = on_this_machine(target, environment, variables=child_environment(os.environ))
    assert found.machine == os.uname().machine
    assert dict(found.markers)["platform_release"] == os.uname().release
    assert found.libc is not None
    assert found.libc.family == ("glibc" if "glibc" in (os.confstr("CS_GNU_LIBC_VERSION") or "") else "musl")
    assert found.abi.startswith(f"cp{sys.version_info[0]}{sys.version_info[1]}")
    assert (found.python, found.pip) == (target.python, target.pip)
