"""Layers over each other: each rule by itself, and random layers held against folders that are really laid over each other."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st
from support import needs
from support.image_archives import Device, HardLink, Link, layer

from pipfreeze_lock.errors import ImageError
from pipfreeze_lock.image.byte_sources import ForwardBytes
from pipfreeze_lock.image.interface import LayerContents, LayerFile, ScannedLayer, Want
from pipfreeze_lock.image.layer_scan import scan_layer
from pipfreeze_lock.image.layers import FileTree
from pipfreeze_lock.image.path_groups import PathGroups
from pipfreeze_lock.model.image import LayerInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def all_of_it(_path: str) -> Want:
    return Want.CONTENT


def nothing_called_c(path: str) -> Want:
    return Want.NOTHING if path.endswith("c") else Want.CONTENT


def scanned(data: bytes, index: int, interest: Callable[[str], Want] = all_of_it) -> ScannedLayer:
    info = LayerInfo(index=index, digest=None, diff_id=None, instruction=None)
    contents = scan_layer(lambda: ForwardBytes(iter([data])), interest, place=f"layer {index}", subject="image")
    return ScannedLayer(info=info, contents=contents)


def tree_of(*layers: Mapping[str, object] | list, interest: Callable[[str], Want] = all_of_it) -> FileTree:
    return FileTree(scanned(layer(one), index, interest) for index, one in enumerate(layers))


def shown(tree: FileTree) -> dict[str, str | None]:
    """What a tree has, as a dict: None for a folder, ``-> …`` for a link."""
    found: dict[str, str | None] = {}
    for path, entry in tree.walk():
        file = entry.file
        if file.kind == "directory":
            found[path] = None
        elif file.kind == "symlink":
            found[path] = f"-> {file.link}"
        else:
            found[path] = (file.content or b"?").decode()
    return found


RULES: dict[str, tuple[list[Mapping[str, object]], dict[str, str | None]]] = {
    "a file of a higher layer": ([{"a": "1"}, {"a": "2"}], {"a": "2"}),
    "a folder of both": ([{"d/a": "1"}, {"d/b": "2"}], {"d": None, "d/a": "1", "d/b": "2"}),
    "a whiteout": ([{"d/a": "1", "d/b": "2"}, {"d/.wh.a": ""}], {"d": None, "d/b": "2"}),
    "a whiteout of a folder": ([{"d/e/a": "1"}, {"d/.wh.e": ""}], {"d": None}),
    "a whiteout of what is not there": ([{"a": "1"}, {"x/.wh.a": ""}], {"a": "1", "x": None}),
    "a whiteout concerns lower layers alone": ([{"a": "1"}, {"a": "2", ".wh.a": ""}], {"a": "2"}),
    "nor does its place in the tar matter": ([{"a": "1"}, {".wh.a": "", "a": "2"}], {"a": "2"}),
    "a whiteout and a folder in its place": ([{"d/a": "1"}, {".wh.d": "", "d/b": "2"}], {"d": None, "d/b": "2"}),
    "what was taken away comes again": ([{"a": "1"}, {".wh.a": ""}, {"a": "3"}], {"a": "3"}),
    "an opaque folder": ([{"d/a": "1", "d/e/f": "1"}, {"d/b": "2", "d/.wh..wh..opq": ""}], {"d": None, "d/b": "2"}),
    "an opaque root": ([{"a": "1", "d/b": "1"}, {".wh..wh..opq": "", "c": "2"}], {"c": "2"}),
    "an opaque folder, and one above": (
        [{"d/a": "1"}, {"d/b": "2"}, {"d/.wh..wh..opq": ""}, {"d/c": "4"}],
        {"d": None, "d/c": "4"},
    ),
    "a file in place of a folder": ([{"d/a": "1", "d/e/f": "1"}, {"d": "2"}], {"d": "2"}),
    "a folder in place of a file": ([{"d": "1"}, {"d/a": "2"}], {"d": None, "d/a": "2"}),
    "an empty folder in place of a file": ([{"d": "1"}, {"d": None}], {"d": None}),
    "a link in place of a folder": ([{"d/a": "1"}, {"d": Link("e")}], {"d": "-> e"}),
    "a folder in place of a link": (
        [{"usr/lib/a": "1", "lib": Link("usr/lib")}, {"lib/b": "2"}],
        {"usr": None, "usr/lib": None, "usr/lib/a": "1", "lib": None, "lib/b": "2"},
    ),
    "a link of the same layer is followed": (
        [{"usr/lib": None, "lib": Link("usr/lib"), "lib/b": "2"}],
        {"usr": None, "usr/lib": None, "usr/lib/b": "2", "lib": "-> usr/lib"},
    ),
    "an absolute link of the same layer too": (
        [{"usr/lib": None, "x/lib": Link("/usr/lib"), "x/lib/b": "2"}],
        {"usr": None, "usr/lib": None, "usr/lib/b": "2", "x": None, "x/lib": "-> /usr/lib"},
    ),
    "a hard link": ([{"a": "1", "b": HardLink("a")}], {"a": "1", "b": "1"}),
    "a hard link to a hard link": ([{"a": "1", "b": HardLink("a"), "c": HardLink("b")}], {"a": "1", "b": "1", "c": "1"}),
    "a hard link keeps what it had": ([{"a": "1", "b": HardLink("a")}, {"a": "2"}], {"a": "2", "b": "1"}),
    "a hard link outlives its first name": ([{"a": "1", "b": HardLink("a")}, {".wh.a": ""}], {"b": "1"}),
    "a hard link to a lower layer": ([{"a": "1"}, {"b": HardLink("a")}], {"a": "1", "b": "1"}),
    "a hard link to what this layer takes away": ([{"a": "1"}, {"b": HardLink("a"), ".wh.a": ""}], {"b": "1"}),
    "a hard link to a symbolic one": ([{"a": Link("x"), "b": HardLink("a")}], {"a": "-> x", "b": "-> x"}),
    "a hard link to an absolute path": ([{"d/a": "1", "b": HardLink("/d/a")}], {"d": None, "d/a": "1", "b": "1"}),
    "what AUFS left": ([{"a": "1", ".wh..wh.plnk/1.2": "x", ".wh..wh.aufs": ""}], {"a": "1"}),
    "a device of the kernel's own": ([{"a": "1", "b": "1"}, {"a": Device()}], {"b": "1"}),
    "another device": ([{"null": "1", "b": "1"}, {"null": Device(1, 3)}], {"b": "1"}),
    "names in each way": ([{"./a": "1", "/b": "1", "d//c": "1", "d/./e": "1"}], {"a": "1", "b": "1", "d": None, "d/c": "1", "d/e": "1"}),
    "names that go up": ([{"d/../a": "1", "/../b": "1"}], {"a": "1", "b": "1"}),
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_rule(rule: str) -> None:
    layers, expected = RULES[rule]
    assert shown(tree_of(*layers)) == expected


def test_the_last_of_two_entries_counts() -> None:
    assert shown(tree_of([("a", "1"), ("a", "2")])) == {"a": "2"}
    assert shown(tree_of([("d/a", "1"), ("d", "2")])) == {"d": "2"}
    assert shown(tree_of([("d", "1"), ("d/a", "2")])) == {"d": None, "d/a": "2"}
    assert shown(tree_of([("d/a", "1"), ("d", Link("x")), ("d", None)])) == {"d": None}


def test_a_hard_link_is_to_what_its_first_name_was_then() -> None:
    assert shown(tree_of([("a", "1"), ("b", HardLink("a")), ("a", "2")])) == {"a": "2", "b": "1"}


def test_what_nobody_wants_hides_what_is_below() -> None:
    tree = tree_of(
        {"a": "1", "dc/a": "1", "lc": Link("a"), "k": "1"}, {"dc": "2", "lc": "2"}, interest=nothing_called_c
    )
    assert shown(tree) == {"a": "1", "k": "1"}


def test_a_folder_that_was_a_file_for_a_while_hides_nothing() -> None:
    lower = {"evil-1.dist-info/METADATA": "1"}
    upper = [("evil-1.dist-info", "a file"), ("evil-1.dist-info", None)]
    tree = tree_of(lower, upper, interest=lambda path: Want.CONTENT if path.endswith("METADATA") else Want.NOTHING)
    assert tree.read("evil-1.dist-info/METADATA") == b"1"


class TestFinding:
    tree = tree_of(
        {
            "usr/lib/python3/dist-packages/a.py": "a",
            "lib": Link("usr/lib"),
            "usr/bin/python3": Link("python3.9"),
            "usr/bin/python3.9": "#!",
            "bin": Link("/usr/bin"),
            "opt/venv/bin/python": Link("/usr/bin/python3"),
            "opt/venv/lib64": Link("lib"),
            "opt/venv/lib/site-packages": Link("../../../lib/python3/dist-packages"),
            "up": Link("../../../../usr"),
            "circle": Link("elcric"),
            "elcric": Link("circle"),
            "self": Link("self/x"),
            "nowhere": Link("/not/there"),
            "through": Link("usr/bin/python3.9/x"),
        },
        {"usr/lib/python3/dist-packages/b.py": "b"},
    )

    @pytest.mark.parametrize(
        ("path", "real"),
        [
            ("/lib/python3/dist-packages/a.py", "usr/lib/python3/dist-packages/a.py"),
            ("bin/python3", "usr/bin/python3.9"),
            ("/opt/venv/bin/python", "usr/bin/python3.9"),
            ("opt/venv/lib64/site-packages/b.py", "usr/lib/python3/dist-packages/b.py"),
            ("up/bin/python3", "usr/bin/python3.9"),
            ("opt/venv/../../lib/python3", "usr/lib/python3"),
            ("lib/..", "usr"),
            ("../../usr", "usr"),
            ("/", ""),
            ("", ""),
            ("usr/./lib//python3/", "usr/lib/python3"),
        ],
    )
    def test_leads_there(self, path: str, real: str) -> None:
        found = self.tree.find(path)
        assert found is not None
        assert found.path == real

    @pytest.mark.parametrize(
        "path", ["circle", "self", "nowhere", "through", "usr/bin/python3.9/x", "usr/none", "bin/python3.9/.."]
    )
    def test_leads_nowhere(self, path: str) -> None:
        assert self.tree.find(path) is None
        assert self.tree.read(path) is None
        assert self.tree.children(path) == []
        assert self.tree.layer_of(path) is None

    def test_a_link_itself(self) -> None:
        found = self.tree.look("bin/python3")
        assert found is not None
        assert (found.path, found.entry.file.link) == ("usr/bin/python3", "python3.9")
        assert self.tree.look("circle") is not None

    def test_content_children_and_layer(self) -> None:
        assert self.tree.read("/opt/venv/lib/site-packages/b.py") == b"b"
        assert self.tree.read("usr") is None
        assert self.tree.children("opt/venv/lib/site-packages") == ["a.py", "b.py"]
        for name, index in (("a.py", 0), ("b.py", 1)):
            layer_of = self.tree.layer_of(f"lib/python3/dist-packages/{name}")
            assert layer_of is not None
            assert layer_of.index == index

    def test_as_many_links_as_the_kernel_follows(self) -> None:
        chain: dict[str, object] = {f"l{n}": Link(f"l{n + 1}") for n in range(41)} | {"l41": "end"}
        tree = tree_of(chain)
        assert tree.find("l2") is not None or tree.read("l2") == b"end"
        assert tree.read("l1") == b"end"
        assert tree.read("l0") is None


def test_no_layers_at_all() -> None:
    tree = FileTree([])
    assert tree.find("/") is None
    assert tree.children("") == []
    assert list(tree.walk()) == []


def test_what_was_not_kept_is_no_empty_file() -> None:
    tree = tree_of({"usr/a": "1"}, interest=lambda _: Want.NAME)
    with pytest.raises(ImageError, match="`/usr/a` was not read"):
        tree.read("usr/a")


def test_hard_links_in_circles_that_no_scan_gives() -> None:
    info = LayerInfo(index=3, digest=None, diff_id=None, instruction=None)
    files = {"a": LayerFile("hardlink", link="b"), "b": LayerFile("hardlink", link="a")}
    with pytest.raises(ImageError, match="leads in circles"):
        FileTree([ScannedLayer(info=info, contents=LayerContents(files=files))])


def test_path_groups_give_back_what_was_added() -> None:
    paths = ["a", "d/b", "d/c", "e/f/g", "d/h", "i"]
    groups = PathGroups(paths)
    assert list(groups) == paths
    assert groups == PathGroups(reversed(paths))
    assert groups != PathGroups(paths[1:])
    assert [directory for directory, _ in groups.groups()] == ["", "d", "e/f", "d", ""]
    assert repr(PathGroups(["x"])) == "PathGroups(['x'])"


# Random layers, unpacked into folders as an engine does, and laid over each other by the kernel and by a naive model.

NAMES = st.sampled_from(["a", "b", "c", ".wh.a", ".wh.b", ".wh.c", ".wh..wh..opq", "ac"])
PLAIN = st.sampled_from(["a", "b", "c", "ac"])
PATHS = st.builds(lambda folders, name: "/".join([*folders, name]), st.lists(PLAIN, max_size=2), NAMES)
LINKS = st.sampled_from(["a", "b", "a/b", "c", "b/a", "ac"]).map(Link)
CONTENTS = st.one_of(st.none(), st.sampled_from(["1", "2", "3"]), LINKS, st.just(Device()))
LAYERS = st.lists(st.lists(st.tuples(PATHS, CONTENTS), max_size=6), min_size=1, max_size=4)


def unpacked(entries: Sequence[tuple[str, object]], folder: Path) -> tuple[set[str], set[str]]:
    """Unpack a layer into a folder as Docker does; give its whiteouts and opaque folders, by where they really are."""
    whiteouts: set[str] = set()
    opaque: set[str] = set()
    devices: set[str] = set()
    folder.mkdir(parents=True)
    root = folder.resolve()
    for name, content in entries:
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            real = path.parent.resolve(strict=True) / path.name
        except OSError:
            reject()  # no engine unpacks that
        relative = str(real.relative_to(root))
        if path.name == ".wh..wh..opq":
            opaque.add(str(real.parent.relative_to(root)))
        elif path.name.startswith(".wh."):
            whiteouts.add(str(Path(relative).with_name(path.name[4:])))
        else:
            if real.is_dir() and not real.is_symlink() and content is not None:
                for taken in (whiteouts, opaque, devices):
                    taken -= {one for one in taken if one == relative or one.startswith(f"{relative}/")}
            put(real, content)
            devices.discard(relative)
            if isinstance(content, Device):
                devices.add(relative)
    return whiteouts | devices, opaque


def put(path: Path, content: object) -> None:
    if content is None and path.is_dir() and not path.is_symlink():
        return
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    match content:
        case None:
            path.mkdir()
        case str():
            path.write_text(content)
        case Link(target):
            path.symlink_to(target)
        case Device():
            path.touch()


def listed(folder: Path) -> dict[str, str | None]:
    """What a folder has, as `shown` gives it."""
    found: dict[str, str | None] = {}
    for at, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = Path(at, name)
            relative = str(path.relative_to(folder))
            if path.is_symlink():
                found[relative] = f"-> {path.readlink()}"
            else:
                found[relative] = None if path.is_dir() else path.read_text()
    return found


def laid_over(
    lower: dict[str, str | None], upper: dict[str, str | None], taken: set[str], opaque: set[str]
) -> dict[str, str | None]:
    """Lay one over the other, path by path and as slowly as can be."""
    result = {}
    for path, content in lower.items():
        above = [str(one) for one in Path(path).parents if str(one) != "."]
        if taken.intersection([path, *above]) or opaque.intersection([*above, "."]):
            continue
        if any(upper.get(one) is not None for one in above):
            continue
        if path in upper:
            continue
        result[path] = content
    return result | upper


def without_unwanted(files: dict[str, str | None]) -> dict[str, str | None]:
    """Leave out what `nothing_called_c` does not want, and devices."""
    return {
        path: content
        for path, content in files.items()
        if content != "" and (content is None or content.startswith("->") or not path.endswith("c"))
    }


EXAMPLES = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@EXAMPLES
@given(layers=LAYERS)
def test_random_layers_as_a_naive_model_has_them(
    layers: list[list[tuple[str, object]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    base = tmp_path_factory.mktemp("layers")
    expected: dict[str, str | None] = {}
    try:
        for index, entries in enumerate(layers):
            whiteouts, opaque = unpacked(entries, base / str(index))
            expected = laid_over(expected, listed(base / str(index)), whiteouts, opaque)
    finally:
        shutil.rmtree(base)
    assert shown(tree_of(*layers, interest=nothing_called_c)) == without_unwanted(expected)


def can_mount() -> bool:
    if not hasattr(os, "geteuid") or os.geteuid() or not shutil.which("unshare"):
        return False
    asked = subprocess.run(
        ["unshare", "-m", "grep", "-q", "overlay", "/proc/filesystems"], capture_output=True, check=False
    )
    return asked.returncode == 0


@settings(EXAMPLES, max_examples=25)
@given(layers=LAYERS)
def test_random_layers_as_the_kernel_has_them(
    layers: list[list[tuple[str, object]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    if not can_mount():
        needs.forbidden("mount overlayfs")
    base = tmp_path_factory.mktemp("overlay")
    try:
        for index, entries in enumerate(layers):
            for_overlayfs(base / str(index), *unpacked(entries, base / str(index)))
        expected = mounted(base, len(layers))
    finally:
        shutil.rmtree(base)
    assert shown(tree_of(*layers, interest=nothing_called_c)) == without_unwanted(expected)


def for_overlayfs(folder: Path, whiteouts: set[str], opaque: set[str]) -> None:
    """Write down whiteouts and opaque folders as the kernel reads them."""
    for path in whiteouts:
        place = folder / path
        if not place.parent.is_dir():
            continue  # there is a file in its place
        if place.is_file() and not place.is_symlink() and not place.read_text():
            place.unlink()  # a device of the layer's own
        if not place.is_symlink() and not place.exists():
            os.mknod(place, 0o20000, os.makedev(0, 0))
        elif place.is_dir() and not place.is_symlink():
            os.setxattr(place, "trusted.overlay.opaque", b"y")
    for path in opaque:
        assume(path != ".")  # a mark that the kernel does not heed, and containerd does
        if (folder / path).is_dir():
            os.setxattr(folder / path, "trusted.overlay.opaque", b"y")


LISTING = """
import json, os, stat
os.chdir("mount")
found = {}
for at, folders, files in os.walk("."):
    for name in folders + files:
        path = os.path.join(at, name)
        try:
            mode = os.lstat(path).st_mode
        except FileNotFoundError:  # a whiteout where there is nothing to take away is listed, and is not there
            continue
        is_link = stat.S_ISLNK(mode)
        content = "-> " + os.readlink(path) if is_link else None if stat.S_ISDIR(mode) else open(path).read()
        found[path[2:]] = content
print(json.dumps(found))
"""


def mounted(base: Path, count: int) -> dict[str, str | None]:
    """Mount the folders over an empty one, for a process of its own, and list what shows."""
    (base / "empty").mkdir()
    (base / "mount").mkdir()
    lower = ":".join([*(str(index) for index in reversed(range(count))), "empty"])
    script = f'mount -t overlay overlay -o lowerdir={lower} mount && exec "$0" -I -S -c "$1"'
    command = ["unshare", "-m", "sh", "-c", script, sys.executable, LISTING]
    ran = subprocess.run(command, cwd=base, capture_output=True, text=True, check=False)
    if ran.returncode and "mount" in ran.stderr:
        needs.forbidden(f"mount overlayfs ({ran.stderr.strip()})")
    assert ran.returncode == 0, ran.stderr
    found: dict[str, str | None] = json.loads(ran.stdout)
    return found
