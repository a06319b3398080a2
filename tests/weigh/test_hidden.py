"""What ships though no container sees it, and which layer hides it."""

from __future__ import annotations

from support.file_trees import scanned
from support.image_archives import Device, HardLink, Link
from support.weighed_images import hidden, weighed

from pipfreeze_lock.image.interest import with_all_files
from pipfreeze_lock.image.interface import ImageConfig, ScannedImage, ScannedLayer
from pipfreeze_lock.image.layers import FileTree
from pipfreeze_lock.weigh.weighing import weigh


def test_nothing_is_hidden_in_one_layer() -> None:
    weight = weighed({"a/b": "12", "c": "345"})
    assert (weight.total, weight.hidden_size, weight.hidden) == (5, 0, ())


def test_a_file_that_a_later_layer_replaces() -> None:
    weight = weighed({"a/b": "12"}, {"c": ""}, {"a/b": "345"})
    assert hidden(weight) == {"/a/b": (2, 0, 2, True)}
    assert (weight.total, weight.hidden_size) == (5, 2)


def test_a_file_that_is_replaced_twice_is_hidden_by_the_first() -> None:
    weight = weighed({"a": "1"}, {"a": "22"}, {"a": "333"})
    assert [(one.size, one.layer.index, one.hidden_by.index) for one in weight.hidden] == [(2, 1, 2), (1, 0, 1)]
    assert [layer.hidden for layer in weight.layers] == [1, 2, 0]


def test_whiteouts_of_files_and_folders() -> None:
    weight = weighed({"a/b": "12", "a/c": "3", "d/e/f": "4567"}, {"a/.wh.b": ""}, {".wh.d": ""})
    assert hidden(weight) == {"/a/b": (2, 0, 1, False), "/d/e/f": (4, 0, 2, False)}


def test_what_is_taken_away_and_made_anew_is_replaced() -> None:
    weight = weighed({"a/b": "12"}, {"a/.wh.b": "", "a/b": "3"})
    assert hidden(weight) == {"/a/b": (2, 0, 1, True)}
    weight = weighed({"a/b": "12"}, {"a/.wh.b": ""}, {"a/b": "3"})
    assert hidden(weight) == {"/a/b": (2, 0, 1, False)}


def test_opaque_folders() -> None:
    weight = weighed({"a/b": "12", "a/c/d": "3", "e": "4"}, {"a/.wh..wh..opq": "", "a/b": "5"})
    assert hidden(weight) == {"/a/b": (2, 0, 1, True), "/a/c/d": (1, 0, 1, False)}


def test_an_opaque_folder_keeps_what_its_own_layer_has() -> None:
    weight = weighed({"a/b": "12"}, {"a/new": "345", "a/.wh..wh..opq": ""})
    assert hidden(weight) == {"/a/b": (2, 0, 1, False)}
    assert weight.layers[1].hidden == 0


def test_a_folder_in_place_of_a_file_and_the_other_way_round() -> None:
    assert hidden(weighed({"a": "12"}, {"a/b": "3"})) == {"/a": (2, 0, 1, True)}
    assert hidden(weighed({"a/b/c": "12"}, {"a": "3"})) == {"/a/b/c": (2, 0, 1, False)}
    assert hidden(weighed({"a/b/c": "12"}, {"a": Link("d")})) == {"/a/b/c": (2, 0, 1, False)}


def test_links_and_devices_in_place_of_a_file() -> None:
    assert hidden(weighed({"a": "12"}, {"a": Link("b")})) == {"/a": (2, 0, 1, True)}
    assert hidden(weighed({"a": "12"}, {"a": Device(1, 3)})) == {"/a": (2, 0, 1, True)}


def test_a_whiteout_of_overlayfs_itself() -> None:
    weight = weighed({"a/b": "12"}, {"a/b": Device(0, 0)})
    assert set(hidden(weight)) == {"/a/b"}


def test_hard_links_count_once() -> None:
    weight = weighed({"a": "1234", "b": HardLink("a"), "c/d": HardLink("a")})
    assert weight.total == 4
    assert sum(part.files for part in weight.layers[0].parts) == 1


def test_a_file_is_seen_while_one_of_its_names_is() -> None:
    weight = weighed({"a": "1234", "b": HardLink("a")}, {".wh.a": ""})
    assert weight.hidden == ()
    weight = weighed({"a": "1234", "b": HardLink("a")}, {".wh.a": ""}, {"b": "5"})
    assert hidden(weight) == {"/a": (4, 0, 2, True)}


def test_a_hard_link_to_a_lower_layer_keeps_that_file() -> None:
    weight = weighed({"a": "1234"}, {"b": HardLink("a"), ".wh.a": ""})
    assert weight.hidden == ()
    assert [layer.total for layer in weight.layers] == [4, 0]


def test_a_path_that_comes_twice_in_one_tar() -> None:
    weight = weighed([("a", "12"), ("b", "345"), ("a", "6")])
    assert (weight.total, weight.hidden_size) == (6, 2)
    (sentence,) = weight.unchecked
    assert sentence.startswith("which files 2 B of layer 1 are")


def test_a_layer_that_is_there_twice_ships_twice() -> None:
    """A registry's image has it once, and its contents are the same object."""
    contents = scanned({"a": "1234"}, 0, with_all_files).contents
    other = scanned({"b": ""}, 1, with_all_files).contents
    infos = [scanned({}, index, with_all_files).info for index in range(3)]
    layers = tuple(
        ScannedLayer(info=info, contents=one) for info, one in zip(infos, (contents, other, contents), strict=True)
    )
    image = ScannedImage(name="image", digest=None, config=ImageConfig(), layers=layers)
    weight = weigh(image, FileTree(layers), [], subject="image")
    assert [layer.total for layer in weight.layers] == [4, 0, 4]
    assert hidden(weight) == {"/a": (4, 0, 2, True)}


def test_empty_files_hide_nothing() -> None:
    assert weighed({"a": ""}, {"a": "1"}).hidden == ()


def test_equal_contents_are_told_with_digests_alone() -> None:
    layers = ({"a": "12", "b": "34", "c": "5", "d": "6"}, {"a": "12", "b": "56", "c": "78", ".wh.d": ""})
    with_digests = {one.path: one.is_equal for one in weighed(*layers, duplicates=True).hidden}
    assert with_digests == {"/a": True, "/b": False, "/c": False, "/d": None}
    without = {one.path: one.is_equal for one in weighed(*layers).hidden}
    assert without == {"/a": None, "/b": None, "/c": False, "/d": None}


def test_repeated_contents() -> None:
    weight = weighed(
        {"a": "same", "b/c": "same", "d": HardLink("a"), "e": "other", "f": "", "g": ""},
        {"h": "same", "b/i": "gone"},
        {"b/.wh.i": "", "j": "gone", "k": "other"},
        duplicates=True,
    )
    assert weight.repeated is not None
    assert [(one.size, one.paths, one.spare) for one in weight.repeated] == [
        (4, ("/a", "/b/c", "/h"), 8),
        (5, ("/e", "/k"), 5),
    ]
    assert weighed({"a": "1", "b": "1"}).repeated is None
