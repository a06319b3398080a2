"""What moved between locks as the body of a pull request and as JSON: golden, and whatever the strings are."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import needs
from support.json_schemas import closed_schema

from pipfreeze_lock import __version__
from pipfreeze_lock.model.lock import LockedSet, Pin, Via
from pipfreeze_lock.model.lock_review import HeldBack, LockReview, PinnedFile
from pipfreeze_lock.model.requirement import IndexOptions
from pipfreeze_lock.model.url import Url
from pipfreeze_lock.report.changes import changes
from pipfreeze_lock.report.changes_json import as_json
from pipfreeze_lock.report.changes_markdown import LIMIT, as_markdown
from pipfreeze_lock.report.lock_difference import Asked, LockDifference
from pipfreeze_lock.report.markdown_text import code, row
from pipfreeze_lock.report.public_text import public_text

SCHEMA = Path(__file__).parents[2] / "docs" / "lock-diff.schema.json"
A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64
NOW = Asked(at=datetime(2021, 4, 16, 4, 17, tzinfo=UTC))
PAST = Asked(at=NOW.at, exclude_newer=datetime(2021, 4, 16, tzinfo=UTC))
TARGET = "cpython 3.6.8 cp36m linux/amd64 glibc-2.24 pip-19.1.1"
COMPILED = "compiled in the image: its wheel needs pip >= 19.3 (manylinux2014)"


def pin(name: str, version: str, *via: Via, hashes=(A,), **words) -> Pin:
    return Pin(name=name, version=version, hashes=hashes, via=via, **words)


def asks(name: str, constraint: str = "", **words) -> Via:
    return Via("distribution", name, constraint=constraint, **words)


def line(constraint: str = "", path: str = "requirements.txt") -> Via:
    return Via("-r", path, constraint=constraint)


def file(filename: str, size: int | None = 1_000, uploaded: str | None = None, **words) -> PinnedFile:
    return PinnedFile(state="offered", filename=filename, size=size, uploaded=uploaded, **words)


def lock(*pins: Pin, **words) -> LockedSet:
    return LockedSet(**({"command": "c", "target": TARGET, "options": IndexOptions(), "pins": pins} | words))


def difference(old: LockedSet, new: LockedSet, **words) -> LockDifference:
    """Give one in which each pin's file is a wheel of 1 kB, unless the words have another review."""

    def files(one: LockedSet) -> dict[str, PinnedFile]:
        return {str(pin.name): file(f"{pin.name}-{pin.version}-py3-none-any.whl") for pin in one.pins}

    fields = {
        "path": "requirements.lock",
        "target": TARGET,
        "command": "pipfreeze-lock lock --upgrade --base-image python:3.6.8 requirements.txt",
        "is_new": False,
        "changes": changes(old, new),
        "review": LockReview(old=files(old), new=files(new), held=()),
    }
    return LockDifference(**(fields | words))


