"""Which target is chosen: flags, then variables, then pyproject.toml, then what the lock's header records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.command_line import run

if TYPE_CHECKING:
    from pathlib import Path

    from support.index_server import IndexServer

BY_PARTS = ("--pip-version", "19.1.1", "--libc", "glibc-2.24")


def python_of(*arguments: object) -> str:
    ran = run("target", "--format", "json", *arguments)
    assert ran.code == 0, ran.said
    return str(json.loads(ran.out)["python"])


@pytest.fixture
def configured(workplace: Path) -> Path:
    (workplace / "pyproject.toml").write_text('[tool.pipfreeze-lock]\nbase-image = "python:3.6.8"\n')
    (workplace / "Dockerfile").write_text("FROM python:3.8.18\n")
    return workplace


@pytest.mark.usefixtures("configured")
def test_flags_then_variables_then_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    assert python_of() == "3.6.8"
    monkeypatch.setenv("PIPFREEZE_LOCK_BASE_IMAGE", "python:3.7.16")
    assert python_of() == "3.7.16"
    assert python_of("--base-image", "python:3.9.18") == "3.9.18"


@pytest.mark.usefixtures("configured")
def test_a_dockerfile_and_a_base_image_stand_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stronger source wins; only within one of them are both too much."""
    assert python_of("--dockerfile", "Dockerfile") == "3.8.18"
    monkeypatch.setenv("PIPFREEZE_LOCK_DOCKERFILE", "Dockerfile")
    assert python_of() == "3.8.18"
    assert python_of("--base-image", "python:3.9.18") == "3.9.18"
    monkeypatch.setenv("PIPFREEZE_LOCK_BASE_IMAGE", "python:3.7.16")
    assert python_of("--dockerfile", "Dockerfile") == "3.8.18"
    ran = run("target")
    assert (ran.code, ran.out) == (2, "")
    assert ran.said == ("error: `--base-image` and `--dockerfile` both name the base image\nhint: Give one of them.\n")
    assert run("target", "--base-image", "python:3.9.18", "--dockerfile", "Dockerfile").code == 2


@pytest.mark.usefixtures("configured")
def test_parts_go_over_an_image() -> None:
    ran = run("target", "--format", "json", "--pip-version", "21.3.1")
    found = json.loads(ran.out)
    assert (found["python"], found["pip"]) == ("3.6.8", "21.3.1")


def test_platforms_of_the_table_hold_for_any_image(workplace: Path) -> None:
    (workplace / "pyproject.toml").write_text(
        '[tool.pipfreeze-lock]\nbase-image = "python:3.6.8"\nplatform = "linux/arm64"\npip-version = "18.1"\n'
    )
    found = json.loads(run("target", "--format", "json", "--base-image", "python:3.9.18").out)
    assert found["platform"] == "linux/arm64"
    assert found["pip"] != "18.1"  # which is that of another image


def test_the_table_is_found_upwards_and_its_dockerfile_beside_it(
    configured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (configured / "pyproject.toml").write_text('[tool.pipfreeze-lock]\ndockerfile = "Dockerfile"\n')
    (configured / "src").mkdir()
    monkeypatch.chdir(configured / "src")
    assert python_of() == "3.8.18"


def test_a_pair_that_no_image_has_is_said_and_taken() -> None:
    ran = run("target", "--python-version", "3.6.15", "--pip-version", "24.2", "--libc", "glibc-2.24")
    assert ran.code == 0
    assert "warning: pip 24.2 does not run on Python 3.6.15" in ran.said
    assert not run("target", "--python-version", "3.6.15", "--pip-version", "21.3.1", "--libc", "glibc-2.24").said


def test_two_platforms_are_two_documents(workplace: Path) -> None:
    del workplace
    platforms = ("--platform", "linux/amd64", "--platform", "linux/arm64")
    ran = run("target", "--base-image", "python:3.9.18", *platforms, "--format", "json")
    assert [one["platform"] for one in json.loads(ran.out)] == ["linux/amd64", "linux/arm64"]
    text = run("target", "--base-image", "python:3.9.18", *platforms).out
    assert text.count("python:3.9.18") >= 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--base-image", "python:3.6.99"], "3.6.99"),
        (["--base-image", "registry.example/team/app:1"], "is not an official Python image"),
        (["--dockerfile", "missing"], "missing"),
        (["--python-version", "three"], "`--python-version three`"),
        (["--python-version", "3.6.8", "--platform", "plan9/sparc", *BY_PARTS], "plan9/sparc"),
        (["--python-version", "3.6.8", "--pip-version", "19.1.1", "--libc", "2.24"], "`2.24`"),
        (["--python-version", "3.6.8", *BY_PARTS, "--marker", "platform_release"], "platform_release"),
        (["--python-version", "3.6.8", *BY_PARTS, "--preinstalled", "setuptools"], "setuptools"),
    ],
)
@pytest.mark.usefixtures("workplace")
def test_what_cannot_be_read_is_said_with_a_hint(arguments: list[str], said: str) -> None:
    ran = run("target", *arguments)
    assert ran.code in (2, 3), ran
    assert said in ran.said
    assert "\nhint: " in ran.said or "-->" in ran.said


