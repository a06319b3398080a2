"""The weight of an image as text and as JSON."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.json_schemas import closed_schema
from support.weighed_images import weighed
from support.weight_examples import example_weight

from pipfreeze_lock.model.image import LayerInfo
from pipfreeze_lock.model.weight import KINDS, ImageWeight
from pipfreeze_lock.report import weight_json, weight_text
from pipfreeze_lock.report.weight_text import WeightPresentation

HOME = "/root"
"""Of root, in any image."""
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def weight() -> ImageWeight:
    return example_weight()


def document_of(weight: ImageWeight, **options: Any) -> dict[str, Any]:
    document = json.loads(weight_json.render(weight, **options))
    closed_schema("weight.schema.json").validate(document)
    return document


def test_json_by_its_schema(weight: ImageWeight) -> None:
    document = document_of(weight)
    assert document["size"] == sum(layer["size"] for layer in document["layers"])
    assert all(layer["size"] == sum(part["size"] for part in layer["parts"]) for layer in document["layers"])
    assert document["size"] == sum(document["kinds"].values())
    assert document["hidden"]["size"] == sum(one["size"] for one in document["hidden"]["largest"])
    assert {one["layer"] for one in document["layers"]} == {1, 2, 3, 4, 5}
    assert [one["equal"] for one in document["hidden"]["largest"]] == [None, True]
    assert document["repeated"][0]["paths"] == ["/app/copy.py", "/app/main.py"]
    assert {"no-cache-dir", "no-compile", "tests", "development-files", "build-tools", "hidden"} == {
        one["id"] for one in document["savings"]
    }


def test_json_without_what_nobody_looked_for() -> None:
    document = document_of(weighed({"a": "1"}))
    assert (document["repeated"], document["distributions"], document["savings"]) == (None, [], [])


def test_json_names_each_kind_of_the_model() -> None:
    schema = json.loads((DOCS / "weight.schema.json").read_text())
    assert tuple(schema["$defs"]["kinds"]["propertyNames"]["enum"]) == KINDS


def test_json_lists_a_thousand_hidden_files_or_all() -> None:
    files = {f"f{number}": "1" for number in range(1001)}
    weight = weighed(files, dict.fromkeys(files, ""))
    assert len(document_of(weight)["hidden"]["largest"]) == 1000
    assert document_of(weight)["hidden"]["files"] == 1001
    assert len(document_of(weight, is_whole=True)["hidden"]["largest"]) == 1001


@pytest.mark.parametrize("width", [80, 100, 120])
def test_lines_fit(weight: ImageWeight, width: int) -> None:
    text = weight_text.render(weight, WeightPresentation(width=width))
    tight = [line for line in text.splitlines() if not re.fullmatch(r" +\S+( \\)?", line)]
    assert max(map(len, tight)) <= width, [line for line in tight if len(line) > width]


def test_text(weight: ImageWeight) -> None:
    lines = weight_text.render(weight, WeightPresentation()).splitlines()
    assert lines[0] == "image: 7.8 MB in 5 layers, 3 distributions, 820.0 kB hidden (10.5 %)"
    for line in (
        "layer      bytes     hidden    files  made by",
        "    2     6.8 MB   700.0 kB       22  RUN step 1",
        "2 distributions in /usr/local: 4.0 MB",
        "    bytes    share  layer  name       most of it",
        "   3.9 MB   50.3 %      2  numpy 1.0  2.4 MB shared libraries, 900.0 kB tests",
        "1 distribution in /opt/venv: 2.0 MB",
        " 700.0 kB    9.0 %  cache of pip",
        " 400.0 kB    5.1 %  gcc 12-1",
        " 120.0 kB  layer 3, replaced in 5, the same again: /app/data.bin",
        f" 700.0 kB  layer 2, taken away in 4: {HOME}/.cache/pip/http/a/b",
        "The same contents under several paths: 90.0 kB more than once",
        "  50.0 kB  2 times: /app/copy.py",
        " 400.0 kB  about compilers, headers and version control of the system",
        "           RUN pip install --no-compile …",
    ):
        assert line in lines, "\n".join(lines)


def test_only_so_many_are_shown(weight: ImageWeight) -> None:
    text = weight_text.render(weight, WeightPresentation(most=1))
    assert "2 distributions in /usr/local: 4.0 MB; the 1 largest" in text
    assert "click 1.0" not in text
    assert "click 1.0" in weight_text.render(weight, WeightPresentation(most=None))


def test_small_savings_are_told_with_all() -> None:
    weight = weighed({"root/.cache/pip/a": "1"})
    assert "no-cache-dir" not in weight_text.render(weight, WeightPresentation())
    assert "no-cache-dir" in weight_text.render(weight, WeightPresentation(most=None))


def test_colour_adds_nothing_to_the_meaning(weight: ImageWeight) -> None:
    painted = weight_text.render(weight, WeightPresentation(paint=lambda text, style: f"<{style}>{text}</{style}>"))
    assert re.sub(r"</?(bold|warning)>", "", painted) == weight_text.render(weight, WeightPresentation())


def test_instructions_in_full(weight: ImageWeight) -> None:
    info = LayerInfo(index=0, digest=None, diff_id=None, instruction="RUN " + "word " * 40, size=3)
    long = replace(weight, layers=(replace(weight.layers[0], info=info), *weight.layers[1:]))
    assert re.search(r"RUN word word.*…$", weight_text.render(long, WeightPresentation()), re.MULTILINE)
    text = weight_text.render(long, WeightPresentation(verbose=True))
    assert text.count("word") == 40
    assert max(map(len, text.splitlines())) <= 80


def test_a_folder_has_no_layers_to_name() -> None:
    weight = example_weight()
    without = replace(weight, distributions=tuple(replace(one, layer=None) for one in weight.distributions))
    assert "    bytes    share  name       most of it" in weight_text.render(without, WeightPresentation())


def test_a_terminal_is_not_commanded() -> None:
    weight = weighed({"a\x1b[2J": "12"}, {"a\x1b[2J": ""})
    evil = replace(weight, subject="x\x1b]0;title\x07", unchecked=("y\x1b[1m",))
    text = weight_text.render(evil, WeightPresentation())
    assert "\x1b" not in text
    assert "\\x1b[2J" in text


def test_names_that_are_no_utf_8() -> None:
    weight = weighed({"a\udce9": "12"}, {"a\udce9": ""})
    weight_text.render(weight, WeightPresentation()).encode()
    assert document_of(weight)["hidden"]["largest"][0]["path"] == "/a\ufffd"
