"""``verify`` as one types it: exit codes, choice of the environment, policy, formats, and what is said where."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from support.command_line import Ran, enter_workplace, run
from support.distribution import Distribution
from support.file_trees import distribution, merged, python, venv
from support.image_archives import Image, docker_archive, layer
from support.sdists import build_sdist
from support.wheels import build_wheel

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.index_server import IndexServer

SITE = "usr/local/lib/python3.11/site-packages"
TARGET = ("--python-version", "3.11.7", "--pip-version", "24.0", "--libc", "glibc-2.36", "--platform", "linux/amd64")
LIBC = {"lib/x86_64-linux-gnu/libc.so.6": "GNU C Library (Debian) stable release version 2.36.\n"}
ONE = build_wheel(Distribution(name="one", version="1.0"))


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a wheelhouse, and a lock of what is in it."""
    work = enter_workplace(tmp_path, monkeypatch)
    (work / "wheels").mkdir()
    (work / "wheels" / ONE.filename).write_bytes(ONE.content)
    (work / "requirements.txt").write_text("one\n")
    made = run("lock", *TARGET, "--no-index", "--find-links", "wheels", "requirements.txt")
    assert made.code == 0, made.said
    monkeypatch.setattr(socket.socket, "connect", _no_network)
    return work


def _no_network(*_: object) -> None:
    message = "the network was asked"
    raise AssertionError(message)


def flat(*trees: Mapping[str, Any]) -> dict[str, Any]:
    return {path: content if content != {} else None for path, content in merged(*trees).items()}


def base(**more: str) -> dict[str, Any]:
    """A Python with its pip."""
    return flat(python("/usr/local", "3.11.7"), LIBC, {SITE: distribution("pip", "24.0")}, more)


def lock_layer() -> dict[str, Any]:
    """What pip leaves of the lock."""
    with zipfile.ZipFile(io.BytesIO(ONE.content)) as wheel:
        files = {f"{SITE}/{name}": wheel.read(name) for name in wheel.namelist()}
    return {**files, f"{SITE}/one-1.0.dist-info/INSTALLER": "pip\n"}


def archive(folder: Path, *layers: Mapping[str, Any], name: str = "image.tar", **config: Any) -> str:
    values = {"Cmd": ["python3"], "Env": ["PATH=/usr/local/bin:/usr/bin"], **config}
    history = [{"created_by": f"RUN step {number} # buildkit"} for number in range(1, len(layers) + 1)]
    image = Image(layers=[layer(one) for one in layers], config=values, history=history)
    (folder / name).write_bytes(docker_archive(image))
    return f"docker-archive:{name}"


def test_exactly_the_lock(workplace: Path) -> None:
    ran = run("verify", "requirements.lock", archive(workplace, base(), lock_layer()))
    assert ran == (0, "requirements.lock agrees with docker-archive:image.tar: 1 pin\n", "")


def test_quiet_says_nothing_of_what_agrees(workplace: Path) -> None:
    assert run("verify", "-q", "requirements.lock", archive(workplace, base(), lock_layer())) == (0, "", "")


def test_verbose_says_which_environment_and_how_much(workplace: Path) -> None:
    ran = run("verify", "-v", "requirements.lock", archive(workplace, base(), lock_layer()))
    assert "Looking at `/usr/local` (Python 3.11.7): CMD runs `python3`.\n" in ran.said
    assert "2 layers" in ran.said


def test_text_groups_by_layer_and_ends_with_what_mends(workplace: Path) -> None:
    image = archive(workplace, base(), {}, flat({SITE: distribution("two", "2.0")}))
    ran = run("verify", "requirements.lock", image)
    assert (ran.code, ran.said) == (1, "")
    assert ran.out == (
        "error[missing-distribution]: `one==1.0` is pinned and not installed\n"
        "  --> requirements.lock:9\n"
        "\n"
        "layer 3: RUN step 3\n"
        "error[extra-distribution]: `two==2.0` is installed, and neither in the lock nor in the base set\n"
        "  --> image:/usr/local/lib/python3.11/site-packages/two-2.0.dist-info\n"
        "\n"
        "requirements.lock disagrees with docker-archive:image.tar: 2 errors, 1 pin\n"
        "hint: mend with\n"
        "    RUN pip uninstall --yes two && pip install --no-cache-dir --require-hashes -r requirements.lock\n"
    )


@pytest.mark.parametrize("name", ["json", "github", "gitlab", "junit", "sarif"])
def test_formats(workplace: Path, name: str) -> None:
    image = archive(workplace, base(), flat({SITE: distribution("two", "2.0")}))
    ran = run("verify", "requirements.lock", image, "--format", name)
    assert ran.code == 1
    assert "extra-distribution" in ran.out
    to_file = run("verify", "requirements.lock", image, "--format", name, "-o", "report")
    assert (to_file.code, to_file.out) == (1, "")
    assert (workplace / "report").read_text() == ran.out
    assert "error[extra-distribution]" in to_file.said