OLD = lock(
    pin("absl-py", "0.9", asks("tensorboard", ">=0.4")),
    pin("cryptography", "3.2.1", asks("sdk", "<3.3,>=2.9")),
    pin("grpcio", "1.34.1", asks("tensorboard", ">=1.24.3")),
    pin("idna", "2.10", asks("requests", "<3,>=2.5")),
    pin("markupsafe", "1.1.1", asks("jinja2")),
    pin("pyyaml", "5.3.1", notes=(COMPILED,)),
    pin("sdk", "2.13.30", line()),
    pin("six", "1.15.0", asks("absl-py")),
    pin("termcolor", "1.1.0", asks("absl-py")),
    pin("tensorboard", "2.0", line()),
    pin("wrapt", "1.12.1"),
)
NEW = lock(
    pin("absl-py", "0.9", asks("tensorboard", ">=0.7")),
    pin("cryptography", "3.4.7", asks("sdk", ">=2.9")),
    pin("grpcio", "1.37.0", asks("tensorboard", ">=1.36"), notes=(COMPILED,)),
    pin("idna", "2.9", asks("requests", "<3,>=2.5")),
    pin("markupsafe", "1.1.1", asks("jinja2"), hashes=(B,)),
    pin("pyyaml", "5.4.1"),
    pin("requests", "2.22.0", line("==2.22.0"), extras=("socks",)),
    pin("sdk", "2.13.33", line()),
    pin("six", "1.15.0", asks("absl-py"), extras=("x",)),
    pin("tensorboard", "2.1", line()),
    pin("wrapt", "1.12.1"),
    target=TARGET.replace("19.1.1", "21.3.1"),
    options=IndexOptions(index_url=Url("https://user:secret@index.example/simple/")),
)
PAGE = "https://default.example/project"
REVIEW = LockReview(
    old={
        "absl-py": file("absl_py-0.9.tar.gz", 103_000, "2019-12-18T00:00:00Z"),
        "cryptography": file("cryptography-3.2.1-cp35-abi3-manylinux1_x86_64.whl", 2_600_000, "2020-10-28T01:00:00Z"),
        "grpcio": file("grpcio-1.34.1-cp36-cp36m-manylinux1_x86_64.whl", 3_800_000, "2021-01-13T00:00:00Z"),
        "idna": file("idna-2.10-py2.py3-none-any.whl", 58_000, "2020-06-27T00:00:00Z", yanked="see #12, @who"),
        "markupsafe": PinnedFile(state="gone"),
        "pyyaml": file("PyYAML-5.3.1.tar.gz", 269_400, "2020-03-18T00:00:00Z"),
        "sdk": file("sdk-2.13.30-py3-none-any.whl", 440_200, "2020-11-30T00:00:00Z"),
        "six": file("six-1.15.0-py2.py3-none-any.whl", 10_000),
        "tensorboard": file("tensorboard-2.0-py3-none-any.whl", 3_000_000, "2019-10-01T00:00:00Z"),
        "termcolor": file("termcolor-1.1.0-py3-none-any.whl", 4_000),
        "wrapt": file("wrapt-1.12.1.tar.gz", 27_000),
    },
    new={
        "absl-py": file("absl_py-0.9.tar.gz", 103_000, "2019-12-18T00:00:00Z"),
        "cryptography": file(
            *("cryptography-3.4.7-cp36-abi3-manylinux1_x86_64.whl", 3_100_000, "2021-03-25T00:00:00Z"),
            release_page=f"{PAGE}/cryptography/3.4.7/",
        ),
        "grpcio": file("grpcio-1.37.0.tar.gz", 21_600_000, "2021-04-07T00:00:00Z"),
        "idna": file("idna-2.9-py2.py3-none-any.whl", 58_000, "2020-02-16T00:00:00Z"),
        "markupsafe": file("MarkupSafe-1.1.1-cp36-cp36m-manylinux2010_x86_64.whl", 32_200, "2021-01-29T00:00:00Z"),
        "pyyaml": file("PyYAML-5.4.1-cp36-cp36m-manylinux1_x86_64.whl", 640_800, "2021-01-20T00:00:00Z"),
        "requests": file("requests-2.22.0-py2.py3-none-any.whl", None),
        "sdk": file("sdk-2.13.33-py3-none-any.whl", 440_200, "2021-04-02T00:00:00Z", yanked="broken | on *Windows*"),
        "six": file("six-1.15.0-py2.py3-none-any.whl", 10_000),
        "tensorboard": file("tensorboard-2.1-py3-none-any.whl", 3_800_000, "2020-01-09T00:00:00Z"),
        "wrapt": file("wrapt-1.12.1.tar.gz", 27_000),
    },
    held=(
        HeldBack(
            name="requests", version="2.22.0", newer="2.25.1", uploaded="2020-12-16T19:45:00Z", by=(line("<2.23"),)
        ),
        HeldBack(
            name="six", version="1.15.0", newer="1.16", uploaded=None, reasons=("it needs `a>=2`, and the lock has 1",)
        ),
        HeldBack(
            name="h5py", version="2.0", newer="3.2.1", uploaded=None, reasons=("it needs Python >=3.7",), is_image=True
        ),
        HeldBack(
            name="numpy", version="1.0", newer="1.20", uploaded=None, reasons=("it needs Python >=3.7",), is_image=True
        ),
    ),
)
WHOLE = difference(OLD, NEW, review=REVIEW)


