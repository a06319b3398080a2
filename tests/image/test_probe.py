"""The probe under real interpreters, in environments that real pips have filled, beside what reading the files finds."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support import needs
from support.packages import sdist, wheel
from support.real_environments import VERSIONS, clean, make_venv, make_virtualenv, tree_of

from pipfreeze_lock.errors import ImageError
from pipfreeze_lock.image.distributions import installed_set
from pipfreeze_lock.image.environments import choose_environment, find_environments
from pipfreeze_lock.image.interface import ImageConfig
from pipfreeze_lock.image.listings import read_listing
from pipfreeze_lock.image.probe import ask_interpreter, clean_environment, probe_script, read_probe

if TYPE_CHECKING:
    from pathlib import Path

    from pipfreeze_lock.model.installed import InstalledSet

PIPS = {
    "2.7": "20.3.4",
    "3.6": "9.0.3",
    "3.7": "19.1.1",
    "3.8": "21.0.1",
    "3.9": "22.3.1",
    "3.10": "23.0.1",
    "3.11": "24.0",
    "3.12": "25.0.1",
    "3.13": "26.1",
}


def environment_of(version: str, folder: Path) -> Path:
    """Make a virtual environment of any series."""
    interpreter = needs.interpreter(version)
    if version == "2.7":
        return make_virtualenv(interpreter, folder, "16.7.12")
    return make_venv(interpreter, folder)


def fill(python: Path, version: str, folder: Path) -> None:
    """Install a wheel from an index's folder, one by its URL, an sdist, a source tree: as that pip does each."""
    files = folder / "files"
    files.mkdir()
    for one in (wheel("from-index", "1.0"), wheel("by.url", "2.0"), sdist("from-sdist", "3.0")):
        (files / one.filename).write_bytes(one.content)
    source = folder / "source"
    source.mkdir()
    (source / "setup.py").write_text("from setuptools import setup\nsetup(name='in-tree', version='4.0.dev1')\n")
    site = next((python.parents[1] / "lib").glob("python*/site-packages"))
    for name, release in (("setuptools", "44.1.1" if version == "2.7" else "59.6.0"), ("wheel", "0.37.1")):
        if version not in ("3.12", "3.13"):
            shutil.unpack_archive(needs.wheel_file(name, release), site, "zip")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--no-index", "-f", files]
    by_url = next(files.glob("by*.whl"))
    is_old = version not in ("3.12", "3.13")  # newer ones bring no setuptools to build with
    steps = [
        ["from-index"],
        [by_url],
        *([["--no-binary", ":all:", "from-sdist"], ["--no-deps", "-e", source]] if is_old else []),
    ]
    environment = clean(folder, PYTHONPATH=str(needs.pip_folder(PIPS[version])))
    for step in steps:
        isolated = ["--no-build-isolation"] if version != "3.6" else []
        ran = subprocess.run(
            [*pip, *isolated, *step], capture_output=True, text=True, env=environment, check=False, cwd=folder
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


def read_files(python: Path, folder: Path) -> InstalledSet:
    """Find the same from files alone."""
    config = ImageConfig(environment={"HOME": str(folder)}, command=(str(python),))
    layers = tree_of(folder)
    choice = choose_environment(find_environments(layers, config), str(python), subject="here")
    return installed_set(layers, choice.environment, subject="same", libc="the same")


def alike(found: InstalledSet) -> InstalledSet:
    """Take out what is said of the way in which it was found."""
    return replace(found, subject="same", libc="the same", untold=())


@pytest.mark.parametrize("version", VERSIONS)
def test_same_by_files_by_asking_and_by_what_was_printed(version: str, tmp_path: Path):
    python = environment_of(version, tmp_path / "venv")
    fill(python, version, tmp_path)
    environment = clean(tmp_path)
    asked = ask_interpreter(str(python), environment=environment)
    printed = subprocess.run(
        [python, "-"], input=probe_script().encode(), capture_output=True, check=True, env=environment, cwd=tmp_path
    )
    assert printed.stderr == b""
    listed = read_listing(printed.stdout, place="installed.json")
    assert alike(asked) == alike(listed) == read_files(python, tmp_path)
    by_name = {one.name: one for one in asked.distributions}
    assert by_name["from-index"].installer == "pip"
    assert by_name["from-index"].version == "1.0"
    assert not any(one.problem or one.is_shadowed for one in asked.distributions)
    if "in-tree" in by_name:
        assert by_name["in-tree"].is_editable
        assert by_name["from-sdist"].version == "3.0"
    if version not in ("3.6", "3.7"):  # pips before 20.1 write no direct_url.json
        assert by_name["by-url"].direct_url.startswith("file:///")
    assert asked.libc.startswith(("glibc-2.", "musl-1."))


@pytest.mark.parametrize("version", VERSIONS)
def test_folder_it_is_run_in_is_not_imported_from(version: str, tmp_path: Path):
    for name in ("json", "os", "platform", "re", "ctypes", "zipfile"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported from the current folder')\n")
    (tmp_path / "stray-1.0.dist-info").mkdir()
    script = tmp_path / "probe.py"
    script.write_text(probe_script())
    python = needs.interpreter(version)
    piped = subprocess.run(
        [python, "-"], input=script.read_bytes(), capture_output=True, cwd=tmp_path, env=clean(tmp_path), check=True
    )
    run = subprocess.run([python, script], capture_output=True, cwd=tmp_path, env=clean(tmp_path), check=True)
    told = subprocess.run(
        [python, "-c", script.read_text()], capture_output=True, cwd=tmp_path, env=clean(tmp_path), check=True
    )
    found = [read_probe(one.stdout, subject="it") for one in (piped, run, told)]
    assert found[0] == found[1] == found[2]
    assert "stray" not in {one.name for one in found[0].distributions}


@pytest.mark.parametrize("version", ["2.7", "3.13"])
def test_credentials_are_not_printed(version: str, tmp_path: Path):
    folder = tmp_path / "path"
    tables = [
        {"url": "https://user:hunter2@host/a.git", "vcs_info": {"vcs": "git", "commit_id": "f00", "token": "hunter2"}},
        {"url": "https://hunter2@host/a.whl", "archive_info": {"hash": "sha256=00"}, "more": "hunter2"},
        {"url": "https://user:hun@ter2:hunter2@host:8080/a.whl?x=1", "archive_info": {}},
        {"url": ["hunter2"]},
        ["hunter2"],
        "hunter2",
    ]
    for index, table in enumerate(tables):
        metadata = folder / f"a{index}-1.dist-info"
        metadata.mkdir(parents=True)
        (metadata / "METADATA").write_text(f"Name: a{index}\nVersion: 1\n")
        (metadata / "direct_url.json").write_text(json.dumps(table))
    environment = clean(tmp_path, PYTHONPATH=str(folder))
    ran = subprocess.run(
        [needs.interpreter(version), "-"],
        input=probe_script().encode(),
        capture_output=True,
        env=environment,
        check=True,
    )
    assert b"hunter2" not in ran.stdout
    assert b"ter2" not in ran.stdout
    found = {one.name: one for one in read_probe(ran.stdout, subject="it").distributions}
    assert found["a0"].direct_url == "git+https://host/a.git@f00"
    assert found["a1"].direct_url == "https://host/a.whl#sha256=00"
    assert found["a2"].direct_url == "https://host:8080/a.whl?x=1"
    assert {found[f"a{index}"].problem for index in (3, 4, 5)} == {"its direct_url.json cannot be read"}


def test_script_imports_the_standard_library_alone():
    imported = {
        name.name for node in ast.walk(ast.parse(probe_script())) if isinstance(node, ast.Import) for name in node.names
    }
    assert imported == {"sys", "json", "os", "platform", "re", "zipfile", "ctypes", "subprocess"}


@pytest.mark.parametrize("minor", range(4, 15))
def test_script_is_written_for_all_of_python_3(minor: int):
    ast.parse(probe_script(), feature_version=(3, minor))


def test_musl_is_asked_by_its_loader(tmp_path: Path):
    """No machine of ours has both; what its loader says when it is run alone is written down here."""
    namespace: dict = {"__name__": "probe"}
    exec(compile(probe_script(), "probe", "exec"), namespace)
    loader = tmp_path / "ld-musl-x86_64.so.1"
    loader.write_text(
        "#!/bin/sh\nprintf 'musl libc (x86_64)\\nVersion 1.2.4\\nDynamic Program Loader\\n' >&2\nexit 1\n"
    )
    loader.chmod(0o755)
    assert namespace["musl_version"](str(loader)) == "1.2"
    assert namespace["musl_version"](str(tmp_path / "gone")) is None


class TestAsking:
    def test_folder_of_an_environment(self, tmp_path: Path):
        python = make_venv(needs.interpreter("3.11"), tmp_path / "venv")
        environment = clean(tmp_path)
        by_folder = ask_interpreter(str(tmp_path / "venv"), environment=environment, subject="it")
        assert by_folder == ask_interpreter(str(python), environment=environment, subject="it")

    @pytest.mark.parametrize(
        ("script", "message"),
        [
            ("#!/bin/sh\nexit 3\n", "failed with exit code 3"),
            ("#!/bin/sh\necho hello\n", "not what the probe prints"),
            ("#!/gone/interpreter\n", "does not run"),
        ],
    )
    def test_what_is_no_interpreter(self, script: str, message: str, tmp_path: Path):
        program = tmp_path / "python"
        program.write_text(script)
        program.chmod(0o755)
        with pytest.raises(ImageError, match=message):
            ask_interpreter(str(program), environment=clean(tmp_path))

    def test_nothing_there(self, tmp_path: Path):
        with pytest.raises(ImageError, match="does not run"):
            ask_interpreter(str(tmp_path / "python"), environment=clean(tmp_path))

    def test_clean_environment(self):
        given = {"PYTHONPATH": "/x", "PYTHONHOME": "/y", "VIRTUAL_ENV": "/z", "HOME": "/h", "PATH": "/p", "LANG": "C"}
        assert clean_environment(given) == {"HOME": "/h", "PATH": "/p", "LANG": "C"}


class TestReading:
    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"{}",
            b"[]",
            b"{",
            b'{"pipfreeze-lock-probe": 1}',
            b'{"pipfreeze-lock-probe": 1, "distributions": [1]}',
            b"\xff",
        ],
    )
    def test_something_else(self, data: bytes):
        with pytest.raises(ImageError, match="not what the probe prints"):
            read_probe(data, subject="it")

    def test_newer_probe(self):
        with pytest.raises(ImageError, match="of version 2 of the probe"):
            read_probe(b'{"pipfreeze-lock-probe": 2}', subject="it")
