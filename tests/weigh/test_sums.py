"""Totals are exact: they add up to what tarfile finds, and what is seen to what the tree of all layers has."""

from __future__ import annotations

import io
import tarfile
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from support.file_trees import scanned
from support.image_archives import Device, HardLink, Link, layer
from support.weighed_images import weighed

from pipfreeze_lock.image.interest import with_all_files
from pipfreeze_lock.image.layers import FileTree

NAMES = ("a", "b", "a/x", "a/y", "a/y/z", "root/.cache/pip/w", "lib/python3.6/re.py")
CONTENTS = st.one_of(
    st.text("0123456789", max_size=12),
    st.none(),
    st.just(Link("b")),
    st.just(Device(1, 3)),
    st.sampled_from([HardLink("a/x"), HardLink("b")]),
)
MARKS = ("a/.wh.x", ".wh.a", "a/.wh..wh..opq", "a/y/.wh.z", ".wh.b")


@st.composite
def layers(draw: st.DrawFn) -> list[list[tuple[str, Any]]]:
    """Give up to four layers; paths may come twice, as files, folders or links."""
    entry = st.one_of(st.tuples(st.sampled_from(NAMES), CONTENTS), st.tuples(st.sampled_from(MARKS), st.just("")))
    return draw(st.lists(st.lists(entry, max_size=8), min_size=1, max_size=4))


@settings(max_examples=300, deadline=None)
@given(layers())
def test_totals(made: list[list[tuple[str, Any]]]) -> None:
    made = [unpackable(entries) for entries in made]
    weight = weighed(*made)
    for entries, one in zip(made, weight.layers, strict=True):
        with tarfile.open(fileobj=io.BytesIO(layer(entries))) as archive:
            assert one.total == sum(member.size for member in archive if member.isreg())
        assert 0 <= one.hidden <= one.total
        assert one.hidden == sum(part.hidden for part in one.parts)
    tree = FileTree(scanned(entries, index, with_all_files) for index, entries in enumerate(made))
    seen = {id(found.entry.file): found.entry.file.size for found in tree.walk() if found.entry.file.kind == "file"}
    assert weight.total - weight.hidden_size == sum(seen.values())
    told = sum(one.size for one in weight.hidden)
    overwritten = sum(
        part.hidden for one in weight.layers for part in one.parts if part.owner.name.startswith("(overwritten")
    )
    assert told + overwritten == weight.hidden_size


def unpackable(entries: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Leave out links that lead nowhere or in circles: to themselves, and hard ones to what is not there as a file."""
    files: set[str] = set()
    kept = []
    for path, content in entries:
        if isinstance(content, HardLink | Link) and content.target == path:
            continue
        if isinstance(content, HardLink) and content.target not in files:
            continue
        if isinstance(content, str):
            files.add(path)
        else:
            files.discard(path)
        if "/" in path or content is None:
            files -= {one for one in files if path.startswith(f"{one}/")}
        kept.append((path, content))
    return kept
