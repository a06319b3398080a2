from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pipfreeze_lock.cli.settings import _FLAGS, _LISTS, _NUMBERS, _TEXTS, Settings, cache_folder, read_settings
from pipfreeze_lock.errors import UsageError


def write(folder: Path, table: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(table)


def failing(folder: Path, table: str) -> UsageError:
    write(folder, table)
    with pytest.raises(UsageError) as caught:
        read_settings(folder)
    return caught.value


def test_no_file_and_no_table_are_no_settings(tmp_path: Path) -> None:
    assert read_settings(tmp_path).values == {}
    write(tmp_path, "[tool.other]\nkey = 1\n")
    assert read_settings(tmp_path) == Settings()
    write(tmp_path, "tool = 3 # pipfreeze-lock\n")
    assert read_settings(tmp_path) == Settings()
    write(tmp_path, "[tool.other]\nneeds = 'pipfreeze-lock'\n")
    assert read_settings(tmp_path) == Settings()


def test_the_nearest_table_upwards_is_taken(tmp_path: Path) -> None:
    write(tmp_path, "[tool.pipfreeze-lock]\npre = true\n")
    write(tmp_path / "service", "[project]\nname = 'service'\n")
    (tmp_path / "service" / "src").mkdir()
    settings = read_settings(tmp_path / "service" / "src")
    assert settings.path == tmp_path / "pyproject.toml"
    assert settings.flag("pre", given=False)
    write(tmp_path / "service", "[tool.pipfreeze-lock]\n")
    assert read_settings(tmp_path / "service" / "src").path == tmp_path / "service" / "pyproject.toml"


def test_what_the_command_line_says_is_stronger(tmp_path: Path) -> None:
    write(
        tmp_path,
        """
        [tool.pipfreeze-lock]
        index-url = "https://index.example/simple/"
        inputs = ["a.txt", "b.txt"]
        constraint = "limits.txt"
        timeout = 3
        """,
    )
    settings = read_settings(tmp_path)
    assert settings.text("index-url", None) == "https://index.example/simple/"
    assert settings.text("index-url", "https://other.example/") == "https://other.example/"
    assert settings.text("proxy", None) is None
    assert settings.items("inputs", None) == ["a.txt", "b.txt"]
    assert settings.items("inputs", ["c.txt"]) == ["c.txt"]
    assert settings.items("constraint", []) == ["limits.txt"]  # one text is a list of one
    assert settings.items("extra", []) == []
    assert settings.number("timeout", None, 15) == 3.0
    assert settings.number("timeout", 0.5, 15) == 0.5
    assert settings.number("retries", None, 5) == 5
    assert settings.flag("pre", given=True)
    assert not settings.flag("pre", given=False)


@pytest.mark.parametrize(
    ("table", "message", "hint"),
    [
        ("base_image = 'python:3'", "unknown key `base_image`", "Did you mean `base-image`?"),
        ("pip-verson = '19.1'", "unknown key `pip-verson`", "Did you mean `pip-version`?"),
        ("zzz = 1", "unknown key `zzz`", "Keys are the long options of the command line."),
        ("pre = 'yes'", "`pre` must be true or false", None),
        ("pre = 1", "`pre` must be true or false", None),
        ("index-url = 3", "`index-url` must be a text", None),
        ("inputs = [1]", "`inputs` must be a list of texts", None),
        ("platform = {}", "`platform` must be a list of texts", None),
        ("timeout = '3'", "`timeout` must be a number", None),
        ("timeout = true", "`timeout` must be a number", None),
    ],
)
def test_a_wrong_key_or_value(tmp_path: Path, table: str, message: str, hint: str | None) -> None:
    error = failing(tmp_path, f"[tool.pipfreeze-lock]\n{table}\n")
    assert error.message == message
    assert error.context == f"{tmp_path / 'pyproject.toml'}, [tool.pipfreeze-lock]"
    assert error.hints == ((hint,) if hint else ())


@pytest.mark.parametrize("table", ["[tool.pipfreeze-lock\n", "[tool]\npipfreeze-lock = 1\n"])
def test_a_file_that_is_no_table_of_ours(tmp_path: Path, table: str) -> None:
    error = failing(tmp_path, table)
    assert error.context == str(tmp_path / "pyproject.toml")


def test_broken_toml_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    assert "not valid TOML" in failing(tmp_path, "[tool.pipfreeze-lock]\npre = \n").message
    (tmp_path / "pyproject.toml").write_bytes(b"# pipfreeze-lock \xff\n")
    with pytest.raises(UsageError, match="not valid TOML"):
        read_settings(tmp_path)


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").symlink_to(tmp_path / "pyproject.toml")
    assert read_settings(tmp_path) == Settings()  # a symlink to itself is no file


def test_a_number_that_must_be_whole(tmp_path: Path) -> None:
    assert failing(tmp_path, "[tool.pipfreeze-lock]\nretries = 1.5\n").message == "`retries` must be a whole number"


def test_every_key_is_an_option() -> None:
    """So that the hint "Keys are the long options" is true."""
    import typer  # noqa: PLC0415  only here

    from pipfreeze_lock.cli import app  # noqa: PLC0415

    app._register()
    commands = typer.main.get_command(app.app).commands  # type: ignore[attr-defined]
    options = {option for command in commands.values() for parameter in command.params for option in parameter.opts}
    keys = {f"--{key}" for key in (*_TEXTS, *_LISTS, *_FLAGS, *_NUMBERS)} - {"--inputs"}
    assert sorted(keys - options) == []


def test_where_the_cache_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert cache_folder("here") == Path("here")
    monkeypatch.setenv("HOME", str(tmp_path))
    for platform, variables, expected in (
        ("linux", {}, tmp_path / ".cache" / "pipfreeze-lock"),
        ("linux", {"XDG_CACHE_HOME": str(tmp_path / "xdg")}, tmp_path / "xdg" / "pipfreeze-lock"),
        ("darwin", {}, tmp_path / "Library" / "Caches" / "pipfreeze-lock"),
        ("win32", {"LOCALAPPDATA": str(tmp_path / "local")}, tmp_path / "local" / "pipfreeze-lock" / "Cache"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(sys, "platform", platform)
            patch.delenv("XDG_CACHE_HOME", raising=False)
            for name, value in variables.items():
                patch.setenv(name, value)
            assert cache_folder(None) == expected
