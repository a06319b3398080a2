"""The lock as pylock.toml (PEP 751)."""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.pylock import Pylock
from support.packages import sdist, wheel

from pipfreeze_lock.errors import LockFileError
from pipfreeze_lock.lockfile import pylock
from pipfreeze_lock.model.lock import LockedFile, LockedSet, Pin, Via
from pipfreeze_lock.model.requirement import IndexOptions

A, B, C = ("sha256:" + letter * 64 for letter in "abc")
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def file(filename: str, digest: str = A, **words) -> LockedFile:
    return LockedFile(filename=filename, url=f"https://files.example/{filename}", hashes=(digest,), **words)


def pin(name: str, version: str, *files: LockedFile, **words) -> Pin:
    hashes = tuple(sorted(value for one in files for value in one.hashes))
    return Pin(**({"name": name, "version": version, "hashes": hashes, "via": (), "files": files} | words))


def lock(*pins: Pin, **words) -> LockedSet:
    target = "cpython 3.6.8 cp36m linux/amd64 glibc-2.24 pip-19.1.1"
    return LockedSet(**({"command": "c", "target": target, "options": IndexOptions(), "pins": pins} | words))


def package(data: bytes) -> dict:
    (found,) = tomllib.loads(data.decode())["packages"]
    return found


class TestRender:
    def test_valid_by_the_standard_and_complete(self, full_lock):
        data = pylock.render(full_lock)
        document = Pylock.from_dict(tomllib.loads(data.decode()))
        assert str(document.requires_python) == "==3.6.*"
        assert document.created_by == "pipfreeze-lock"
        grpcio, requests, client = document.packages
        assert grpcio.sdist is not None
        assert (grpcio.sdist.size, grpcio.sdist.url) == (21042525, "https://files.example/grpcio-1.34.1.tar.gz")
        assert str(grpcio.sdist.upload_time) == "2021-01-12 22:07:01.234567+00:00"
        assert requests.wheels is not None
        assert [one.name for one in requests.wheels] == ["requests-2.22.0-py2.py3-none-any.whl"]
        assert requests.sdist is not None
        assert client.archive is not None

    def test_round_trip(self, full_lock):
        read = pylock.read(pylock.render(full_lock), path="pylock.toml")
        assert read.lock == full_lock
        assert read.digest_ok
        assert read.problems == ()

    def test_order_of_the_values_does_not_matter(self, full_lock):
        pins = [replace(one, via=one.via[::-1], files=one.files[::-1]) for one in reversed(full_lock.pins)]
        shuffled = replace(full_lock, pins=tuple(pins), base=full_lock.base[::-1])
        assert pylock.render(shuffled) == pylock.render(full_lock)

    @pytest.mark.parametrize(
        ("target", "environment", "requires_python"),
        [
            (
                "cpython 3.6.8 cp36m linux/amd64 glibc-2.24 pip-19.1.1",
                (
                    'implementation_name == "cpython" and python_version == "3.6"'
                    ' and sys_platform == "linux" and platform_machine == "x86_64"'
                ),
                "==3.6.*",
            ),
            (
                "pypy 3.10.14 pypy310_pp73 linux/arm/v7 musl-1.2 pip-26.3",
                (
                    'implementation_name == "pypy" and python_version == "3.10"'
                    ' and sys_platform == "linux" and platform_machine == "armv7l"'
                ),
                "==3.10.*",
            ),
            (
                "cpython 3.13.0 cp313t macos/arm64 macos-11.0 pip-26.3",
                (
                    'implementation_name == "cpython" and python_version == "3.13"'
                    ' and sys_platform == "darwin" and platform_machine == "arm64"'
                ),
                "==3.13.*",
            ),
            (
                "cpython 3.13.0 cp313 windows/amd64 - pip-26.3",
                (
                    'implementation_name == "cpython" and python_version == "3.13"'
                    ' and sys_platform == "win32" and platform_machine == "AMD64"'
                ),
                "==3.13.*",
            ),
        ],
    )
    def test_for_which_environment(self, target, environment, requires_python):
        table = tomllib.loads(pylock.render(lock(target=target)).decode())
        assert table["environments"] == [environment]
        assert table["requires-python"] == requires_python

    def test_who_asks_for_whom(self):
        asked = pin("b", "1", file("b-1.tar.gz"), via=(Via("distribution", "a"), Via("-r", "requirements.txt")))
        data = pylock.render(lock(pin("a", "1", file("a-1.tar.gz")), asked))
        first, second = tomllib.loads(data.decode())["packages"]
        assert first["dependencies"] == [{"name": "b"}]
        assert "dependencies" not in second

    @pytest.mark.parametrize(
        ("filename", "key"),
        [
            ("a-1.0-py3-none-any.whl", "wheels"),
            ("a-1-py3-none-any.whl", "wheels"),
            ("a-1.0.tar.gz", "sdist"),
            ("A-1.0.zip", "sdist"),
            ("a-1.0.tar.bz2", "archive"),
            ("a-1.0-unknown.tar.gz", "archive"),
            ("a-2.0-py3-none-any.whl", "archive"),
            ("a-1.0-py3.whl", "archive"),
        ],
    )
    def test_a_file_name_that_the_standard_does_not_know(self, filename, key):
        locked = lock(pin("a", "1.0", file(filename), filename=filename))
        data = pylock.render(locked)
        assert key in package(data)
        assert pylock.parse(data, path="x") == locked

    def test_the_chosen_sdist_of_several_stands_in_the_package(self):
        files = (file("a-1.0.tar.bz2", C), file("a-1.0.tar.gz", A), file("a-1.0.zip", B, size=3))
        locked = lock(pin("a", "1.0", *files, filename="a-1.0.zip"))
        data = pylock.render(locked)
        assert package(data)["sdist"]["name"] == "a-1.0.zip"
        assert pylock.parse(data, path="x") == locked

    def test_a_version_that_is_none_by_pep_440(self):
        locked = lock(pin("pytz", "2004d", file("pytz-2004d.tar.gz")))
        data = pylock.render(locked)
        assert "version" not in package(data)
        assert pylock.parse(data, path="x") == locked

    def test_a_checkout(self):
        url = f"git+https://files.example/a.git@{COMMIT}#subdirectory=src"
        locked = lock(pin("a", "1.0", url=url))
        data = pylock.render(locked)
        assert package(data)["vcs"] == {
            "type": "git",
            "url": "https://files.example/a.git",
            "commit-id": COMMIT,
            "subdirectory": "src",
        }
        assert "version" not in package(data)
        assert pylock.parse(data, path="x") == locked

    @pytest.mark.parametrize(
        ("broken", "message"),
        [
            (pin("a", "1"), "the files of `a` are not known, which a `pylock.toml` must name with their URLs"),
            (
                pin("a", "1", LockedFile(filename="a-1.zip", hashes=(A,))),
                "the URL of `a-1.zip` is not known, which a `pylock.toml` must have",
            ),
            (
                pin("a", "1", LockedFile(filename="a-1.zip", url="https://files.example/a-1.zip")),
                "the hash of `a-1.zip` is not known, which a `pylock.toml` must have",
            ),
            (
                pin("a", "1", url="git+https://files.example/a.git@main"),
                "`a` is taken from `git+https://files.example/a.git@main`, which names no commit",
            ),
        ],
    )
    def test_what_the_standard_cannot_say(self, broken, message):
        with pytest.raises(LockFileError) as caught:
            pylock.render(lock(broken))
        assert caught.value.message == message
        assert caught.value.hints


