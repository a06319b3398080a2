"""One layer: what is kept of it, what is read twice, and what cannot be a layer."""

from __future__ import annotations

import hashlib
import os
import tarfile
from typing import TYPE_CHECKING, ClassVar

import pytest
from support.image_archives import HardLink, Link, layer

from pipfreeze_lock.errors import ImageError
from pipfreeze_lock.image import layer_scan
from pipfreeze_lock.image.byte_sources import FilePart, ForwardBytes
from pipfreeze_lock.image.interface import LayerContents, LayerFile, Want
from pipfreeze_lock.image.layer_scan import cleaned_path, scan_layer
from pipfreeze_lock.tar_headers import TarHeaderError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def metadata(path: str) -> Want:
    return Want.CONTENT if path.endswith("METADATA") else Want.NOTHING


def scan(data: bytes, interest: Callable[[str], Want] = metadata) -> LayerContents:
    return scan_layer(lambda: ForwardBytes(iter([data])), interest, place="layer 7", subject="oci:image")


def refused(data: bytes, interest: Callable[[str], Want] = metadata) -> str:
    with pytest.raises(ImageError) as caught:
        scan(data, interest)
    assert caught.value.context == "oci:image"
    assert caught.value.exit_code == 6
    return caught.value.message


def test_keeps_what_is_wanted_as_far_as_it_is() -> None:
    wants = {"a": Want.NAME, "b": Want.DIGEST, "c": Want.CONTENT}
    contents = scan(
        layer({"a": "1", "b": "2", "c": "3", "d": "4", "e": Link("x")}), lambda path: wants.get(path, Want.NOTHING)
    )
    digest = hashlib.sha256(b"2").hexdigest()
    assert contents.files["a"] == LayerFile("file", 1)
    assert contents.files["b"] == LayerFile("file", 1, sha256=digest)
    assert contents.files["c"] == LayerFile("file", 1, sha256=hashlib.sha256(b"3").hexdigest(), content=b"3")
    assert contents.files["e"] == LayerFile("symlink", link="x")
    assert list(contents.replaced) == ["d"]
    assert contents.entries == 5
    assert contents.is_ended


def test_folders_that_no_entry_names() -> None:
    contents = scan(layer({"a/b/c/METADATA": "1", "d/e/f": "1", "./": None, "g/": None}))
    assert contents.directories == {"a", "a/b", "a/b/c", "d", "d/e", "g"}


def test_an_empty_layer() -> None:
    contents = scan(bytes(1024))
    assert (contents.entries, contents.is_ended) == (0, True)
    contents = scan(b"")
    assert (contents.entries, contents.is_ended) == (0, False)


class TestHardLinks:
    def test_to_what_nobody_wanted_is_found_by_reading_again(self) -> None:
        passes = []
        data = layer({"cache/x": "1", "p/METADATA": HardLink("cache/x"), "q/METADATA": HardLink("cache/x")})

        def open_source() -> ForwardBytes:
            passes.append(1)
            return ForwardBytes(iter([data]))

        contents = scan_layer(open_source, metadata, place="layer", subject="image")
        assert contents.files["p/METADATA"].content == b"1"
        assert contents.files["q/METADATA"].content == b"1"
        assert len(passes) == 2

    def test_to_hard_links_that_nobody_wanted(self) -> None:
        data = layer({"a": "1", "b": HardLink("a"), "c": HardLink("b"), "METADATA": HardLink("c")})
        assert scan(data).files["METADATA"].content == b"1"

    def test_to_what_was_wanted_less(self) -> None:
        data = layer({"a": "1", "METADATA": HardLink("a")})
        contents = scan(data, lambda path: Want.NAME if path == "a" else Want.CONTENT)
        assert contents.files["METADATA"].content == b"1"

    def test_that_nobody_wants_are_as_good_as_files(self) -> None:
        contents = scan(layer({"a": "1", "b": HardLink("a")}))
        assert list(contents.replaced) == ["a", "b"]
        assert contents.files == {}

    def test_to_a_lower_layer_stay(self) -> None:
        assert scan(layer({"METADATA": HardLink("./lower/x")})).files == {
            "METADATA": LayerFile("hardlink", link="lower/x")
        }

    def test_through_a_link_of_the_layer(self) -> None:
        data = layer({"usr/lib": None, "lib": Link("usr/lib"), "lib/a": "1", "METADATA": HardLink("lib/a")})
        assert scan(data).files["METADATA"].content == b"1"

    def test_without_end(self) -> None:
        chain: dict[str, object] = {f"a{n}": HardLink(f"a{n - 1}") for n in range(1, 9)}
        message = refused(layer({"a0": "1", **chain, "METADATA": HardLink("a8")}))
        assert "stands behind too many hard links" in message


