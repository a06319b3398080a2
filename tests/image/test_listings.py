"""What somebody wrote down of an environment, in each format, by real pips and in the forms that files get on their way."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from support import needs
from support.packages import wheel
from support.real_environments import clean, make_venv

from pipfreeze_lock.errors import ImageError
from pipfreeze_lock.image.listings import read_listing

if TYPE_CHECKING:
    from pathlib import Path

    from pipfreeze_lock.model.installed import InstalledSet

LIST = '[{"name": "Flask", "version": "3.0.0"}, {"name": "pip", "version": "24.0"}]'
INSPECT = {
    "version": "1",
    "pip_version": "24.0",
    "installed": [
        {
            "metadata": {"metadata_version": "2.1", "name": "Flask", "version": "3.0.0"},
            "metadata_location": "/opt/venv/lib/python3.11/site-packages/flask-3.0.0.dist-info",
            "installer": "pip",
            "requested": True,
        },
        {
            "metadata": {"name": "app", "version": "1.0"},
            "metadata_location": "/opt/venv/lib/python3.11/site-packages/app-1.0.dist-info",
            "direct_url": {"url": "https://me:secret@host/app.git", "vcs_info": {"vcs": "git", "commit_id": "f00"}},
        },
    ],
    "environment": {"implementation_name": "cpython", "python_full_version": "3.11.7", "python_version": "3.11"},
}


def read(text: str | bytes) -> InstalledSet:
    return read_listing(text.encode() if isinstance(text, str) else text, place="f.txt")


def pairs(found: InstalledSet) -> list[tuple[str, str]]:
    return [(one.name, one.version) for one in found.distributions]


class TestFreeze:
    def test_pins(self):
        found = read("Flask==3.0.0\nold===2004d\npip==24.0\n\n")
        assert pairs(found) == [("flask", "3.0.0"), ("old", "2004d"), ("pip", "24.0")]
        assert [one.path for one in found.distributions] == ["f.txt:1", "f.txt:2", "f.txt:3"]
        assert (found.python, found.implementation, found.libc) == (None, None, None)
        assert found.untold == ("which Python it has", "its C library", "what installed each distribution")
        assert found.unlisted == frozenset()
        assert found.subject == "installed:f.txt"

    def test_without_all_the_base_is_not_told(self):
        found = read("Flask==3.0.0\nsetuptools==69.0\n")
        assert found.unlisted == {"pip", "wheel", "distribute"}
        assert "pip" in found.untold[-1]
        assert "--all" in found.untold[-1]

    @pytest.mark.parametrize(
        ("line", "version", "url"),
        [
            ("app @ file:///wheels/app-1.0-py3-none-any.whl", "1.0", "file:///wheels/app-1.0-py3-none-any.whl"),
            ("app @ https://h/app-1.0.tar.gz#sha256=00", "1.0", "https://h/app-1.0.tar.gz#sha256=00"),
            (
                "app @ https://me:secret@h/app-1.0%2Bcu118-py3-none-any.whl",
                "1.0+cu118",
                "https://h/app-1.0%2Bcu118-py3-none-any.whl",
            ),
            ("app@git+https://h/app.git@f00#subdirectory=x", "", "git+https://h/app.git@f00#subdirectory=x"),
            ("app @ https://h/archive/other-1.0.tar.gz", "", "https://h/archive/other-1.0.tar.gz"),
            ("app @ https://h/archive/v1.0.tar.gz", "", "https://h/archive/v1.0.tar.gz"),
        ],
    )
    def test_direct_references(self, line: str, version: str, url: str):
        (found,) = read(line).distributions
        assert (found.name, found.version, found.direct_url, found.is_editable) == ("app", version, url, False)

    @pytest.mark.parametrize(
        ("text", "version", "url"),
        [
            ("-e git+https://me:secret@h/app.git@f00#egg=app", "", "git+https://h/app.git@f00#egg=app"),
            (
                "-e git+ssh://git@h/app.git@f00#egg=app&subdirectory=x",
                "",
                "git+ssh://h/app.git@f00#egg=app&subdirectory=x",
            ),
            ("# Editable install with no version control (app==1.0)\n-e /src/app", "1.0", None),
            ("# Editable Git install with no remote (app===1.0)\n-e /src/app", "1.0", None),
            (
                "# Editable Git install (app==1.0) with either a deleted local remote or invalid URI:\n# 'x'\n-e /src",
                "1.0",
                None,
            ),
        ],
    )
    def test_editables(self, text: str, version: str, url: str | None):
        (found,) = read(text).distributions
        assert (found.name, found.version, found.direct_url, found.is_editable) == ("app", version, url, True)

    def test_options_remarks_and_messages_are_passed_over(self):
        text = (
            "DEPRECATION: Python 2.7 will reach the end of its life\n--index-url https://h/simple\n-f /wheels\n"
            "## The following requirements were added by pip freeze:\na==1\n[notice] A new release of pip\n"
            "WARNING: You are using pip version 19.1.1\n"
        )
        assert pairs(read(text)) == [("a", "1")]

    @pytest.mark.parametrize(
        "line", ["a", "a>=1", "a==1 ; python_version > '3'", "Package Version", "a==1 --hash=sha256:00", "==1", "{{"]
    )
    def test_lines_of_other_programs(self, line: str):
        with pytest.raises(ImageError) as caught:
            read(f"b==1\n{line}\n")
        assert caught.value.context == "f.txt:2"
        assert caught.value.hints

    @pytest.mark.parametrize("line", ["-e git+https://me:secret@h/a.git", "x https://me:secret@h"])
    def test_messages_hide_credentials(self, line: str):
        with pytest.raises(ImageError) as caught:
            read(line)
        assert "secret" not in str(caught.value)

    def test_source_tree_without_a_name(self):
        with pytest.raises(ImageError, match="does not say which distribution it is"):
            read("## !! Could not determine repository location\n-e /src/app\n")


class TestJson:
    def test_list(self):
        found = read(LIST)
        assert pairs(found) == [("flask", "3.0.0"), ("pip", "24.0")]
        assert (found.python, found.implementation, found.libc) == (None, None, None)
        assert found.distributions[0].path == "f.txt#Flask"
        assert found.untold == (
            "which Python it has",
            "its C library",
            "where each distribution was installed from, and by what",
        )

    def test_list_that_says_more(self):
        listed = [
            {"name": "a", "version": "1", "location": "/s", "installer": "uv", "editable_project_location": "/src"}
        ]
        found = read(json.dumps(listed))
        (one,) = found.distributions
        assert (one.installer, one.is_editable, one.path) == ("uv", True, "/s/a")
        assert found.untold[-1] == "where each distribution was installed from"

    def test_empty_environment(self):
        assert read("[]").distributions == ()

    def test_inspect(self):
        found = read(json.dumps(INSPECT))
        assert (found.python, found.implementation, found.libc) == ("3.11.7", "cpython", None)
        assert found.untold == ("its C library",)
        flask, app = found.distributions
        assert (flask.name, flask.version, flask.installer) == ("flask", "3.0.0", "pip")
        assert flask.path == "/opt/venv/lib/python3.11/site-packages/flask-3.0.0.dist-info"
        assert app.direct_url == "git+https://host/app.git@f00"

    def test_inspect_of_a_version_to_come(self):
        with pytest.raises(ImageError, match="of version 2 of `pip inspect`"):
            read(json.dumps({**INSPECT, "version": "2"}))

    @pytest.mark.parametrize(
        "document",
        [
            {},
            {"installed": []},
            {"a": 1},
            [1],
            [{"name": "a"}],
            [{"version": "1"}],
            {**INSPECT, "installed": [{}]},
            {**INSPECT, "installed": [1]},
            {**INSPECT, "environment": {}},
            {"pipfreeze-lock-probe": 1},
        ],
    )
    def test_something_else(self, document: object):
        with pytest.raises(ImageError):
            read(json.dumps(document))


class TestFiles:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    @pytest.mark.parametrize("text", ["Flask==3.0.0\r\npip==24.0\r\n", LIST])
    def test_encodings(self, encoding: str, text: str):
        assert pairs(read(text.encode(encoding))) == [("flask", "3.0.0"), ("pip", "24.0")]

    def test_messages_around_json(self):
        text = f"WARNING: The directory is not owned\n{LIST}\n[notice] A new release of pip is available\n"
        assert pairs(read(text)) == [("flask", "3.0.0"), ("pip", "24.0")]

    @pytest.mark.parametrize("data", [b"", b"\n \n", b"\xff\xfe", b"WARNING: nothing\n"])
    def test_nothing(self, data: bytes):
        with pytest.raises(ImageError, match="nothing is in it"):
            read(data)

    @pytest.mark.parametrize("data", [b"\x80abc", b"\x1f\x8b\x08\x00\xff"])
    def test_no_text(self, data: bytes):
        with pytest.raises(ImageError, match="it is no text"):
            read(data)

    def test_truncated(self):
        with pytest.raises(ImageError, match="it is no JSON"):
            read(LIST[:-5])


@pytest.mark.parametrize(
    ("version", "pip"), [("2.7", "20.3.4"), ("3.6", "9.0.3"), ("3.6", "19.1.1"), ("3.11", "22.2.2"), ("3.13", "26.1")]
)
def test_what_real_pips_print(version: str, pip: str, tmp_path: Path):
    """All formats that a pip has name the same distributions; ``inspect`` is there from 22.2 on."""
    if version == "2.7":
        python = needs.interpreter("2.7")
        target = ["--target", str(tmp_path / "deps")]
    else:
        python = make_venv(needs.interpreter(version), tmp_path / "venv")
        target = []
    for one in (wheel("some.thing", "1.0"), wheel("other", "2.0.post1")):
        (tmp_path / one.filename).write_bytes(one.content)
    environment = clean(tmp_path, PYTHONPATH=f"{tmp_path / 'deps'}:{needs.pip_folder(pip)}")

    def run(*arguments: str) -> bytes:
        command = [python, "-m", "pip", "--disable-pip-version-check", *arguments]
        return subprocess.run(command, check=True, capture_output=True, env=environment, cwd=tmp_path).stdout

    run("install", "--no-index", "-f", str(tmp_path), *target, "some.thing")
    run("install", *target, str(next(tmp_path.glob("other*.whl"))))
    listed = read_listing(run("list", "--format", "json"), place="list.json")
    frozen = read_listing(run("freeze", "--all"), place="frozen.txt")
    assert dict(pairs(listed)) == dict(pairs(frozen))
    assert {"some-thing": "1.0", "other": "2.0.post1"}.items() <= dict(pairs(listed)).items()
    assert dict(pairs(listed))["pip"] == pip
    if version in ("3.11", "3.13"):
        inspected = read_listing(run("inspect"), place="inspect.json")
        assert dict(pairs(inspected)) == dict(pairs(listed))
        assert inspected.python.startswith(f"{version}.")
        other = next(one for one in inspected.distributions if one.name == "other")
        assert other.direct_url.startswith("file:///")
        assert other.direct_url == next(one for one in frozen.distributions if one.name == "other").direct_url
