"""The words of what an image runs, without what only starts it."""

from __future__ import annotations

import pytest

from pipfreeze_lock.image.interface import ImageConfig
from pipfreeze_lock.image.started_program import started_programs


def words(*command: str, **variables: str) -> list[str]:
    """Give the programs of a CMD."""
    return [one.word for one in started_programs(ImageConfig(command=command, environment=variables))]


@pytest.mark.parametrize(
    ("command", "programs"),
    [
        (("python", "app.py"), ["python"]),
        (("env", "-i", "-u", "X", "A=b", "python"), ["python"]),
        (("/usr/bin/env", "--", "python"), ["python"]),
        (("timeout", "-s", "KILL", "30", "python"), ["python"]),
        (("gosu", "app:app", "python"), ["python"]),
        (("tini", "-v", "-e", "143", "--", "python"), ["python"]),
        (("su-exec", "app", "tini", "--", "python"), ["python"]),
        (("tini", "--"), []),
        ((), []),
        (("sh",), ["sh"]),
        (("sh", "-x"), ["sh"]),
        (("sh", "script.sh", "-c"), ["sh"]),
        (("sh", "-c"), ["sh"]),
        (("sh", "-c", ""), []),
        (("bash", "-o", "pipefail", "-ec", "python x"), ["python"]),
        (("sh", "-c", "a;b&&c||d|e"), ["a", "b", "c", "d", "e"]),
        (("sh", "-c", "a\nb"), ["a", "b"]),
        (("sh", "-c", "(a) >/dev/null 2>&1"), ["a", "/dev/null", "1"]),
        (("sh", "-c", "echo 'it is; quoted' && python"), ["echo", "python"]),
        (("sh", "-c", "sh -c 'sh -c python'"), ["python"]),
        (("sh", "-c", "X=1 Y=2"), []),
        (("sh", "-c", "# no remark"), ["#"]),
    ],
)
def test_programs(command: tuple[str, ...], programs: list[str]):
    assert words(*command) == programs


def test_variables_of_the_image():
    assert words("sh", "-c", "$BIN/python ${HOME}x $NOT_SET", BIN="/opt/bin") == ["/opt/bin/python"]
    assert words("sh", "-c", "${BIN}/python", BIN="/opt/bin") == ["/opt/bin/python"]
    assert words("$BIN/python", BIN="/opt/bin") == ["$BIN/python"]  # no shell, no variables


def test_activation_holds_for_what_comes_behind():
    script = "python a && . /one/bin/activate && source /two/bin/activate && python b"
    programs = started_programs(ImageConfig(entrypoint=("sh", "-c", script)))
    assert [(one.word, one.activated) for one in programs] == [("python", ()), ("python", ("/two/bin", "/one/bin"))]


@pytest.mark.parametrize(
    ("command", "word", "folder"),
    [
        (("conda", "run", "--no-capture-output", "-n", "app", "python", "x.py"), "python", "/opt/conda/envs/app/bin"),
        (("/c/bin/conda", "run", "-n", "app", "gunicorn"), "gunicorn", "/c/envs/app/bin"),
        (("mamba", "run", "--name", "base", "python"), "python", "/opt/conda/bin"),
        (("micromamba", "run", "-p", "/data/env", "python"), "python", "/data/env/bin"),
        (("conda", "run", "-n", "app", "/bin/bash", "-c", "exec python x"), "python", "/opt/conda/envs/app/bin"),
        (("sh", "-c", "uv run --no-sync -- python x"), "python", ".venv/bin"),
        (("poetry", "run", "gunicorn"), "gunicorn", ".venv/bin"),
    ],
)
def test_runners_look_into_their_environment_first(command: tuple[str, ...], word: str, folder: str):
    (program,) = started_programs(ImageConfig(command=command))
    assert (program.word, program.activated[0]) == (word, folder)


def test_environment_of_uv_by_its_variable():
    config = ImageConfig(command=("uv", "run", "app"), environment={"UV_PROJECT_ENVIRONMENT": "/venv"})
    assert started_programs(config)[0].activated == ("/venv/bin",)
    assert words("uv", "sync") == ["uv"]
    assert words("conda", "run") == []


def test_entrypoint_before_command():
    programs = started_programs(ImageConfig(entrypoint=("/entrypoint.sh",), command=("gunicorn", "app")))
    assert [(one.word, one.instruction) for one in programs] == [("/entrypoint.sh", "ENTRYPOINT"), ("gunicorn", "CMD")]


def test_shells_within_shells_end():
    script = "python"
    for _ in range(12):
        script = (
            f"sh -c {script!r}"
            if "'" not in script
            else 'sh -c "' + script.replace("\\", "\\\\").replace('"', '\\"') + '"'
        )
    assert len(words("sh", "-c", script)) <= 1
