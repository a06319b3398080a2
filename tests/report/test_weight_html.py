"""The page of an image's weight: what stands in it, that nothing in it can do anything but our script, and its size."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from base64 import b64encode
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from support.any_weights import HOSTILE, any_weights, hostile_weight, many_parts, plain_weight
from support.weight_examples import example_weight

from pipfreeze_lock.report.weight_html import render

if TYPE_CHECKING:
    from pipfreeze_lock.model.weight import ImageWeight

ROOT = Path(__file__).parents[2]
HOME = "/root"
"""Of root, in any image."""
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
LOADING = {"src", "href", "srcset", "action", "formaction", "poster", "background", "ping", "data", "style", "srcdoc"}
TAGS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "div",
        "p",
        "h1",
        "h2",
        "bdi",
        "wbr",
        "button",
        "main",
        "noscript",
        "fieldset",
        "legend",
        "label",
        "input",
        "span",
        "output",
        "nav",
        "ol",
        "ul",
        "li",
        "kbd",
        "aside",
        "section",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "strong",
        "code",
        "details",
        "summary",
        "footer",
        "script",
        "svg",
        "rect",
        "g",
        "text",
        "tspan",
        "desc",
        "defs",
        "pattern",
        "path",
    ]
)


class Page(HTMLParser):
    """A page taken to pieces, as a browser without scripts does."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.texts: list[str] = []
        self._open = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag
        if tag in {"script", "style"}:
            (self.scripts if tag == "script" else self.styles).append("")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  HTMLParser's
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in {"script", "style"}:
            (self.scripts if self._open == "script" else self.styles)[-1] += data
        else:
            self.texts.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.texts).split())

    @property
    def data(self) -> Any:
        return json.loads(self.scripts[0])

    @property
    def policy(self) -> str:
        return next(
            str(attributes["content"])
            for tag, attributes in self.elements
            if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
        )


def digest(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def hold_to_be_harmless(text: str) -> Page:
    """Hold a page to have our elements alone, no more scripts than ours, and nothing that loads or runs."""
    page = Page(text)
    assert {tag for tag, _ in page.elements} <= TAGS
    assert len(page.scripts) == 2
    assert len(page.styles) == 2
    for _, attributes in page.elements:
        assert not LOADING & set(attributes), attributes
        assert not any(name.startswith("on") for name in attributes), attributes
    assert not UNSEEN.search(text)
    assert "<" not in page.scripts[0]
    return page


def test_the_data_of_the_script_have_all_bytes() -> None:
    weight = example_weight()
    data = Page(render(weight)).data
    sizes = [sum(part[5::2]) for part in data["parts"]]
    assert sum(sizes) == weight.total
    assert sum(part[3] for part in data["parts"]) == weight.hidden_size
    by_layer = [0] * len(weight.layers)
    for part, size in zip(data["parts"], sizes, strict=True):
        by_layer[part[0]] += size
    assert by_layer == [layer.total for layer in weight.layers]
    names = {(owner[1], owner[3]) for owner in data["owners"]}
    assert {("numpy", "/usr/local"), ("numpy", "/opt/venv"), ("click", "/usr/local")} <= names


def test_largest_files_are_told_by_their_owner() -> None:
    data = Page(render(plain_weight())).data
    number = next(place for place, owner in enumerate(data["owners"]) if owner[1] == "numpy")
    start, *rests = data["largest"][str(number)]
    assert [[start + path, size] for path, size in rests] == [
        ["/site-packages/numpy/a.py", 30_000],
        ["/site-packages/numpy/b.py", 9],
    ]


def test_tables_are_there_without_a_script() -> None:
    page = Page(render(example_weight()))
    for words in (
        "Savings",
        "Layers",
        "Distributions",
        "Hidden files",
        "Stored twice",
        f"{HOME}/.cache/pip/http/a/b",
        "Layer 2, taken away in layer 4",
        "Layer 3, replaced by the same contents in layer 5",
        "/app/copy.py /app/main.py",
        "pip install --no-cache-dir",
    ):
        assert words in page.words.replace("/ ", "/"), words


def test_the_policy_lets_our_scripts_and_styles_pass_and_nothing_else() -> None:
    page = Page(render(plain_weight()))
    assert page.policy.split("; ") == [
        "default-src 'none'",
        f"script-src {digest(page.scripts[1])}",
        f"style-src {digest(page.styles[0])} {digest(page.styles[1])}",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_it_names_no_other_place() -> None:
    text = render(plain_weight())
    assert set(re.findall(r"[a-z]+://[^\"' )<]*", text)) == {"http://www.w3.org/2000/svg"}
    assert "@import" not in text
    assert "fetch(" not in text


def test_hostile_names_stay_text() -> None:
    page = hold_to_be_harmless(render(hostile_weight()))
    for name in HOSTILE[:6]:
        assert " ".join(name.split()) in page.words
        assert any(owner[1] == name for owner in page.data["owners"])
    assert "\\u202egpj.exe\\u2066" in page.words
    assert "שלום-עולם" in page.words


@given(any_weights)
@settings(max_examples=60, deadline=None)
def test_any_weight_is_a_harmless_page(weight: ImageWeight) -> None:
    page = hold_to_be_harmless(render(weight))
    assert sum(sum(part[5::2]) for part in page.data["parts"]) == weight.total


def test_files_beyond_the_largest_are_counted() -> None:
    text = render(many_parts())
    assert "The 500 largest; 19,500 more have " in text
    assert text.count("module_499.so</span>") == 1
    assert "module_500.so</span>" not in text


def test_five_thousand_parts_are_a_page_of_less_than_two_megabytes() -> None:
    assert len(render(many_parts()).encode()) < 2_000_000


def test_an_image_without_anything() -> None:
    weight = replace(plain_weight(), layers=(), distributions=(), digest=None)
    page = hold_to_be_harmless(render(weight))
    assert "0 B in 0 layers, 0 distributions" in page.words
    assert "Distributions" not in page.words


PROGRAM = (
    "import sys; sys.path[:0] = sys.argv[1:];"
    "import pipfreeze_lock; from pipfreeze_lock.report.weight_html import render;"
    "from support.any_weights import plain_weight;"
    "sys.stderr.write(pipfreeze_lock.__file__); sys.stdout.reconfigure(encoding='utf-8', newline='\\n');"
    "sys.stdout.write(render(plain_weight()))"
)


def test_it_is_the_same_from_an_installed_wheel_and_for_any_order_of_hashes(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    arguments = [sys.executable, "-c", PROGRAM, str(tmp_path / "site"), str(ROOT / "tests")]
    ran = subprocess.run(
        arguments, cwd=tmp_path, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": "77"}
    )
    assert Path(ran.stderr.decode()).is_relative_to(tmp_path / "site")
    assert ran.stdout.decode() == render(plain_weight())


@pytest.mark.parametrize("count", [1, 2])
def test_environments_are_named_where_there_are_several(count: int) -> None:
    weight = plain_weight()
    distributions = [
        replace(one, environment=f"/opt/{place % count}") for place, one in enumerate(weight.distributions)
    ]
    words = Page(render(replace(weight, distributions=tuple(distributions)))).words
    assert ("/opt/0" in words) is (count == 2)