def test_the_report_does_not_replace_the_lock(workplace: Path) -> None:
    before = (workplace / "requirements.lock").read_bytes()
    ran = run("verify", "requirements.lock", archive(workplace, base(), lock_layer()), "-o", "./requirements.lock")
    assert (ran.code, ran.out) == (2, "")
    assert "`requirements.lock` is an input, and the report would replace it" in ran.said
    assert (workplace / "requirements.lock").read_bytes() == before


def test_what_was_not_looked_for_is_not_told_as_passed(workplace: Path) -> None:
    image = archive(workplace, base(), lock_layer())
    plain = run("verify", "requirements.lock", image, "--format", "junit").out
    assert "extra-distribution" in plain
    assert not any(rule in plain for rule in ("changed-file", "unowned-file", "other-file"))
    whole = run("verify", "requirements.lock", image, "--format", "junit", "--integrity").out
    assert "changed-file" in whole
    assert "other-file" not in whole


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nothing.lock", "IMAGE"), 3, "the lock cannot be read: no such file or directory"),
        (("requirements.txt", "IMAGE"), 3, "Name a lock that `pipfreeze-lock lock` wrote"),
        (("requirements.lock", "docker-archive:nothing.tar"), 6, "nothing.tar"),
        (("requirements.lock", "docker-archive:requirements.txt"), 6, "docker-archive:requirements.txt"),
        (("requirements.lock", "oci:wheels"), 6, "oci:wheels"),
        (("requirements.lock", "rootfs:nothing"), 6, "there is no such folder"),
        (("requirements.lock", "rootfs:wheels"), 6, "there is no Python in it"),
        (("requirements.lock", "installed:nothing"), 6, "it cannot be read: no such file or directory"),
        (("requirements.lock", "python:./nothing"), 6, "`./nothing` does not run"),
        (("requirements.lock", "containers-storage:x"), 2, "skopeo copy"),
        (("requirements.lock", "./image.tar"), 2, "is a file, and not the name of an image"),
        (("requirements.lock", "IMAGE", "--format", "xml"), 2, "`--format xml` is not known"),
        (("requirements.lock", "IMAGE", "--base-policy", "none"), 2, "`--base-policy none` is not known"),
        (("requirements.lock", "IMAGE", "--environment", "/x", "--all-environments"), 2, "cannot be given together"),
        (("requirements.lock", "IMAGE", "--environment", "/opt/none"), 2, "there is no Python environment `/opt/none`"),
        (("requirements.lock",), 2, "Missing argument 'IMAGE'"),
    ],
)
def test_what_cannot_be_done_is_no_pass(workplace: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    image = archive(workplace, base(), lock_layer())
    ran = run("verify", *(image if one == "IMAGE" else one for one in arguments))
    assert (ran.code, ran.out) == (code, ""), ran
    assert said in ran.said


def test_an_archive_that_was_cut_short_is_no_pass(workplace: Path) -> None:
    image = archive(workplace, base(), lock_layer())
    whole = (workplace / "image.tar").read_bytes()
    for size in (0, 100, 512, 5_000, len(whole) // 2):
        (workplace / "image.tar").write_bytes(whole[:size])
        for options in ((), ("--integrity",)):
            ran = run("verify", "requirements.lock", image, *options)
            assert (ran.code, ran.out) == (6, ""), (size, ran)


def test_an_image_without_python(workplace: Path) -> None:
    ran = run("verify", "requirements.lock", archive(workplace, {"etc/passwd": "", "usr/bin/python3": "script"}))
    assert ran.code == 6
    assert "error: there is no Python in it\n  --> docker-archive:image.tar\n" in ran.said


def test_a_lock_that_was_edited_is_said(workplace: Path) -> None:
    lock = workplace / "requirements.lock"
    lock.write_text(lock.read_text().replace("one==1.0", "one==1.1"))
    ran = run("verify", "requirements.lock", archive(workplace, base(), lock_layer()))
    assert ran.code == 1
    assert "`requirements.lock` was changed after it was written" in ran.said


@pytest.fixture
def two(workplace: Path) -> str:
    """An image with a venv in which nothing is installed."""
    return archive(workplace, base(), flat(venv("/opt/venv", "/usr/local/bin", "3.11.7")), lock_layer())


def test_which_environment_was_taken_is_said(two: str) -> None:
    ran = run("verify", "requirements.lock", two)
    assert ran.code == 0
    assert ran.said == "Looking at `/usr/local` (Python 3.11.7): CMD runs `python3`. Also there: `/opt/venv`.\n"


@pytest.mark.parametrize("environment", ["/opt/venv", "/opt/venv/", "/opt/venv/bin/python", "opt/venv/bin"])
def test_another_environment(two: str, environment: str) -> None:
    ran = run("verify", "requirements.lock", two, "--environment", environment)
    assert ran.code == 1
    assert "requirements.lock disagrees with docker-archive:image.tar /opt/venv: 2 errors" in ran.out
    assert "    RUN /opt/venv/bin/python -m pip install --no-cache-dir" in ran.out


def test_all_environments(two: str) -> None:
    ran = run("verify", "requirements.lock", two, "--all-environments", "--format", "json")
    examinations = json.loads(ran.out)["examinations"]
    assert ran.code == 1
    assert [(one["subject"].rpartition(" ")[2], one["agrees"]) for one in examinations] == [
        ("/usr/local", True),
        ("/opt/venv", False),
    ]


def extras(workplace: Path) -> str:
    more = {SITE: {**distribution("types-six", "2.0"), **distribution("types-mock", "2.0", installer="conda")}}
    pip = {f"{SITE}/pip-24.0.dist-info/METADATA": "Name: pip\nVersion: 24.1\n"}
    return archive(workplace, base(), lock_layer(), flat(more), pip)


@pytest.mark.parametrize(
    ("options", "code", "rules", "hidden"),
    [
        ((), 1, ["broken-metadata", "changed-base-distribution", "extra-distribution", "extra-distribution"], 0),
        (("--allow-extra", "types_SIX"), 1, ["broken-metadata", "changed-base-distribution", "extra-distribution"], 1),
        (("--allow-extra", "types-*"), 1, ["broken-metadata", "changed-base-distribution"], 2),
        (("--allow-extra", "types-*", "--ignore", "pip"), 0, [], 4),
        (("--allow-extra", "types-*", "--ignore", "broken-metadata:p*", "--base-policy", "ignore"), 0, [], 4),
        (
            ("--ignore", "types-*", "--ignore", "broken-metadata", "--base-policy", "warn"),
            0,
            ["changed-base-distribution"],
            3,
        ),
    ],
)
def test_policy(workplace: Path, options: tuple[str, ...], code: int, rules: list[str], hidden: int) -> None:
    ran = run("verify", "requirements.lock", extras(workplace), "--format", "json", *options)
    (examination,) = json.loads(ran.out)["examinations"]
    assert (ran.code, sorted(one["rule"] for one in examination["findings"])) == (code, rules)
    assert examination["hidden"] == hidden
    text = run("verify", "requirements.lock", extras(workplace), *options).out
    assert (f"{hidden} " in text.splitlines()[-1] or "hidden" in text) if hidden else "hidden" not in text


def test_policy_in_the_configuration_does_not_shape_the_lock(workplace: Path) -> None:
    before = (workplace / "requirements.lock").read_bytes()
    (workplace / "pyproject.toml").write_text(
        '[tool.pipfreeze-lock]\nallow-extra = ["types-*"]\nignore = ["broken-metadata:pip"]\nbase-policy = "warn"\n'
    )
    assert run("verify", "requirements.lock", extras(workplace)).code == 0
    assert run("check", "requirements.lock").code == 0
    assert run("lock", *TARGET, "--no-index", "--find-links", "wheels", "requirements.txt").code == 0
    assert (workplace / "requirements.lock").read_bytes() == before
    assert run("verify", "requirements.lock", extras(workplace), "--base-policy", "strict").code == 1


LISTING = "one==1.0\npip==24.0\n"


def test_listings(workplace: Path) -> None:
    (workplace / "installed.txt").write_text(LISTING)
    ran = run("verify", "requirements.lock", "installed:installed.txt")
    assert ran.code == 0
    assert "not checked: which Python it has: nothing tells it\n" in ran.out
    assert run("verify", "requirements.lock", "installed:-", stdin=LISTING).code == 0
    missing = run("verify", "requirements.lock", "installed:-", stdin="pip==24.0\n")
    assert (missing.code, "missing-distribution" in missing.out) == (1, True)


@pytest.mark.parametrize(
    "option", ["--integrity", "--deep", "--all-environments", "--environment=/usr", "--platform=x/y"]
)
def test_a_listing_has_no_files(workplace: Path, option: str) -> None:
    (workplace / "installed.txt").write_text(LISTING)
    ran = run("verify", "requirements.lock", "installed:installed.txt", option)
    assert ran.code == 2
    assert f"`{option.partition('=')[0]}` reads files" in ran.said


DEEP = ("--deep", "--ignore", "pip", "--format", "json")
"""The base set's pip has no RECORD here."""


def examined(ran: Ran) -> tuple[int, list[str], list[str]]:
    (examination,) = json.loads(ran.out)["examinations"]
    return ran.code, [one["message"] for one in examination["findings"]], examination["unchecked"]


def test_deep_from_the_wheelhouse_that_the_lock_names(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It lies beside the lock, and is found from anywhere."""
    image = archive(workplace, base(), lock_layer())
    assert examined(run("verify", "requirements.lock", image, *DEEP)) == (0, [], [])
    (workplace / "below").mkdir()
    monkeypatch.chdir(workplace / "below")
    image = image.replace(":", ":../")
    assert examined(run("verify", "../requirements.lock", image, *DEEP)) == (0, [], [])


@pytest.mark.parametrize("ranges", [True, False])
def test_deep_from_an_index(workplace: Path, index_server: IndexServer, *, ranges: bool) -> None:
    index_server.index("other", ranges=ranges).add(ONE)
    (workplace / "wheels" / ONE.filename).unlink()
    image = archive(workplace, base(), lock_layer())
    at = ("--index-url", index_server.url_of("other"))
    for _ in range(2):  # the second time what was read of the wheel comes from the cache
        assert examined(run("verify", "requirements.lock", image, *DEEP, *at)) == (0, [], [])
    assert sum(path.endswith(".whl") for path in index_server.paths()) == 1
    forged = {f"{SITE}/one-1.0.dist-info/RECORD": "one.py,,\none-1.0.dist-info/METADATA,,\n"}
    code, messages, _ = examined(
        run("verify", "requirements.lock", archive(workplace, base(), lock_layer(), forged), *DEEP, *at)
    )
    assert code == 1
    assert messages[0].startswith(f"`one==1.0` is not what `{ONE.filename}` holds: its RECORD has another `one.py`")


def test_deep_where_the_file_is_gone(workplace: Path) -> None:
    (workplace / "wheels" / ONE.filename).unlink()
    ran = run("verify", "requirements.lock", archive(workplace, base(), lock_layer()), *DEEP)
    gone = "which file `one` came from: no file with its hash is offered any more"
    assert examined(ran) == (0, [], [gone])


def test_deep_where_another_file_has_its_name(workplace: Path) -> None:
    other = build_wheel(Distribution(name="one", version="1.0", inside={"more.txt": "more"}))
    (workplace / "wheels" / ONE.filename).write_bytes(other.content)
    ran = run("verify", "requirements.lock", archive(workplace, base(), lock_layer()), *DEEP)
    assert examined(ran)[2] == ["which file `one` came from: no file with its hash is offered any more"]


def test_deep_from_an_index_that_does_not_answer_is_no_pass(workplace: Path) -> None:
    image = archive(workplace, base(), lock_layer())
    ran = run(
        "verify", "requirements.lock", image, *DEEP, "--index-url", "http://127.0.0.1:9/simple/", "--retries", "0"
    )
    assert (ran.code, ran.out) == (5, ""), ran


def test_deep_of_what_was_built_here(workplace: Path) -> None:
    """An sdist is allowed beside the wheel, and the installed WHEEL has tags that no locked wheel has."""
    sdist = build_sdist(Distribution(name="one", version="1.0"))
    (workplace / "wheels" / sdist.filename).write_bytes(sdist.content)
    made = run("lock", *TARGET, "--hashes", "all", "--no-index", "--find-links", "wheels", "requirements.txt")
    assert made.code == 0, made.said
    built = {f"{SITE}/one-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nTag: cp311-cp311-linux_x86_64\n"}
    ran = run(
        "verify",
        "requirements.lock",
        archive(workplace, base(), lock_layer(), built),
        *DEEP,
        "--ignore",
        "changed-file",
    )
    why = "the installed tags are of no locked wheel, so that an sdist was built"
    assert examined(ran) == (0, [], [f"which file `one` came from: {why}"])


def test_an_interpreter_of_this_machine(workplace: Path) -> None:
    made = workplace / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", made], check=True)
    site = next(made.glob("lib/python*/site-packages"))
    for path, content in flat({"": distribution("two", "2.0")}).items():
        target = site / path.strip("/")
        target.mkdir(parents=True, exist_ok=True) if content is None else target.write_text(content)
    for image in (f"python:{made}/bin/python", f"python:{made}"):
        ran = run("verify", "requirements.lock", image, "--ignore", "other-*")
        assert ran.code == 1
        assert "extra-distribution" in ran.out
        assert "missing-distribution" in ran.out
        assert f"\n    {made}/bin/python -m pip uninstall --yes two && {made}/bin/python -m pip install " in ran.out
        assert "RUN" not in ran.out
    # Without a slash, a name is an interpreter where it lies here, else an image.
    ran = run("verify", "requirements.lock", f"python:{made.name}", "--ignore", "other-*")
    assert (ran.code, "\n    environment/bin/python -m pip uninstall --yes two && " in ran.out) == (1, True)
