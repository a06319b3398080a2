"""What others may rely on: the public API, and that what the README says is there."""

from __future__ import annotations

import importlib
import pkgutil
import re
import tomllib
from pathlib import Path

import pytest
import typer

import pipfreeze_lock
from pipfreeze_lock import errors
from pipfreeze_lock.cli import app

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md")])


def commands() -> dict[str, set[str]]:
    """Give each command with all its options."""
    app._register()
    group = typer.main.get_command(app.app)
    return {
        name: {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        | {"--help", "-h"}
        for name, command in group.commands.items()  # type: ignore[attr-defined]
    }


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert pipfreeze_lock.__version__ == project["version"]


SCRIPTS = ("pipfreeze_lock.__main__", "pipfreeze_lock.metadata.build_driver")  # they run when they are imported
MODULES = sorted(
    one.name for one in pkgutil.walk_packages(pipfreeze_lock.__path__, "pipfreeze_lock.") if one.name not in SCRIPTS
)
NOT_YET_WRITTEN: set[str] = set()


@pytest.mark.parametrize("name", MODULES)
def test_each_module_names_what_is_there(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__, name
    for public in getattr(module, "__all__", ()):
        assert hasattr(module, public), f"{name}.{public}"


def test_each_error_has_an_exit_code_that_the_readme_names() -> None:
    told = (ROOT / "README.md").read_text().partition("### Exit codes")[2].partition("##")[0]
    codes = {int(code) for code in re.findall(r"(?:^|· ?|\n)(\d+) ", told)}
    assert codes >= {getattr(errors, name).exit_code for name in errors.__all__}
    assert codes >= {0, 1, 130}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_and_options_in_the_documents_exist(document: Path) -> None:
    text = document.read_text()
    known = commands()
    for command, rest in re.findall(r"pipfreeze-lock ([a-z]+)\b([^\n`]*)", text):
        if command not in known:
            continue  # prose
        for option in re.findall(r"(?<=\s)(--?[a-zA-Z][\w-]*)", re.split(r"#| \| ", rest)[0]):
            assert option in known[command], f"{document.name}: {command} {option}"


def test_every_option_that_the_readme_shows_is_ours_or_pips() -> None:
    text = (ROOT / "README.md").read_text()
    options = {option for found in commands().values() for option in found}
    shown = set(re.findall(r"`(--[a-z][\w-]*|-[A-Za-z])(?: [A-Za-z0-9=.\-\[\]]+)?`", text))
    assert shown
    assert sorted(shown - options) == []


def test_commands_in_code_of_the_readme_exist() -> None:
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    named = [found for block in blocks for found in re.findall(r"^\$ pipfreeze-lock (\w+)", block, re.MULTILINE)]
    assert named
    assert set(named) <= set(commands())


def test_variables_in_the_readme_are_read() -> None:
    text = (ROOT / "README.md").read_text()
    named = set(re.findall(r"`((?:PIPFREEZE_LOCK|PIP)_[A-Z_]+)`", text))
    source = "".join(path.read_text() for path in (ROOT / "pipfreeze_lock").rglob("*.py"))
    documented_as_unread = {"PIP_INDEX_URL"}
    assert sorted(name for name in named - documented_as_unread if f'"{name}"' not in source) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_in_the_documents_lead_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\(([^)#\s]+)", document.read_text()):
        if "://" not in link:
            assert (document.parent / link).exists() is (link not in NOT_YET_WRITTEN), f"{document.name}: {link}"
