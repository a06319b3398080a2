"""``weigh`` as one types it: formats, files, exit codes, and what is said where."""

from __future__ import annotations

import json
import socket
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from support.command_line import enter_workplace, python, run, started
from support.file_trees import distribution, merged, venv
from support.file_trees import python as python_tree
from support.image_archives import Image, docker_archive, layer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SITE = "usr/local/lib/python3.11/site-packages"
VENV_SITE = "opt/venv/lib/python3.11/site-packages"


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    work = enter_workplace(tmp_path, monkeypatch)
    write(work / "image.tar", base(), {"app/main.py": "x" * 5000, f"{SITE}/one/.wh.a.py": ""})
    monkeypatch.setattr(socket.socket, "connect", _no_network)
    return work


def _no_network(*_: object) -> None:
    message = "the network was asked"
    raise AssertionError(message)


def base() -> dict[str, Any]:
    """Two environments with a distribution each."""
    record = "one/a.py,,\none-1.0.dist-info/RECORD,,\n"
    return merged(
        python_tree("/usr/local", "3.11.7"),
        venv("/opt/venv", "/usr/local/bin", "3.11.7"),
        {SITE: distribution("one", "1.0", RECORD=record), f"{SITE}/one/a.py": "y" * 3000},
        {VENV_SITE: distribution("two", "2.0", RECORD="")},
    )


def write(path: Path, *layers: Mapping[str, Any]) -> None:
    tars = [layer([(name, None if content == {} else content) for name, content in one.items()]) for one in layers]
    path.write_bytes(docker_archive(Image(tars)))


@pytest.mark.usefixtures("workplace")
def test_text_on_stdout_and_nothing_on_stderr() -> None:
    ran = run("weigh", "docker-archive:image.tar")
    assert (ran.code, ran.said) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].startswith("docker-archive:image.tar: 8.")
    assert "1 distribution in /usr/local" in ran.out
    assert "1 distribution in /opt/venv" in ran.out
    assert "layer 1, taken away in 2: " in ran.out


@pytest.mark.usefixtures("workplace")
def test_json() -> None:
    ran = run("weigh", "docker-archive:image.tar", "--format", "json")
    document = json.loads(ran.out)
    assert (ran.code, ran.said, document["subject"]) == (0, "", "docker-archive:image.tar")
    assert document["repeated"] is None
    repeated = json.loads(run("weigh", "docker-archive:image.tar", "--format=json", "--duplicates").out)["repeated"]
    assert [(one["size"], len(one["paths"])) for one in repeated] == [(4, 2)]


def test_a_report_in_a_file(workplace: Path) -> None:
    ran = run("weigh", "docker-archive:image.tar", "--format", "json", "-o", "weight.json")
    assert (ran.code, ran.out) == (0, "")
    assert ran.said.startswith("docker-archive:image.tar: 8.")
    assert json.loads((workplace / "weight.json").read_text())["version"] == 1
    assert run("weigh", "docker-archive:image.tar", "-q", "-o", "weight.txt").said == ""
    assert (workplace / "weight.txt").read_text() == run("weigh", "docker-archive:image.tar").out


def test_page_and_drawing_beside_the_report(workplace: Path) -> None:
    ran = run("weigh", "docker-archive:image.tar", "--html", "weight.html", "--svg", "weight.svg")
    assert (ran.code, ran.out) == (0, run("weigh", "docker-archive:image.tar").out)
    assert "<html" in (workplace / "weight.html").read_text()
    assert "<svg" in (workplace / "weight.svg").read_text()


@pytest.mark.usefixtures("workplace")
def test_one_environment() -> None:
    for name in ("/opt/venv", "/opt/venv/bin/python"):
        ran = run("weigh", "docker-archive:image.tar", "--environment", name, "--format", "json")
        assert [one["name"] for one in json.loads(ran.out)["distributions"]] == ["two"]
    whole = json.loads(run("weigh", "docker-archive:image.tar", "--format", "json").out)
    assert whole["size"] == json.loads(ran.out)["size"]


@pytest.mark.usefixtures("workplace")
def test_an_environment_that_is_not_there() -> None:
    ran = run("weigh", "docker-archive:image.tar", "--environment", "/opt/other")
    assert (ran.code, ran.out) == (2, "")
    assert "there is no Python environment `/opt/other` in it" in ran.said


@pytest.mark.usefixtures("workplace")
@pytest.mark.parametrize("image", ["python:/usr/bin/python3", "installed:list.json", "installed:-"])
def test_lists_have_no_weight(image: str) -> None:
    ran = run("weigh", image)
    assert (ran.code, ran.out) == (2, "")
    assert f"`weigh` reads files, and `{image}` is only a list" in ran.said


