"""``lock --diff-format`` and ``--diff-output``: what a scheduled job puts into its pull request."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from pip._internal.models.index import PyPI
from support.command_line import ROOT, TARGET, run
from support.packages import sdist, wheel

if TYPE_CHECKING:
    from support.distribution import Artifact
    from support.index_server import IndexServer

MARKDOWN = ("--diff-format", "markdown")
NEWS = wheel("b", "2.5", upload_time="2021-03-01T00:00:00Z", padding=500)
OLD_A = wheel("a", "1.0", requires=["b<2"], upload_time="2021-01-02T03:04:05Z")
NEW_A = wheel("a", "2.0", requires=["b>=2", "c"], upload_time="2021-02-03T00:00:00Z", padding=9_000)
OLD_B = wheel("b", "1.0", upload_time="2021-01-01T00:00:00Z")
OLD_D = wheel("d", "1.0", upload_time="2021-01-01T00:00:00Z")


@pytest.fixture
def moving(index_server: IndexServer, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> IndexServer:
    """Give an index on which things moved since the lock was made."""
    index_server.add(
        *(OLD_A, NEW_A, OLD_B, NEWS),
        wheel("b", "3.0", requires_python=">=3.12", upload_time="2021-03-02T00:00:00Z"),
        wheel("b", "4.0rc1", upload_time="2021-03-03T00:00:00Z"),
        wheel("b", "5.0", yanked="bad", upload_time="2021-03-03T00:00:00Z"),
        sdist("c", "1.0", style="backend", upload_time="2021-01-01T00:00:00Z", metadata_version="2.2"),
        OLD_D,
        wheel("d", "2.0", upload_time="2021-02-01T00:00:00Z"),
        wheel("d", "9.0", upload_time="2021-05-01T00:00:00Z"),
    )
    monkeypatch.setenv("PIPFREEZE_LOCK_INDEX_URL", index_server.url)
    (workplace / "requirements.txt").write_text("a\nd<2\n")
    ran = run("lock", *TARGET, "--exclude-newer", "2021-01-16")
    assert ran.code == 0, ran.said
    monkeypatch.setenv("PIPFREEZE_LOCK_EXCLUDE_NEWER", "2021-04-16")
    return index_server


def lock_text() -> str:
    return Path("requirements.lock").read_text()


def size(artifact: Artifact) -> int:
    return len(artifact.content)


def closed_schema() -> jsonschema.Validator:
    schema = json.loads((ROOT / "docs" / "lock-diff.schema.json").read_text())
    return jsonschema.Draft202012Validator(schema)


def differences(*arguments: str) -> dict[str, Any]:
    ran = run("lock", *arguments, "--upgrade", "--diff", "--diff-format", "json")
    assert ran.code == 0, ran.said
    document = json.loads(ran.out)
    closed_schema().validate(document)
    return document


# --- what is told ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("moving")
def test_the_body_of_a_pull_request() -> None:
    before = lock_text()
    ran = run("lock", "--upgrade", "--diff", *MARKDOWN)
    assert ran.code == 0, ran.said
    assert lock_text() == before
    lines = ran.out.splitlines()
    assert lines[0] == "### `requirements.lock`: 2 upgraded, 1 added"
    assert lines[2].startswith("For `cpython 3.11.7 cp311 linux/amd64 glibc-2.36 pip-25.3`. pip fetches 4 files, ")
    table = {row.split("|")[1].strip(): row for row in lines if row.startswith("| `")}
    assert list(table) == ["`a`", "`b`", "`c`"]
    assert "| upgraded | `1.0`<br>2021-01-02 | `2.0`<br>2021-02-03 | " in table["`a`"]
    assert table["`a`"].endswith("| a newer release |")
    assert "| for `a (>=2)` (upgraded); no longer held by `a (<2)` (upgraded) |" in table["`b`"]
    assert "<br>compiled in the image | for `a` (upgraded) |" in table["`c`"]
    assert "- **Compiled in the image:** `c 1.0`, since `this release has no wheel`" in lines
    assert "- `d 2.0` (2021-02-01) is held at `1.0` by `requirements.txt (<2)`" in lines
    assert "- `needs Python >=3.12`: `b 3.0`" in lines
    for unwanted in ("4.0rc1", "5.0", "9.0"):  # a pre-release, a yanked one, and one that came after the day
        assert unwanted not in ran.out
    assert "with files uploaded before 2021-04-16T00:00:00Z" in ran.out
    assert f"- `pipfreeze-lock lock --upgrade --index-url … {' '.join(sorted_target())}" in ran.out


def sorted_target() -> list[str]:
    pairs = sorted(zip(TARGET[::2], TARGET[1::2], strict=True))
    return [part for pair in pairs for part in pair]


@pytest.mark.usefixtures("moving")
def test_json_has_the_sizes_of_the_files() -> None:
    (one,) = differences()["locks"]
    by_name = {change["name"]: change for change in one["changes"]}
    files = {name: [side and side["file"] for side in (by_name[name]["old"], by_name[name]["new"])] for name in by_name}
    assert [file["size"] for file in files["a"]] == [size(OLD_A), size(NEW_A)]
    assert files["a"][0]["filename"] == OLD_A.filename
    assert files["a"][1]["uploaded"] == "2021-02-03T00:00:00Z"
    assert [file["size"] for file in files["b"]] == [size(OLD_B), size(NEWS)]
    assert files["c"][1]["is_compiled"] is True
    held = {(held["name"], held["newer"]): held for held in one["held_back"]}
    assert held["d", "2.0"]["by"][0]["text"] == "-r requirements.txt (<2)"
    assert held["b", "3.0"]["is_image"] is True
    assert len(held) == 2
    assert one["fetched"]["old"]["files"] == 3


@pytest.mark.usefixtures("moving")
def test_one_run_writes_the_lock_and_the_body() -> None:
    told = run("lock", "--upgrade", "--diff", *MARKDOWN).out
    before = lock_text()
    ran = run("lock", "--upgrade", "--diff-output", "body.md", *MARKDOWN)
    assert (ran.code, ran.out) == (0, "")
    assert Path("body.md").read_text() == told
    assert lock_text() != before
    assert "a==2.0" in lock_text()
    # And once more: what is written is what the body is made of, so that nothing has moved.
    ran = run("lock", "--upgrade", "--diff-output", "-", *MARKDOWN)
    assert ran.out.startswith("### `requirements.lock`: nothing changed\n")
    assert "is as it was" in ran.said


@pytest.mark.usefixtures("moving")
def test_the_other_formats() -> None:
    before = lock_text()
    unified = run("lock", "--upgrade", "--diff")
    assert unified.out.startswith("--- a/requirements.lock\n+++ b/requirements.lock\n")
    assert run("lock", "--upgrade", "--diff", "--diff-format", "unified").out == unified.out
    text = run("lock", "--upgrade", "--diff", "--diff-format", "text").out
    assert text.startswith("2 upgraded, 1 added\n")
    assert "  upgraded b 1.0 -> 2.5, since a (>=2) asks for it, no longer held by a (<2)\n" in text
    assert run("lock", "--upgrade", "-n").out == text
    assert run("lock", "--upgrade", "-n", "--diff-format", "unified").out == unified.out
    assert run("lock", "--upgrade", "--diff", "--diff-output", "a.patch") == (0, "", unified.said)
    assert Path("a.patch").read_text() == unified.out
    assert lock_text() == before


@pytest.mark.usefixtures("moving")
def test_the_exit_code_says_whether_anything_moved() -> None:
    arguments = ("lock", "--upgrade", "--exit-non-zero-on-change", "--diff-output", "body.md", *MARKDOWN)
    assert run(*arguments, "--diff").code == 1
    assert run(*arguments).code == 1
    assert run(*arguments).code == 0
    assert "nothing changed" in Path("body.md").read_text()


@pytest.mark.usefixtures("moving")
def test_without_upgrade_the_lock_keeps_its_pins() -> None:
    ran = run("lock", "--diff", *MARKDOWN)
    assert "only the header changed" in ran.out
    # The parent is why; and that itself has but its pin to keep it.
    assert "- `b 2.5` (2021-03-01) is held at `1.0` by `a (<2)`" in ran.out
    assert re.search(
        r"- `a 2\.0` \(2021-02-03\) is held at `1\.0` since `(it needs b>=2, and the lock has 1\.0|no req)", ran.out
    )
    ran = run("lock", "-P", "d==1.0", "--diff", *MARKDOWN)
    assert "`pipfreeze-lock lock --upgrade-package d==1.0 --index-url …" in ran.out


def test_what_is_gone_and_what_is_yanked(moving: IndexServer, workplace: Path) -> None:
    (workplace / "requirements.txt").write_text("a\nd==1.0\n")
    moving.index().remove("b", "1.0")
    moving.index().remove("d")
    moving.add(
        wheel("d", "1.0", yanked="see https://corp.example/1 and @who", upload_time="2021-01-01T00:00:00Z", padding=9)
    )
    ran = run("lock", "--upgrade", "--diff", *MARKDOWN)
    assert ran.code == 0, ran.said
    assert "- **No longer offered:** `b 1.0`. " in ran.out
    assert "- **No longer offered:** `d 1.0`. " in ran.out
    assert "| `d` | rehashed | `1.0` | `1.0`<br>2021-01-01 | no longer offered → " in ran.out
    assert "<br>yanked | another file of the same release |" in ran.out
    assert "- **Yanked:** `d-1.0-py2.py3-none-any.whl`, with the reason `see … and @who`" in ran.out


def test_a_project_that_left_the_lock_and_the_index(moving: IndexServer, workplace: Path) -> None:
    (workplace / "requirements.txt").write_text("a\n")
    moving.index().remove("d")
    moving.index().remove("b", "1.0")
    ran = run("lock", "--upgrade", "--diff", *MARKDOWN)
    assert ran.code == 0, ran.said
    assert (
        "| `d` | removed | `1.0` |  | no longer offered | no longer asked for by `-r requirements.txt (<2)` |"
        in ran.out
    )


def test_an_index_that_fails_for_what_left_the_lock(moving: IndexServer, workplace: Path) -> None:
    (workplace / "requirements.txt").write_text("a\n")
    moving.fail("/simple/d/", times=None, status=503)
    before = lock_text()
    ran = run("lock", "--upgrade", "--retries", "0", "--diff-output", "body.md", *MARKDOWN)
    assert ran.code == 5
    assert lock_text() == before
    assert not Path("body.md").exists()
    assert run("lock", "--upgrade", "--retries", "0", "--diff").code == 0  # which asks for nothing more


@pytest.mark.parametrize(("shape", "word"), [({"sizes": False}, "unknown size"), ({"hashes": False}, "unknown size")])
def test_an_index_that_tells_less(moving: IndexServer, shape: dict[str, bool], word: str) -> None:
    index = moving.index()
    index.shape = type(index.shape)(**shape)
    ran = run("lock", "--upgrade", "--no-cache", "--diff", *MARKDOWN)
    assert ran.code == 0, ran.said
    assert word in ran.out
    assert "No longer offered" not in ran.out


def test_a_pip_that_is_too_old_is_why(index_server: IndexServer, workplace: Path) -> None:
    index_server.add(wheel("a", "1.0"), wheel("a", "2.0", tag="cp36-cp36m-manylinux2014_x86_64"))
    (workplace / "requirements.txt").write_text("a\n")
    ran = run("lock", "--base-image", "python:3.6.8", "--index-url", index_server.url, "--diff", *MARKDOWN)
    assert "there was no lock before." in ran.out
    assert "| `a` | added |  | `1.0` | " in ran.out
    assert "- `needs pip >= 19.3 (manylinux2014)`: `a 2.0`" in ran.out


@pytest.mark.parametrize("hashes", [("--hashes", "all"), ("--no-hashes",)], ids=["all", "none"])
def test_of_several_files_the_one_that_this_pip_fetches_counts(
    moving: IndexServer, workplace: Path, hashes: tuple[str, ...]
) -> None:
    native = wheel("e", "1.0", tag="cp311-cp311-manylinux2014_x86_64", upload_time="2021-01-01T00:00:00Z", padding=77)
    other = wheel("e", "1.0", tag="cp39-cp39-manylinux2014_x86_64", upload_time="2021-01-01T00:00:00Z")
    moving.add(other, native, sdist("e", "1.0", upload_time="2021-01-01T00:00:00Z"))
    (workplace / "requirements.txt").write_text("e\n")
    assert run("lock", *hashes).code == 0
    newer = wheel("e", "2.0", upload_time="2021-02-01T00:00:00Z")
    moving.add(newer, sdist("e", "2.0", upload_time="2021-02-01T00:00:00Z"))
    (one,) = differences(*hashes)["locks"]
    (change,) = one["changes"]
    assert [change[side]["file"]["filename"] for side in ("old", "new")] == [native.filename, newer.filename]
    assert one["fetched"]["old"]["bytes"] == size(native)


def test_a_file_that_a_requirement_names(moving: IndexServer, workplace: Path) -> None:
    (workplace / "requirements.txt").write_text(f"d @ {moving.root}/files/{OLD_D.sha256[:16]}/{OLD_D.filename}\n")
    document = differences()
    (change,) = [one for one in document["locks"][0]["changes"] if one["name"] == "d"]
    assert change["kind"] == "replaced"
    assert change["new"]["is_direct"] is True
    assert change["new"]["file"]["state"] == "direct"
    assert change["new"]["file"]["filename"] == OLD_D.filename
    assert moving.root not in json.dumps(document)
    ran = run("lock", "--upgrade", "--diff", *MARKDOWN)
    assert f"| `1.0 @ …/{OLD_D.filename}` | " in ran.out
    assert moving.root not in ran.out


def test_what_prefer_binary_keeps_away(moving: IndexServer, workplace: Path) -> None:
    moving.add(sdist("d", "3.0", style="backend", upload_time="2021-02-05T00:00:00Z", metadata_version="2.2"))
    (workplace / "requirements.txt").write_text("d\n")
    reason = "--prefer-binary: it has no wheel for this pip, and an older release has"
    ran = run("lock", "--upgrade", "--prefer-binary", "--diff", *MARKDOWN)
    assert f"- `d 3.0` (2021-02-05) is held at `2.0` since `{reason}`" in ran.out


# --- several locks ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("moving")
def test_several_platforms_share_a_body() -> None:
    platforms = ("--platform", "linux/amd64", "--platform", "linux/arm64")
    target = TARGET[:-2]
    document = differences(*target, *platforms)
    paths = [one["path"] for one in document["locks"]]
    assert paths == ["requirements.linux-amd64.lock", "requirements.linux-arm64.lock"]
    ran = run("lock", *target, *platforms, "--upgrade", "--diff-output", "body.md", *MARKDOWN)
    assert ran.code == 0, ran.said
    headings = [line for line in Path("body.md").read_text().splitlines() if line.startswith("### ")]
    assert headings == [f"### `{path}`: 4 added" for path in paths]
    assert all(Path(path).exists() for path in paths)
    ran = run("lock", *target, *platforms, "--diff", "--diff-format", "text")
    assert ran.out == "".join(f"{path}: nothing changed\n" for path in paths)


@pytest.mark.usefixtures("moving")
def test_a_build_lock_has_its_own_section(moving: IndexServer) -> None:
    moving.add(wheel("setuptools", "60.0", upload_time="2021-01-01T00:00:00Z"))
    (one, build) = differences("--build-lock")["locks"]
    assert (one["path"], build["path"]) == ("requirements.lock", "requirements.build.lock")
    assert build["is_new"] is True


@pytest.mark.usefixtures("moving")
def test_a_lock_of_another_tool_has_pins_alone() -> None:
    hashes = "\n".join(
        f"d==1.0 --hash=sha256:{one}" for one in re.findall(r"^d==.*\n.*sha256:(\w+)", lock_text(), re.MULTILINE)
    )
    Path("requirements.lock").write_text(f"# made by hand\na==1.0\n{hashes}\n")
    (one,) = differences(*TARGET)["locks"]
    assert one["header"] == []
    assert one["is_new"] is False
    kinds = {change["name"]: change["kind"] for change in one["changes"]}
    assert (kinds["a"], kinds["b"], kinds["d"]) == ("upgraded", "added", "via")


# --- places ----------------------------------------------------------------------------------------------------------


def test_links_lead_to_the_default_index_alone(moving: IndexServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "](" not in run("lock", "--upgrade", "--diff", *MARKDOWN).out
    monkeypatch.setattr(PyPI, "simple_url", moving.url.rstrip("/"))
    monkeypatch.setattr(PyPI, "url", "https://default.example/")
    monkeypatch.delenv("PIPFREEZE_LOCK_INDEX_URL")
    links = re.findall(r"\]\(([^)]*)\)", run("lock", "--upgrade", "--diff", *MARKDOWN).out)
    assert links == [f"https://default.example/project/{one}/" for one in ("a/2.0", "b/2.5", "c/1.0")]
    # A further index is no default one, though it has the same name.
    private = moving.index("private").add(wheel("b", "2.7", upload_time="2021-04-01T00:00:00Z"))
    ran = run("lock", "--upgrade", "--extra-index-url", moving.url_of("private"), "--diff", *MARKDOWN)
    assert private.name not in ran.out
    assert "[`2.0`](https://default.example/project/a/2.0/)" in ran.out
    assert "| `2.7`<br>2021-04-01 |" in ran.out


@pytest.mark.parametrize("output_format", ["text", "markdown", "json"])
def test_credentials_are_never_told(moving: IndexServer, output_format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    moving.index("private", credentials=("user", "hunter2")).add(wheel("b", "2.7", upload_time="2021-04-01T00:00:00Z"))
    monkeypatch.setenv("PIPFREEZE_LOCK_INDEX_URL", moving.url_of("private", credentials="user:hunter2"))
    monkeypatch.setenv("PIPFREEZE_LOCK_EXTRA_INDEX_URL", moving.url)
    ran = run("lock", "--upgrade", "--diff", "--diff-format", output_format)
    assert ran.code == 0, ran.said
    assert "2.7" in ran.out
    assert "hunter2" not in ran.out + ran.said
    if output_format != "text":
        assert "127.0.0.1" not in ran.out
        assert "private" not in ran.out


# --- what cannot be meant --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--diff", "--diff-format", "html"], "`--diff-format html` is not known"),
        (MARKDOWN, "nothing shows it"),
        (["--diff-output", "-", "-o", "-", *TARGET], "would both go to stdout"),
        (["--diff-output", "requirements.lock"], "would replace a lock or an input"),
        (["--diff-output", "./requirements.txt", "--diff"], "would replace a lock or an input"),
    ],
)
@pytest.mark.usefixtures("moving")
def test_usage(arguments: list[str], words: str) -> None:
    before = lock_text()
    ran = run("lock", "--upgrade", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.said
    assert "hint: " in ran.said
    assert lock_text() == before
    assert Path("requirements.txt").read_text() == "a\nd<2\n"


@pytest.mark.usefixtures("moving")
def test_no_lock_without_its_body() -> None:
    before = lock_text()
    ran = run("lock", "--upgrade", "--diff-output", "nowhere/body.md", *MARKDOWN)
    assert ran.code == 3
    assert "`nowhere/body.md` cannot be written" in ran.said
    assert "write elsewhere with `--diff-output`" in ran.said
    assert lock_text() == before
