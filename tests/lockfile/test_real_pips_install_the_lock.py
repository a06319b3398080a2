"""The promise of the format: every pip from 8.0 on takes it with ``--require-hashes``."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.packages import sdist, wheel

from pipfreeze_lock.lockfile import constraints, requirements_txt
from pipfreeze_lock.model.lock import LockedSet, Pin, Via
from pipfreeze_lock.model.requirement import FormatControl, IndexOptions

PIPS = [
    ("3.6", "8.0.0"),
    ("2.7", "8.1.2"),
    ("3.6", "9.0.3"),
    ("3.6", "10.0.1"),
    ("3.6", "18.1"),
    ("3.6", "19.1.1"),
    ("3.6", "19.2.3"),
    ("3.6", "19.3"),
    ("3.7", "20.2.4"),
    ("3.6", "21.3.1"),
    ("3.9", "22.2.2"),
    ("3.12", "24.0"),
    ("3.13", "26.3"),
]
EVIL = "x\n--index-url https://evil.example/\x0c--no-such-option\u2028flask==0\\"


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory):
    """A folder of files with what a shell and pip's parser could trip over in its name."""
    folder = tmp_path_factory.mktemp("with spaces #1 and 'quote'")
    made = [
        wheel("grpcio", "1.34.1"),
        wheel("grpcio", "1.37.0"),
        wheel("requests", "2.22.0", extras={"socks": ["PySocks"]}),
        sdist("oss2", "2.9.0"),
        sdist("oss2", "2.9.1", style="backend"),  # needs no setuptools from an index, and pip 20.0
        wheel("service-client", "0.3"),
    ]
    for artifact in made:
        folder.joinpath(artifact.filename).write_bytes(artifact.content)
    return folder, {artifact.filename: f"sha256:{artifact.sha256}" for artifact in made}


def oss2_for(pip: str) -> str:
    return "2.9.0" if int(pip.partition(".")[0]) < 20 else "2.9.1"


def lock_for(pip: str, folder, hashes) -> LockedSet:
    oss2 = oss2_for(pip)
    direct = "service_client-0.3-py2.py3-none-any.whl"
    return LockedSet(
        command="pipfreeze-lock lock --base-image encoding:3.6 exigé.txt",
        target=f"cpython 3.6.8 cp36m linux/amd64 glibc-2.24 pip-{pip}",
        remarks=(("warning", EVIL),),
        options=IndexOptions(
            find_links=(str(folder),),
            no_index=True,
            trusted_hosts=("index.example",),
            format_control=FormatControl(no_binary=frozenset({"oss2"}), only_binary=frozenset({":all:"})),
        ),
        pins=(
            Pin(
                name="grpcio",
                version="1.34.1",
                hashes=(hashes["grpcio-1.34.1-py2.py3-none-any.whl"],),
                via=(
                    Via("-r", EVIL, constraint="<2"),
                    Via("distribution", "tensorflow", extra="gpu", constraint=">=1", marker='python_version < "3.7"'),
                ),
                notes=(EVIL, "compiled in the image: no wheel of it that pip 19.1.1 reads"),
            ),
            Pin(
                name="requests",
                version="2.22.0",
                extras=("socks",),
                hashes=(hashes["requests-2.22.0-py2.py3-none-any.whl"], "sha256:" + "0" * 64),
                via=(),
            ),
            Pin(name="oss2", version=oss2, hashes=(hashes[f"oss2-{oss2}.tar.gz"],), via=()),
            Pin(
                name="service-client",
                version="0.3",
                url=(folder / direct).as_uri(),
                hashes=(hashes[direct],),
                via=(Via("-r", "exigé.txt"),),
            ),
        ),
    )


@pytest.mark.parametrize(("python", "pip"), PIPS)
def test_pip_takes_exactly_the_locked_files(real_pips, artifacts, tmp_path, python, pip):
    folder, hashes = artifacts
    path = tmp_path / "requirements.lock"
    path.write_bytes(requirements_txt.render(lock_for(pip, folder, hashes)))
    arguments = ["--require-hashes", "--no-deps", "-r", path]
    ran, files = real_pips(python, pip).download(*arguments, folder=tmp_path / "files")
    assert ran.returncode == 0, ran.output
    assert files == [
        "grpcio-1.34.1-py2.py3-none-any.whl",
        f"oss2-{oss2_for(pip)}.tar.gz",
        "requests-2.22.0-py2.py3-none-any.whl",
        "service_client-0.3-py2.py3-none-any.whl",
    ]


@pytest.mark.parametrize(("python", "pip"), PIPS)
def test_pip_refuses_another_file(real_pips, artifacts, tmp_path, python, pip):
    folder, hashes = artifacts
    path = tmp_path / "requirements.lock"
    path.write_bytes(requirements_txt.render(lock_for(pip, folder, dict.fromkeys(hashes, "sha256:" + "0" * 64))))
    ran, files = real_pips(python, pip).download("--require-hashes", "--no-deps", "-r", path, folder=tmp_path / "files")
    assert ran.returncode != 0
    assert files == []


@pytest.mark.parametrize(("python", "pip"), [("3.6", "9.0.3"), ("3.6", "21.3.1"), ("3.13", "26.3")])
def test_pip_is_held_by_the_constraints(real_pips, artifacts, tmp_path, python, pip):
    folder, hashes = artifacts
    lock = lock_for(pip, folder, hashes)
    path = tmp_path / "constraints.txt"
    pins = [pin for pin in lock.pins if not pin.url]  # pips before 21.1 know no URL in a constraint
    path.write_bytes(constraints.render(replace(lock, pins=tuple(pins))))
    arguments = ["--no-index", "--no-deps", "-f", folder, "-c", path, "grpcio"]
    ran, files = real_pips(python, pip).download(*arguments, folder=tmp_path / "files")
    assert ran.returncode == 0, ran.output
    assert files == ["grpcio-1.34.1-py2.py3-none-any.whl"]