class TestDamage:
    files: ClassVar = {f"lib/p{n}/METADATA": f"{n}" * 3000 for n in range(4)}

    def test_cut_short_anywhere(self) -> None:
        data = layer(self.files, ended=False)
        for length in range(1, len(data), 311):
            if length % 512 == 0 and length in self.boundaries():
                continue
            assert "it is cut short" in refused(data[:length]), length

    def boundaries(self) -> set[int]:
        found, at = set(), 0
        for content in self.files.values():
            at += 512 + -(-len(content) // 512) * 512
            found.add(at)
        return found

    def test_cut_between_two_files_has_no_end(self) -> None:
        data = layer(self.files, ended=False)
        assert not scan(data[: min(self.boundaries())]).is_ended

    def test_names_the_place(self) -> None:
        assert refused(layer(self.files)[:9000]) == (
            "layer 7 cannot be read: it is cut short, in or behind `/lib/p2/METADATA`"
        )

    def test_a_flipped_bit_in_any_header(self) -> None:
        whole = layer({"METADATA": "1", "b": "2"})
        for place in (0, 99, 124, 130, 148, 156, 257, 345, 511):
            data = bytearray(whole)
            data[1024 + place] ^= 0x01
            assert "a header is damaged" in refused(bytes(data)), place

    def test_something_behind_the_end(self) -> None:
        hidden = layer({"evil/METADATA": "1"})
        assert "zeros in place of a header" in refused(layer({"a": "1"}, ended=False) + bytes(512) + hidden)
        assert scan(layer({"a": "1"}, ended=False) + bytes(512)).is_ended
        assert scan(layer({"a": "1"}) + hidden).entries == 1, "no engine reads on behind two blocks of zeros"

    def test_a_nul_in_a_name(self) -> None:
        assert "a name has a NUL in it" in refused(layer({"é" * 60 + "\x00METADATA": "1"}))

    def test_no_tar_at_all(self) -> None:
        assert "a header is damaged" in refused(b"<html>" * 200)
        assert "it is cut short" in refused(b"x")


class TestHarm:
    def test_a_name_out_of_the_root(self) -> None:
        assert "`../../etc/METADATA` leads out of the root" in refused(layer({"../../etc/METADATA": "1"}))
        assert "leads out of the root" in refused(layer({"METADATA": HardLink("../x")}))

    def test_links_to_the_outside_stay_inside(self) -> None:
        contents = scan(layer({"a": Link("../../.."), "a/METADATA": "1"}))
        assert contents.files["METADATA"].content == b"1"

    def test_links_in_circles(self) -> None:
        assert "too many symbolic links" in refused(layer({"a": Link("b"), "b": Link("a"), "a/METADATA": "1"}))

    def test_whiteouts_of_nothing(self) -> None:
        for name in (".wh.", ".wh..", ".wh..."):
            assert "takes nothing away" in refused(layer({f"a/{name}": ""}))

    def test_a_root_that_is_a_file(self) -> None:
        assert "its root is no folder" in refused(layer({"./": Link("x")}))

    def test_a_file_too_large_to_keep(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(layer_scan, "_MOST_OF_A_FILE", 10)
        assert "11 bytes are more than such a file has" in refused(layer({"METADATA": "x" * 11}))
        assert scan(layer({"METADATA": "x" * 10})).files["METADATA"].size == 10

    def test_files_too_many_to_keep(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(layer_scan, "_MOST_OF_A_LAYER", 25)
        assert "more than such a file has" in refused(layer({f"{n}/METADATA": "x" * 10 for n in range(3)}))

    def test_a_size_that_nothing_has(self) -> None:
        info = tarfile.TarInfo("METADATA")
        info.size = 2**62
        assert "more than such a file has" in refused(info.tobuf(tarfile.GNU_FORMAT))
        info.name = "x"
        assert "cut short" in refused(info.tobuf(tarfile.GNU_FORMAT))

    def test_folders_that_become_files_again_and_again(self) -> None:
        entries = [("d/x", "1"), ("d", "2")] * 101
        assert "again and again" in refused(layer(entries))

    def test_a_header_that_is_as_large_as_a_file(self) -> None:
        info = tarfile.TarInfo("x")
        info.type, info.size = tarfile.XHDTYPE, 2**30
        assert "is no header" in refused(info.tobuf())


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a/b", "a/b"),
        ("./a/b/", "a/b"),
        ("/a//b", "a/b"),
        (".//a", "a"),
        ("././a/.", "a"),
        ("a/../b", "b"),
        ("/../../a", "a"),
        (".", ""),
        ("./", ""),
        ("/", ""),
        (".a/..b/c..", ".a/..b/c.."),
        ("...", "..."),
    ],
)
def test_names_are_cleaned(name: str, path: str) -> None:
    assert cleaned_path(name) == path


@pytest.mark.parametrize("name", ["..", "../a", "a/../../b", "./../a"])
def test_names_that_lead_out(name: str) -> None:
    with pytest.raises(TarHeaderError, match="leads out of the root"):
        cleaned_path(name)


def test_the_same_from_a_file_that_is_seeked_in(tmp_path: Path) -> None:
    files: dict[str, object] = {
        f"d{n % 7}/{'METADATA' if n % 3 else 'x'}{n}/METADATA": os.urandom(n * 97) for n in range(60)
    }
    files |= {"big/METADATA": os.urandom(3 * 2**20 + 5), "big/other": bytes(5 * 2**20), "l": Link("d1")}
    data = layer(files)
    path = tmp_path / "layer.tar"
    path.write_bytes(b"before" + data + b"behind")
    with path.open("rb") as file:
        told: list[int] = []
        source = FilePart(file.fileno(), 6, len(data), told.append)
        seeked = scan_layer(lambda: source, metadata, place="layer", subject="image")
        assert source.bytes_read < 5 * 2**20
        assert 0 < sum(told) <= len(data)
    for size in (len(data), 1, 511, 70_001):
        pieces = iter([data]) if size == len(data) else (data[at : at + size] for at in range(0, len(data), size))
        if size == 1:
            pieces = iter(map(bytes, zip(data[:200_000], strict=True)))
            with pytest.raises(ImageError):
                scan_layer(lambda pieces=pieces: ForwardBytes(pieces), metadata, place="layer", subject="image")
            continue
        forward = scan_layer(lambda pieces=pieces: ForwardBytes(pieces), metadata, place="layer", subject="image")
        assert forward == seeked


def test_a_file_that_becomes_shorter_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "layer.tar"
    data = layer({"METADATA": "x" * 100_000})
    path.write_bytes(data)
    with path.open("r+b") as file:
        file.truncate(50_000)
        with pytest.raises(ImageError, match="cut short"):
            scan_layer(lambda: FilePart(file.fileno(), 0, len(data)), metadata, place="layer", subject="image")