class TestRead:
    def test_a_hand_edit_shows(self, full_lock):
        data = pylock.render(full_lock).replace(b'version = "1.34.1"', b'version = "1.34.2"')
        with pytest.raises(LockFileError, match="is not consistent with"):
            pylock.read(data, path="pylock.toml")
        read = pylock.read(pylock.render(full_lock) + b"# remember the milk\n", path="pylock.toml")
        assert read.lock == full_lock
        assert not read.digest_ok
        assert [problem.message for problem in read.problems] == [
            "the file was changed after it was written: its digest differs"
        ]

    def test_without_a_digest(self, full_lock):
        read = pylock.read(re.sub(rb"digest = .*\n", b"", pylock.render(full_lock)), path="pylock.toml")
        assert read.lock == full_lock
        assert not read.digest_ok

    def test_line_ends_and_byte_order_mark(self, full_lock):
        data = b"\xef\xbb\xbf" + pylock.render(full_lock).replace(b"\n", b"\r\n")
        assert pylock.read(data, path="pylock.toml").digest_ok

    def test_another_tools(self):
        data = f"""\
lock-version = "1.0"
created-by = "uv"
requires-python = ">=3.11"

[[packages]]
name = "colorama"
version = "0.4.6"
marker = "sys_platform == 'win32'"
index = "https://index.example/simple/"
sdist = {{ url = "https://files.example/colorama-0.4.6.tar.gz", upload-time = 2022-10-25T02:36:22Z, size = 27697, hashes = {{ sha256 = "{"b" * 64}", md5 = "00" }} }}
wheels = [{{ url = "https://files.example/colorama-0.4.6-py2.py3-none-any.whl", upload-time = 2022-10-25T04:36:20+02:00, hashes = {{ sha256 = "{"a" * 64}" }} }}]

[[packages]]
name = "local"
directory = {{ path = "packages/local" }}
"""
        read = pylock.read(data.encode(), path="pylock.toml")
        assert not read.digest_ok
        assert [problem.message for problem in read.problems] == [
            '`colorama` is only for `sys_platform == "win32"`, which a lock for one target cannot say',
            "`uv` made it: it has no target, no command and no digest",
        ]
        colorama, local = read.lock.pins
        assert colorama.hashes == (A, B)
        assert colorama.files == (
            LockedFile(
                filename="colorama-0.4.6-py2.py3-none-any.whl",
                url="https://files.example/colorama-0.4.6-py2.py3-none-any.whl",
                upload_time="2022-10-25T02:36:20Z",
                hashes=(A,),
            ),
            LockedFile(
                filename="colorama-0.4.6.tar.gz",
                url="https://files.example/colorama-0.4.6.tar.gz",
                size=27697,
                upload_time="2022-10-25T02:36:22Z",
                hashes=("md5:00", B),
            ),
        )
        assert (local.version, local.url, local.files) == ("", "packages/local", ())

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"lock-version = ", "it is no `pylock.toml`: Invalid value"),
            (b"", "it is no `pylock.toml`: Missing required value in 'lock-version'"),
            (b"\xff", "it is no `pylock.toml`: byte 0xff is not UTF-8"),
            (b'lock-version = "2.0"\ncreated-by = "x"\npackages = []\n', "pylock version 2.0 is not supported"),
            (
                b'lock-version = "1.0"\ncreated-by = "x"\npackages = []\n[tool.pipfreeze-lock]\nformat = 2\n',
                "it has format version 2, and this release reads version 1",
            ),
            (
                b'lock-version = "1.0"\ncreated-by = "x"\npackages = []\n[tool.pipfreeze-lock]\nformat = 1\nbase = [1]\n',
                "`[tool.pipfreeze-lock]` is not as we write it",
            ),
        ],
    )
    def test_what_cannot_be_read(self, data, message):
        with pytest.raises(LockFileError) as caught:
            pylock.read(data, path="pylock.toml")
        assert message in caught.value.message
        assert caught.value.context == "pylock.toml"
        assert caught.value.hints