def test_the_whole_body() -> None:
    assert (
        as_markdown([WHOLE], NOW).replace(__version__, "VERSION")
        == f"""\
### `requirements.lock`: 5 upgraded, 1 downgraded, 1 added, 1 removed, 1 rehashed, 1 with other extras, 1 asked for otherwise

For `{TARGET}`. pip fetches 11 files, 29.8 MB but for 1 of unknown size; by the old lock 11 files, 10.3 MB but for 1 of unknown size.

- **No longer offered:** `markupsafe 1.1.1`. No file there has the hash of the old pin: it installs no more.
- **Yanked:** `sdk-2.13.33-py3-none-any.whl`, with the reason `broken | on *Windows*`
- **Compiled in the image:** `grpcio 1.37.0`, since `its wheel needs pip >= 19.3 (manylinux2014)`

- `target`: `{TARGET}` → `cpython 3.6.8 cp36m linux/amd64 glibc-2.24 pip-21.3.1`
- `option`: added `--index-url …`

| distribution | | old | new | pip fetches | why |
|---|---|---|---|---|---|
| `cryptography` | upgraded | `3.2.1`<br>2020-10-28 | [`3.4.7`]({PAGE}/cryptography/3.4.7/)<br>2021-03-25 | 2.6 MB → 3.1 MB (+500.0 kB) | no longer held by `sdk (<3.3,>=2.9)` (upgraded) |
| `grpcio` | upgraded | `1.34.1`<br>2021-01-13 | `1.37.0`<br>2021-04-07 | 3.8 MB → 21.6 MB (+17.8 MB)<br>compiled in the image | for `tensorboard (>=1.36)` (upgraded) |
| `pyyaml` | upgraded | `5.3.1`<br>2020-03-18 | `5.4.1`<br>2021-01-20 | 269.4 kB → 640.8 kB (+371.4 kB)<br>no longer compiled | a newer release |
| `sdk` | upgraded | `2.13.30`<br>2020-11-30 | `2.13.33`<br>2021-04-02 | 440.2 kB<br>yanked | a newer release |
| `tensorboard` | upgraded | `2.0`<br>2019-10-01 | `2.1`<br>2020-01-09 | 3.0 MB → 3.8 MB (+800.0 kB) | a newer release |
| `idna` | downgraded | `2.10`<br>2020-06-27 | `2.9`<br>2020-02-16 | 58.0 kB | the old one is yanked: `see #12, @who` |
| `requests` | added |  | `[socks] 2.22.0` | unknown size | for `-r requirements.txt (==2.22.0)` |
| `termcolor` | removed | `1.1.0` |  | 4.0 kB less | no longer asked for by `absl-py` |
| `markupsafe` | rehashed | `1.1.1` | `1.1.1`<br>2021-01-29 | no longer offered → 32.2 kB | another file of the same release |
| `six` | extras | `1.15.0` | `[x] 1.15.0` | 10.0 kB | `[]` → `[x]` |

#### Newer releases held back

- `requests 2.25.1` (2020-12-16) is held at `2.22.0` by `requirements.txt (<2.23)`
- `six 1.16` is held at `1.15.0` since `it needs a>=2, and the lock has 1`

<details><summary>2 newer releases without a file for this image</summary>

- `needs Python >=3.7`: `h5py 3.2.1`, `numpy 1.20`

</details>

<details><summary>1 distribution asked for otherwise, and installed as before</summary>

- `absl-py`: no more `tensorboard (>=0.4)`; now `tensorboard (>=0.7)`

</details>

<details><summary>How this was made</summary>

By pipfreeze-lock VERSION, from the index as it was on 2021-04-16 at 04:17 UTC:

- `pipfreeze-lock lock --upgrade --base-image python:3.6.8 requirements.txt`

</details>
"""
    )


def test_nothing_moved() -> None:
    body = as_markdown([difference(OLD, OLD)], PAST)
    assert body.startswith("### `requirements.lock`: nothing changed\n")
    assert "by the old lock 11 files, 11.0 kB (±0 B)." in body
    assert "|" not in body
    assert (
        "with files uploaded before 2021-04-16T00:00:00Z; what was yanked or deleted since counts as it is today"
        in body
    )


def test_there_was_no_lock() -> None:
    body = as_markdown([difference(lock(), NEW, is_new=True)], NOW)
    assert "pip fetches 11 files, 11.0 kB; there was no lock before." in body
    assert "by the old lock" not in body


def test_several_locks_in_one_body() -> None:
    body = as_markdown([WHOLE, replace(WHOLE, path="requirements.linux-arm64.lock", command="other")], NOW)
    headings = [one.partition(":")[0] for one in body.splitlines() if one.startswith("### ")]
    assert headings == ["### `requirements.lock`", "### `requirements.linux-arm64.lock`"]
    assert body.count("How this was made") == 1
    assert body.endswith(
        "- `pipfreeze-lock lock --upgrade --base-image python:3.6.8 requirements.txt`\n- `other`\n\n</details>\n"
    )


# JSON


def test_the_schema_requires_every_member() -> None:
    def objects(node):
        if isinstance(node, dict):
            if isinstance(node.get("properties"), dict):
                yield node
            for value in node.values():
                yield from objects(value)
        elif isinstance(node, list):
            for value in node:
                yield from objects(value)

    for one in objects(json.loads(SCHEMA.read_text(encoding="utf-8"))):
        assert sorted(one["required"]) == sorted(one["properties"])


