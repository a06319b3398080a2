from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipfreeze_lock.errors import InputError
from pipfreeze_lock.index.cache import Cache

DAY = 86400


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache"


def files(folder):
    return [path for path in folder.glob("v1/*/*/*") if path.is_file()]


def test_what_was_put_is_given_to_another(folder):
    Cache(folder).put("metadata", "a key of any length" * 100, b"content")
    assert Cache(folder).get("metadata", "a key of any length" * 100) == b"content"
    assert Cache(folder).get("other", "a key of any length" * 100) is None
    assert Cache(folder).get("metadata", "another") is None


@pytest.mark.parametrize("content", [b"", b"\0" * 100_000, memoryview(b"view")])
def test_any_content(folder, content):
    cache = Cache(folder)
    cache.put("x", "k", content)
    assert cache.get("x", "k") == bytes(content)


@given(key=st.text())
def test_any_key(key, tmp_path_factory):
    folder = tmp_path_factory.getbasetemp() / "any-key"
    Cache(folder).put("x", key, key.encode("utf-8", "replace"))
    assert Cache(folder).get("x", key) == key.encode("utf-8", "replace")


def test_the_later_one_wins(folder):
    cache = Cache(folder)
    cache.put("x", "k", b"one")
    cache.put("x", "k", b"two")
    assert cache.get("x", "k") == b"two"
    assert len(files(folder)) == 1


def test_no_folder_keeps_nothing():
    cache = Cache(None)
    cache.put("x", "k", b"one")
    cache.remove("x", "k")
    assert cache.get("x", "k") is None
    assert (cache.info().entries, cache.clean().entries, cache.prune(0).entries) == (0, 0, 0)
    assert cache.notes == []


def test_backup_programs_are_told(folder):
    Cache(folder).put("x", "k", b"one")
    assert (folder / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n")


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:0],
        lambda data: data[:5],
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: b"XXXX" + data[4:],
        lambda data: b"\0" * len(data),
    ],
)
def test_a_damaged_entry_is_missing_until_it_is_written_again(folder, damage):
    Cache(folder).put("x", "k", b"content")
    (path,) = files(folder)
    path.write_bytes(damage(path.read_bytes()))
    cache = Cache(folder)
    assert cache.get("x", "k") is None
    cache.put("x", "k", b"content")
    assert cache.get("x", "k") == b"content"


def test_an_entry_that_is_a_folder_is_missing(folder):
    Cache(folder).put("x", "k", b"content")
    (path,) = files(folder)
    path.unlink()
    path.mkdir()
    assert Cache(folder).get("x", "k") is None


def test_a_folder_that_cannot_be_made_is_said_once_and_no_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    cache = Cache(tmp_path / "file")
    for _ in range(3):
        cache.put("x", "k", b"one")
    assert cache.get("x", "k") is None
    assert len(cache.notes) == 1
    assert "cannot be written" in cache.notes[0]


def test_a_folder_that_may_only_be_read_is_read(folder, monkeypatch):
    Cache(folder).put("x", "k", b"one")
    cache = Cache(folder)
    as_it_is = Path.open

    def read_only(self, mode="r", *arguments, **words):
        if "r" not in mode:
            raise OSError(30, "Read-only file system")
        return as_it_is(self, mode, *arguments, **words)

    monkeypatch.setattr(Path, "open", read_only)
    cache.put("x", "other", b"two")
    assert (cache.get("x", "k"), cache.get("x", "other"), len(cache.notes)) == (b"one", None, 1)


def test_a_full_disk_is_said_once_and_leaves_nothing_half(folder, monkeypatch):
    cache = Cache(folder)
    cache.put("x", "before", b"one")

    def no_space(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", no_space)
    cache.put("x", "k", b"one")
    cache.put("x", "k", b"one")
    assert cache.notes == [f"The cache `{folder}` cannot be written (No space left on device): nothing is kept."]
    assert len(files(folder)) == 1


def test_a_folder_emptied_meanwhile_is_made_again(folder):
    cache = Cache(folder)
    cache.put("x", "k", b"one")
    Cache(folder).clean()
    assert not folder.exists()
    cache.put("x", "k", b"two")
    assert (cache.get("x", "k"), cache.notes) == (b"two", [])


WRITER = """
import sys
from pathlib import Path
from pipfreeze_lock.index.cache import Cache
cache = Cache(Path(sys.argv[1]))
mine = sys.argv[2].encode() * 50_000
sys.stdin.readline()
for _ in range(40):
    cache.put("x", "k", mine)
    found = cache.get("x", "k")
    assert found is not None and len(set(found)) == 1 and len(found) == 50_000, found
assert cache.notes == [], cache.notes
print(cache.salt().hex())
"""


def test_many_processes_write_one_entry_at_once(folder):
    running = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder), letter],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for letter in "abcd"
    ]  # fmt: skip
    for one in running:
        one.stdin.write("go\n")
        one.stdin.flush()
    ended = [one.communicate(timeout=60) for one in running]
    assert [one.returncode for one in running] == [0] * 4, [errors for _, errors in ended]
    assert len({output for output, _ in ended}) == 1, "each read another salt"
    assert len(files(folder)) == 1, "something was left beside the entry"


def test_info_counts_by_kind(folder):
    cache = Cache(folder)
    cache.put("pages", "a", b"1" * 10)
    cache.put("pages", "b", b"1" * 20)
    cache.put("metadata", "a", b"1")
    info = cache.info()
    assert (info.entries, info.size) == (3, 31 + 3 * 8)
    assert info.kinds == (("metadata", 1, 9), ("pages", 2, 46))


def test_prune_removes_what_was_not_used(folder):
    now = [1_600_000_000.0]
    cache = Cache(folder, clock=lambda: now[0])
    for key in ("old", "used"):
        cache.put("x", key, key.encode())
    for path in files(folder):
        os.utime(path, (now[0], now[0]))
    now[0] += 20 * DAY
    (used,) = (path for path in files(folder) if path.read_bytes().endswith(b"used"))
    assert cache.get("x", "used") == b"used"
    assert used.stat().st_mtime > now[0], "a use after a day is written down, with the system's clock"
    assert cache.prune(10).entries == 1
    assert (cache.get("x", "old"), cache.get("x", "used")) == (None, b"used")


def test_clean_removes_what_is_ours_and_nothing_else(folder):
    cache = Cache(folder)
    cache.put("x", "k", b"one")
    cache.salt()
    (folder / "precious.txt").write_text("mine")
    assert cache.clean().entries == 1
    assert [path.name for path in folder.iterdir()] == ["precious.txt"]
    (folder / "precious.txt").unlink()
    cache.put("x", "k", b"one")
    cache.clean()
    assert not folder.exists()


def test_what_cannot_be_removed_is_an_error(folder, monkeypatch):
    cache = Cache(folder)
    cache.put("x", "k", b"one")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(InputError, match="cannot be emptied: Permission denied"):
        cache.clean()


def test_the_salt_stays(folder):
    assert Cache(folder).salt() == Cache(folder).salt()
    assert Cache(None).salt() != Cache(None).salt()
