"""``forecast`` as it is typed: which word is the image, what is refused before anything is read, what pip is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.command_line import enter_workplace, run

from pipfreeze_lock.cli.forecast_options import (
    ForecastOptions,
    PipOptions,
    inputs_and_image,
    lock_among,
    pip_command,
    with_lock_remarks,
)
from pipfreeze_lock.cli.lock_options import LockOptions
from pipfreeze_lock.cli.settings import Settings
from pipfreeze_lock.cli.targeting import TargetOptions
from pipfreeze_lock.errors import InputError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

LOCK = "# pipfreeze-lock 1\n# command: pipfreeze-lock lock --base-image python:3.6.8 requirements.txt\n"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    work = enter_workplace(tmp_path, monkeypatch)
    (work / "requirements.txt").write_text("six\n")
    (work / "dev.txt").write_text("idna\n")
    (work / "Dockerfile").write_text("FROM python:3.6.8\nRUN pip install -r requirements.txt\n")
    return work


def asked(*words: str, inputs: tuple[str, ...] = (), settings: Settings | None = None, **target: str):
    options = ForecastOptions(
        words=words,
        flags=frozenset(target),
        lock=LockOptions(inputs=inputs, target=TargetOptions(**target)),
    )
    found = inputs_and_image(options, settings or Settings())
    return found.inputs, found.image


@pytest.mark.usefixtures("work")
class TestWhichWordIsTheImage:
    def test_the_last_one(self) -> None:
        assert asked("requirements.txt", "python:3.6.8") == (("requirements.txt",), "python:3.6.8")

    def test_behind_several_inputs(self) -> None:
        assert asked("requirements.txt", "dev.txt", "app") == (("requirements.txt", "dev.txt"), "app")

    def test_behind_inputs_that_are_options(self) -> None:
        assert asked("app:1", inputs=("requirements.txt", "dev.txt")) == (("requirements.txt", "dev.txt"), "app:1")

    def test_none_where_a_base_image_is_given(self) -> None:
        assert asked("requirements.txt", base_image="python:3.6.8") == (("requirements.txt",), None)

    def test_none_where_the_configuration_names_it(self) -> None:
        found = asked("requirements.txt", settings=Settings(None, {"base-image": "python:3.6.8"}))
        assert found == (("requirements.txt",), None)

    def test_none_where_a_dockerfile_is_given_and_all_words_are_files(self) -> None:
        assert asked("requirements.txt", "dev.txt", dockerfile="Dockerfile") == (("requirements.txt", "dev.txt"), None)

    def test_one_beside_a_dockerfile(self) -> None:
        assert asked("requirements.txt", "app:1", dockerfile="Dockerfile") == (("requirements.txt",), "app:1")

    def test_a_misspelt_file_beside_a_dockerfile_is_none(self) -> None:
        assert asked("requirements.txt", "dve.txt", dockerfile="Dockerfile") == (("requirements.txt", "dve.txt"), None)

    def test_stdin_is_an_input(self) -> None:
        assert asked("-", "python:3.6.8") == (("-",), "python:3.6.8")
        assert asked("-", base_image="python:3.6.8") == (("-",), None)

    def test_none_where_a_lock_tells_its_target(self, work: Path) -> None:
        (work / "requirements.lock").write_text(LOCK)
        assert asked("requirements.lock") == (("requirements.lock",), None)

    @pytest.mark.parametrize(
        ("words", "target", "message"),
        [
            ((), {}, "there is no input"),
            (("python:3.6.8",), {}, "`python:3.6.8` is the image, and there is no input beside it"),
            (("requirements.txt",), {}, "no image is named"),
            (
                ("requirements.txt", "python:3.6.8"),
                {"base_image": "python:3.7.1"},
                "`--base-image` says what IMAGE says, which is `python:3.6.8`",
            ),
            (
                ("requirements.txt", "python:3.6.8"),
                {"pip_version": "20.0"},
                "`--pip-version` says what IMAGE says, which is `python:3.6.8`",
            ),
        ],
        ids=["nothing", "image-alone", "input-alone", "two-images", "two-pips"],
    )
    def test_what_is_missing_or_said_twice(self, words: tuple[str, ...], target: dict[str, str], message: str) -> None:
        with pytest.raises(UsageError) as caught:
            asked(*words, **target)
        assert caught.value.message == message


def test_a_lock_is_told_by_its_content(work: Path) -> None:
    (work / "pins.txt").write_text(LOCK)
    assert lock_among(("pins.txt",)) == LOCK.encode()
    assert lock_among(("requirements.txt",)) is None
    assert lock_among(("pins.txt", "requirements.txt")) is None
    assert lock_among(("-",)) is None


@pytest.mark.usefixtures("work")
def test_a_pylock_is_none_of_pips_inputs() -> None:
    with pytest.raises(InputError, match=r"reads no `pylock\.toml`"):
        lock_among(("pylock.dev.toml",))


def test_the_command_of_pip() -> None:
    pip = PipOptions(upgrade=True, upgrade_strategy="eager", no_cache_dir=True)
    lock = LockOptions(
        inputs=("requirements.txt", "my list.txt", "https://user:secret@index.example/more.txt"),
        target=TargetOptions(),
        constraints=("limits.txt",),
        index_url="https://user:secret@index.example/simple/",
        pre=True,
        format_mentions=(("--no-binary", "six"),),
    )
    assert pip_command(pip, lock) == (
        "pip install --upgrade --no-cache-dir --upgrade-strategy eager --pre --no-binary six -c limits.txt "
        "-r requirements.txt -r 'my list.txt' -r https://index.example/more.txt"
    )


def test_a_lock_says_how_it_is_installed() -> None:
    plain = PipOptions()
    assert with_lock_remarks(plain, has_hashes=True, installs_without_dependencies=True) == PipOptions(
        require_hashes=True, no_deps=True
    )
    assert with_lock_remarks(plain, has_hashes=False, installs_without_dependencies=False) == plain


@pytest.mark.usefixtures("work")
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--format", "yaml"], 2, "`--format yaml` is not known"),
        (["--format", "markdown"], 2, "`--format markdown` is for two days, of which `--since` names the first"),
        (["--upgrade-strategy", "lazy"], 2, "`--upgrade-strategy lazy` is not known"),
        (["--since", "tomorrow"], 2, "`tomorrow` is not a date"),
        (
            ["--since", "2021-04-16", "--uploaded-prior-to", "2021-01-16"],
            2,
            "`--since 2021-04-16` is not before `--uploaded-prior-to 2021-01-16`",
        ),
        (["--since", "2999-01-01"], 2, "`--since 2999-01-01` has not come yet"),
        (["--environment", "/opt/venv"], 2, "`--environment` is of an image that is read, and `python:3.6.8` is"),
        (["-o", "requirements.txt"], 2, "`requirements.txt` is an input, and the report would replace it"),
        (["-r", "rootfs:."], 2, "`rootfs:.` is an image, and stands where inputs do"),
        (["-r", "nothing.txt"], 3, "there is no file `nothing.txt`"),
        (["--platform", "linux/amd64", "--platform", "linux/arm64"], 2, "a forecast is for one platform"),
        (["--platform", "windows/amd64"], 2, "a forecast is for images of Linux, and this target is windows/amd64"),
        (["--dockerfile", "nothing"], 3, "the Dockerfile cannot be read: No such file or directory"),
        (["--timeout", "0"], 2, "`--timeout 0` is no time that one can wait for"),
        (["--no-index"], 4, "`six` is not looked for anywhere: no index and no `--find-links` is in force"),
    ],
    ids=[
        *("format", "markdown", "strategy", "date", "dates", "future", "environment", "output", "misplaced"),
        *("input", "platforms", "windows", "dockerfile", "timeout", "no-index"),
    ],
)
def test_what_is_refused_before_an_index_is_asked(arguments: list[str], code: int, message: str) -> None:
    ran = run("forecast", "requirements.txt", "python:3.6.8", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert f"error: {message}" in ran.said


@pytest.mark.usefixtures("work")
def test_a_list_of_what_is_installed_is_no_image() -> None:
    ran = run("forecast", "requirements.txt", "installed:pip-list.json")
    assert ran.code == 2
    assert "`forecast` reads files" in ran.said