def test_json_says_all_that_the_body_does() -> None:
    document = json.loads(as_json([WHOLE], PAST))
    closed_schema("lock-diff.schema.json").validate(document)
    assert (document["asked_at"], document["exclude_newer"]) == ("2021-04-16T04:17:00Z", "2021-04-16T00:00:00Z")
    (one,) = document["locks"]
    assert one["counts"]["upgraded"] == 5
    assert one["installs_differ"] is True
    assert one["fetched"]["old"] == {"files": 11, "bytes": 10_311_600, "unknown": 1}
    by_name = {change["name"]: change for change in one["changes"]}
    assert by_name["cryptography"]["freed_by"][0]["text"] == "sdk (<3.3,>=2.9)"
    assert by_name["cryptography"]["new"]["file"]["release_page"] == f"{PAGE}/cryptography/3.4.7/"
    assert by_name["markupsafe"]["old"]["file"]["state"] == "gone"
    assert by_name["requests"]["old"] is None
    assert by_name["termcolor"]["new"] is None
    assert one["held_back"][0]["by"][0]["parent"] == "requirements.txt"
    assert [held["is_image"] for held in one["held_back"]] == [False, False, True, True]


# Places are nobody's business

SECRET = "https://user:t0ken@files.corp.example/t/t0ken/a-1.0-py3-none-any.whl?sig=t0ken#egg=t0ken"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (SECRET, "…/a-1.0-py3-none-any.whl"),
        ("@ git+ssh://git@git.corp.example/team/a@main", "@ …"),
        ("file:///home/me/wheels/b-1.tar.gz", "…/b-1.tar.gz"),
        ("--index-url https://index.corp.example/simple/ a.txt", "--index-url … a.txt"),
        ("--trusted-host index.corp.example --pre", "--trusted-host … --pre"),
        ("--find-links '../a b' --extra-index-url=http://x a.txt", "--find-links … --extra-index-url=… a.txt"),
        ("moved to https://corp.example/x, see there", "moved to …, see there"),
        ("it needs Python >=3.7", "it needs Python >=3.7"),
        ("a\u202eb\x1b[1m", "a\\u202eb\\x1b[1m"),
    ],
)
def test_a_text_for_all_names_no_place(text: str, shown: str) -> None:
    assert public_text(text) == shown


def test_no_format_tells_where_files_come_from() -> None:
    via = Via("-r", "https://user:t0ken@git.corp.example/base.txt", constraint=f"@ {SECRET}")
    options = IndexOptions(
        index_url=Url("https://u:t0ken@index.corp.example/simple"),
        extra_index_urls=(Url("https://t0ken@other.corp.example/"),),
        find_links=("https://links.corp.example/t0ken/",),
        trusted_hosts=("index.corp.example",),
    )
    old = lock(pin("a", "0.9", via, url=SECRET.replace("1.0", "0.9")))
    new = lock(
        pin("a", "1.0", via, url=SECRET),
        pin("b", "1", replace(via, marker="x == 'https://corp.example/'"), notes=("from https://corp.example/",)),
        options=options,
    )
    held = HeldBack(name="b", version="1", newer="2", uploaded="https://corp.example/", by=(via,))
    gone = PinnedFile(state="offered", filename="https://corp.example/b", yanked="see https://corp.example/1", size=1)
    one = difference(
        old,
        new,
        command="pipfreeze-lock lock --index-url https://index.corp.example/simple --trusted-host index.corp.example",
        review=LockReview(old={"a": gone}, new={"a": gone, "b": gone}, held=(held,)),
    )
    for text in (as_markdown([one], NOW), as_json([one], NOW)):
        assert "corp.example" not in text
        assert "t0ken" not in text
        assert "a-1.0-py3-none-any.whl" in text


# Attacks