# --- what a lock's header records ------------------------------------------------------------------------------------


def target_line(lock: Path) -> str:
    return next(line for line in lock.read_text().splitlines() if line.startswith("# target: "))


def test_locking_again_takes_the_source_from_the_header(index: IndexServer, workplace: Path) -> None:
    lock = workplace / "requirements.lock"
    assert run("lock", "--base-image", "python:3.6.8", "--platform", "linux/arm64", "--no-base").code == 0
    before = lock.read_bytes()
    assert index.requests
    ran = run("lock")
    assert ran.code == 0, ran.said
    assert lock.read_bytes() == before
    assert "--no-base --platform linux/arm64" in lock.read_text()


@pytest.mark.usefixtures("index")
def test_a_recorded_dockerfile_is_relative_to_the_lock_and_read_anew(
    workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = workplace / "service"
    service.mkdir()
    (service / "Dockerfile").write_text("ARG VERSION=3.6.8\nFROM python:${VERSION}\n")
    lock = service / "locks" / "requirements.lock"
    lock.parent.mkdir()
    ran = run("lock", "--dockerfile", "service/Dockerfile", "-o", lock)
    assert ran.code == 0, ran.said
    assert "--dockerfile ../Dockerfile" in lock.read_text()
    assert "cpython 3.6.8" in target_line(lock)
    (service / "Dockerfile").write_text("FROM python:3.8.18\n")
    monkeypatch.chdir(service)
    ran = run("lock", "../requirements.txt", "-o", "locks/requirements.lock")
    assert ran.code == 0, ran.said
    assert "cpython 3.8.18" in target_line(lock)
    assert "--dockerfile ../Dockerfile" in lock.read_text()


@pytest.mark.usefixtures("index")
def test_the_table_is_stronger_than_the_header(workplace: Path) -> None:
    assert run("lock", "--base-image", "python:3.6.8").code == 0
    (workplace / "pyproject.toml").write_text('[tool.pipfreeze-lock]\nbase-image = "python:3.8.18"\n')
    assert run("lock").code == 0
    assert "cpython 3.8.18" in target_line(workplace / "requirements.lock")


@pytest.mark.usefixtures("index")
def test_a_part_that_is_given_goes_over_the_header(workplace: Path) -> None:
    assert run("lock", "--base-image", "python:3.6.8").code == 0
    assert run("lock", "--pip-version", "21.3.1").code == 0
    written = (workplace / "requirements.lock").read_text()
    assert "pip-21.3.1" in target_line(workplace / "requirements.lock")
    assert "--base-image python:3.6.8" in written
    assert "--pip-version 21.3.1" in written


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize("command", ["pipfreeze-lock lock 'unbalanced", "pipfreeze-lock lock --base-image"])
def test_a_header_that_was_spoiled(workplace: Path, command: str) -> None:
    """A hand edit may leave anything there."""
    assert run("lock", "--base-image", "python:3.6.8").code == 0
    lock = workplace / "requirements.lock"
    lines = [f"# command: {command}" if "# command" in line else line for line in lock.read_text().splitlines()]
    lock.write_text("\n".join(lines) + "\n")
    ran = run("lock")
    assert ran.code == 2, ran.said
    assert "nothing says which image the lock is for" in ran.said