@pytest.mark.usefixtures("workplace")
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("docker-archive:gone.tar",), 6, "gone.tar"),
        (("docker-archive:image.tar", "--format", "yaml"), 2, "`--format yaml` is not known"),
        (("docker-archive:image.tar", "--top", "0"), 2, "'--top'"),
        (("docker-archive:image.tar", "-o", "gone/weight.txt"), 3, "gone/weight.txt"),
        (("docker-archive:image.tar", "--html", "gone/weight.html"), 3, "or write elsewhere with `--html`"),
        (("docker-archive:image.tar", "-o", "./image.tar"), 2, "`./image.tar` would replace the image"),
        (
            ("docker-archive:image.tar", "--html", "a", "--svg", "a"),
            2,
            "`a` would replace the image, or another output",
        ),
        (("docker-archive:image.tar", "--svg", "-"), 2, "page and drawing go to files"),
        (("containers-storage:x",), 2, "skopeo copy"),
    ],
    ids=["no image", "format", "top", "output", "page", "image", "twice", "stdout", "transport"],
)
def test_what_cannot_be(arguments: tuple[str, ...], code: int, words: str) -> None:
    ran = run("weigh", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.said
    assert "Traceback" not in ran.said


def test_a_damaged_image(workplace: Path) -> None:
    data = bytearray((workplace / "image.tar").read_bytes())
    at = data.index(b"app/main.py")
    data[at : at + 3] = b"APP"
    (workplace / "bad.tar").write_bytes(data)
    ran = run("weigh", "docker-archive:bad.tar")
    assert (ran.code, ran.out) == (6, "")
    assert "a header is damaged" in ran.said


def test_an_image_without_a_python(workplace: Path) -> None:
    write(workplace / "static.tar", {"app": "x" * 1000})
    ran = run("weigh", "docker-archive:static.tar")
    assert (ran.code, ran.said) == (0, "")
    assert "1.0 kB in 1 layer, 0 distributions" in ran.out


@pytest.mark.usefixtures("workplace")
def test_verbose_says_what_was_read() -> None:
    assert "of 2 layers" in run("weigh", "docker-archive:image.tar", "-v").said


def test_what_stdout_has_no_code_for_is_escaped(workplace: Path) -> None:
    (workplace / "image.tar").rename(workplace / "caf\u00e9.tar")
    ran = python("-m", "pipfreeze_lock", "weigh", "docker-archive:caf\u00e9.tar", PYTHONIOENCODING="ascii")
    assert (ran.code, ran.said) == (0, "")
    assert ran.out.startswith("docker-archive:caf\\xe9.tar: 8.")


def test_lines_of_a_pipe_have_80_characters(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS")
    ran = python("-m", "pipfreeze_lock", "weigh", f"docker-archive:{workplace / 'image.tar'}")
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines()[1:])) <= 80
    assert "\x1b" not in ran.out


def test_a_closed_pipe_ends_quietly(workplace: Path) -> None:
    files = {f"f{number}": "" for number in range(3000)}
    write(workplace / "many.tar", {**files, **{f"d{number}/x": "1" * 20_000 for number in range(300)}})
    with started("weigh", "docker-archive:many.tar", "--format", "json") as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.read(10)
        program.stdout.close()
        assert program.stderr.read() == ""


@pytest.mark.usefixtures("workplace")
def test_what_help_says() -> None:
    text = run("weigh", "--help").out
    for option in ("--duplicates", "--environment", "--top", "--all", "--html", "--svg", "--platform"):
        assert option in text


def test_it_imports_neither_network_nor_resolver(workplace: Path) -> None:
    script = (
        "import sys; from pipfreeze_lock.__main__ import main; "
        f"main(['weigh', 'docker-archive:{workplace / 'image.tar'}', '-o', '{workplace / 'x'}']); "
        "print(*sys.modules)"
    )
    loaded = set(python("-c", script).out.split())
    assert not {"pyreqwest", "resolvelib", "http.client", "pipfreeze_lock.http.client"} & loaded


def test_the_settings_of_a_project_count(workplace: Path) -> None:
    (workplace / "pyproject.toml").write_text("[tool.pipfreeze-lock]\nunknown = 1\n")
    ran = run("weigh", "docker-archive:image.tar")
    assert ran.code == 2
    assert "unknown key `unknown`" in ran.said


def test_links_and_pipes_of_a_folder(workplace: Path) -> None:
    root = workplace / "root"
    root.mkdir()
    (root / "a").write_text("1234")
    (root / "b").hardlink_to(root / "a")
    subprocess.run(["mkfifo", root / "pipe"], check=True)
    document = json.loads(run("weigh", f"rootfs:{root}", "--format", "json", "--duplicates").out)
    assert (document["size"], document["stored"], document["repeated"]) == (4, None, [])