class Page(HTMLParser):
    """What a renderer made of a body."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.codes: list[str] = []
        self.plain = ""
        self.rows: list[int] = []
        self._depth = 0
        markdown_it = needs.module("markdown_it")
        renderer = markdown_it.MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
        self.feed(renderer.render(text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "a":
            self.links.append(dict(attrs).get("href"))
        if tag == "code":
            self._depth += 1
            self.codes.append("")
        if tag == "tr":
            self.rows.append(0)
        if tag == "td":
            self.rows[-1] += 1

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == "code"

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.codes[-1] += data
        else:
            self.plain += data


OURS = {
    "h3",
    "h4",
    "p",
    "ul",
    "li",
    "code",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "br",
    "a",
    "details",
    "summary",
    "strong",
}
evil = st.text(st.sampled_from("Ω`|\\<>@#[]()*_~!&;: \n\t\"'ab/x.\u202e"), min_size=1, max_size=12).map(
    lambda text: f"Ω{text}Ω"
)


def attacked(text: str) -> LockDifference:
    via = Via("-r", text, extra=text, constraint=text, marker=text)
    asked = asks("b", "", marker=text)
    held = (
        HeldBack(name="a", version=text, newer=text, uploaded=text, by=(via,)),
        HeldBack(name="b", version=text, newer=text, uploaded=None, reasons=(text,)),
        HeldBack(name="c", version=text, newer=text, uploaded=None, reasons=(text,), is_image=True),
    )
    found = file(text, 1, text, yanked=text)
    review = LockReview(old={"a": replace(found, state="gone", size=None)}, new={"a": found, "b": found}, held=held)
    old = lock(pin("a", text, via), pin("c", "1", asked))
    new = lock(
        pin("a", f"{text}2", asked, extras=(text,), notes=(f"compiled in the image: {text}",)),
        pin("b", text, via, url=text),
        pin("c", "1", via),
        target=text,
        remarks=((text, text),),
    )
    return difference(old, new, path=text, target=text, command=text, review=review)


@settings(deadline=None)
@given(evil)
def test_what_others_wrote_stays_code(text: str) -> None:
    """No mention, no reference, no link, no element, no cell: whoever publishes a release cannot write the body."""
    page = Page(as_markdown([attacked(text)], NOW))
    assert "Ω" not in page.plain
    assert page.links == []
    assert set(page.tags) <= OURS
    assert page.rows == [0, 6, 6]
    assert page.tags.count("details") == 3
    json_page = json.loads(as_json([attacked(text)], NOW))
    assert json_page["locks"][0]["changes"][0]["old"]["version"] == public_text(text)


@settings(deadline=None)
@given(evil)
def test_a_cell_shows_the_text(text: str) -> None:
    page = Page("\n".join(["| a | b |", "|---|---|", row([code(text), "end"])]))
    assert page.rows == [0, 2]
    (shown,) = page.codes
    wanted = re.sub(r"(\\+)\|", r"\1 |", " ".join(public_text(text).split()))
    assert " ".join(shown.split()) == wanted


@pytest.mark.parametrize(
    "text", ["@someone", "#123", "org/repo#1", "a|b", "a\\|b", "`` ` ``", "", " ", "<!-- x", "</details>", "x" * 9_999]
)
def test_texts_that_renderers_know(text: str) -> None:
    page = Page(as_markdown([attacked(text)], NOW))
    assert page.rows == [0, 6, 6]
    assert "someone" not in page.plain
    assert page.links == []
    assert page.tags.count("details") == 3


# Length


def long(count: int, path: str = "requirements.lock") -> LockDifference:
    names = [f"distribution-{number:04}" for number in range(count)]
    old = lock(*(pin(name, "1.0", asks("parent", ">=1")) for name in names))
    new = lock(*(pin(name, "2.0", asks("parent", ">=2")) for name in names))
    held = tuple(HeldBack(name=name, version="2.0", newer="3.0", uploaded=None, by=(line("<3"),)) for name in names)
    one = difference(old, new, path=path)
    return replace(one, review=replace(one.review, held=held))


def test_a_body_that_is_too_long_is_cut_by_rows() -> None:
    body = as_markdown([long(2_000)], NOW)
    assert LIMIT - 300 < len(body.encode("utf-16-le")) // 2 <= LIMIT
    page = Page(body)
    shown = len(page.rows) - 1
    assert 200 < shown < 2_000
    assert f"{2_000 - shown} more, for which there is no room here: " in body
    assert body.count("--diff-format json") == 2
    assert "### `requirements.lock`: 2000 upgraded" in body
    assert "How this was made" in body


def test_what_fits_is_not_cut() -> None:
    assert "no room" not in as_markdown([long(100)], NOW)


@pytest.mark.parametrize("count", [50, 300, 3_000])
def test_of_many_long_locks_each_is_named_while_there_is_room(count: int) -> None:
    body = as_markdown([long(20 if count < 3_000 else 1, path=f"{number}.lock") for number in range(count)], NOW)
    assert len(body) <= LIMIT
    headings = sum(one.startswith("### ") for one in body.splitlines())
    assert headings == count if count < 3_000 else headings > 900
    assert "How this was made" in body