texts = st.text(st.characters(codec=None), max_size=20)


@settings(deadline=None)
@given(command=texts, remark=texts, note=texts.filter(bool), path=texts.filter(bool), marker=texts.filter(bool))
def test_whatever_is_written_is_read_back(command, remark, note, path, marker):
    via = (Via("-r", path), Via("distribution", "b", constraint=">=1", marker=marker))
    locked = lock(
        pin("a", "1.0", file("a-1.0.tar.gz"), notes=(note,), via=via), command=command, remarks=(("warning", remark),)
    )
    read = pylock.read(pylock.render(locked), path="x")
    assert read.lock == locked
    assert read.digest_ok


@pytest.mark.parametrize("python", ["3.13", "3.12"])
def test_a_real_pip_takes_exactly_the_locked_files(real_pips, tmp_path, python):
    made = [wheel("grpcio", "1.34.1"), sdist("oss2", "2.9.1", style="backend"), wheel("service-client", "0.3")]
    pins = []
    for one in made:
        (tmp_path / one.filename).write_bytes(one.content)
        url = (tmp_path / one.filename).as_uri()
        known = LockedFile(filename=one.filename, url=url, size=len(one.content), hashes=(f"sha256:{one.sha256}",))
        direct = url if one.project == "service-client" else None
        pins.append(pin(one.project, one.version, known, filename=one.filename, url=direct))
    target = f"cpython 3.13.0 cp313 {'linux' if sys.platform == 'linux' else 'macos'}/amd64 glibc-2.36 pip-26.3"
    path = tmp_path / "pylock.toml"
    path.write_bytes(pylock.render(lock(*pins, target=target)))
    pip = real_pips(python, "26.3", machine="x86_64")
    ran, files = pip.download("--no-index", "--no-deps", "-r", path, folder=tmp_path / "files")
    if python == "3.13":
        assert ran.returncode == 0, ran.output
        assert files == sorted(one.filename for one in made)
    else:
        assert ran.returncode != 0
        assert "does not satisfy the Python version requirement" in ran.output
