"""A file is written whole or not at all."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipfreeze_lock.errors import InputError
from pipfreeze_lock.lockfile.atomic import write_atomically

NOBODY = 65534


@contextmanager
def umask(value):
    previous = os.umask(value)
    try:
        yield
    finally:
        os.umask(previous)


@contextmanager
def without_root():
    """Root may write anywhere: be nobody while it lasts."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_has_the_mode_that_the_umask_gives(tmp_path):
    with umask(0o027):
        assert write_atomically(tmp_path / "requirements.lock", b"new\n")
    assert (tmp_path / "requirements.lock").read_bytes() == b"new\n"
    assert (tmp_path / "requirements.lock").stat().st_mode & 0o7777 == 0o640
    assert names(tmp_path) == ["requirements.lock"]


def test_an_existing_file_keeps_its_mode_and_owner(tmp_path):
    path = tmp_path / "requirements.lock"
    path.write_bytes(b"old\n")
    path.chmod(0o604)
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)
    before = path.stat()
    assert write_atomically(path, b"new\n")
    after = path.stat()
    assert path.read_bytes() == b"new\n"
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert after.st_ino != before.st_ino  # renamed into place, and not written over


def test_the_same_content_is_not_written(tmp_path):
    path = tmp_path / "requirements.lock"
    path.write_bytes(b"same\n")
    os.utime(path, (1, 1))
    before = path.stat()
    assert not write_atomically(path, b"same\n")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_symbolic_link_stays_one(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.lock").write_bytes(b"old\n")
    link = tmp_path / "a.lock"
    link.symlink_to("real/a.lock")
    write_atomically(link, b"new\n")
    assert link.is_symlink()
    assert (tmp_path / "real" / "a.lock").read_bytes() == b"new\n"
    assert names(tmp_path / "real") == ["a.lock"]


def test_a_dangling_link_gets_its_target(tmp_path):
    link = tmp_path / "a.lock"
    link.symlink_to("b.lock")
    write_atomically(link, b"new\n")
    assert link.is_symlink()
    assert (tmp_path / "b.lock").read_bytes() == b"new\n"


def test_a_pipe_is_written_into():
    code = "import sys; from pipfreeze_lock.lockfile.atomic import write_atomically as w; w('/dev/stdout', b'data')"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert ran.stdout == b"data"


def test_a_very_long_name(tmp_path):
    path = tmp_path / ("é" * 127)
    write_atomically(path, b"new\n")
    assert path.read_bytes() == b"new\n"


def refusal(path, data=b"new\n") -> InputError:
    with pytest.raises(InputError) as caught:
        write_atomically(path, data)
    assert caught.value.hints
    return caught.value


def test_no_such_folder(tmp_path):
    path = tmp_path / "missing" / "requirements.lock"
    error = refusal(path)
    assert error.message == f"`{path}` cannot be written: no such file or directory"
    assert error.hints == (f"Create the folder `{tmp_path / 'missing'}` first, or write elsewhere with `-o`.",)


def test_a_folder_is_no_file(tmp_path):
    assert refusal(tmp_path).message == f"`{tmp_path}` cannot be written: is a directory"


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    assert refusal(tmp_path / "file" / "requirements.lock").message.endswith("not a directory")


def test_a_read_only_file_stays(tmp_path):
    tmp_path.chmod(0o777)
    path = tmp_path / "requirements.lock"
    path.write_bytes(b"old\n")
    path.chmod(0o444)
    for folder in (tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(folder.stat().st_mode | 0o011)
    with without_root():
        error = refusal(path)
    assert error.message == f"`{path}` cannot be written: permission denied"
    assert path.read_bytes() == b"old\n"


def test_a_read_only_folder(tmp_path):
    tmp_path.chmod(0o555)
    for folder in (tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(folder.stat().st_mode | 0o011)
    with without_root():
        error = refusal(tmp_path / "requirements.lock")
    assert "permission denied" in error.message
    assert str(tmp_path) in error.hints[0]


def test_a_full_device():
    if not Path("/dev/full").exists():
        pytest.skip("only on Linux")
    error = refusal("/dev/full")
    assert error.message == "`/dev/full` cannot be written: no space left on device"
    assert "Free space" in error.hints[0]


def test_nothing_is_left_of_a_write_that_fails(tmp_path):
    """A limit on file size fails in the middle of a write, as a full disk does."""
    path = tmp_path / "requirements.lock"
    path.write_bytes(b"old\n")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        error = refusal(path, b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert error.message == f"`{path}` cannot be written: file too large"
    assert path.read_bytes() == b"old\n"
    assert names(tmp_path) == ["requirements.lock"]
