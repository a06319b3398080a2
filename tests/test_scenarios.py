"""Every scenario file under `tests/scenarios`: our answer, and that the real pip gives the same."""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version
from support.command_line import enter_workplace
from support.packages import universe
from support.scenario import Ask, Scenario, read_scenario, serve

if TYPE_CHECKING:
    from support.index_server import IndexServer
    from support.real_pip import RealPips

FOUND = [
    named for path in sorted(Path(__file__).with_name("scenarios").glob("*/*.toml")) for named in read_scenario(path)
]
SCENARIOS = [
    pytest.param(scenario, id=name, marks=[pytest.mark.xfail(reason=scenario.open)] if scenario.open else [])
    for name, scenario in FOUND
]
JUDGED = [pytest.param(scenario, id=name) for name, scenario in FOUND if scenario.oracle]


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder to work in, with nothing of this machine's configuration in force."""
    work = enter_workplace(tmp_path, monkeypatch)
    monkeypatch.setenv("COLUMNS", "500")  # so that no message is broken where a snippet is looked for
    return work


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_lock(scenario: Scenario, index_server: IndexServer, workplace: Path) -> None:
    if scenario.before:
        serve(scenario, index_server, scenario.not_yet)
        for index in index_server.indexes.values():
            index.cache_control = "no-cache"  # it is about to change, sooner than any real one
        code, _, said = lock(scenario, scenario.before, index_server, workplace)
        assert code == 0, f"the earlier lock could not be made:\n{said}"
    names = serve(scenario, index_server, scenario.gone)
    code, out, said = lock(scenario, scenario.ask, index_server, workplace)
    written = (workplace / "requirements.lock").read_text() if (workplace / "requirements.lock").exists() else ""
    expect = scenario.expect
    assert code == expect.exit, said
    if code == 0:
        pins = read_pins(written)
        chosen = sorted(names[digest] for _, hashes, _ in pins.values() for digest in hashes)
        assert_selection(scenario, chosen, sorted(f"{name}=={version}" for name, (version, _, _) in pins.items()))
        for name, comment in expect.via.items():
            assert pins[name][2] == comment
    for snippet in expect.says:
        assert snippet.lower() in said.lower()
    for secret in expect.hides:
        assert secret not in out + said + written


@pytest.mark.parametrize("scenario", JUDGED)
def test_real_pip_agrees(scenario: Scenario, index_server: IndexServer, real_pips: RealPips, tmp_path: Path) -> None:
    names = serve(scenario, index_server, scenario.gone)
    target = scenario.target
    pip = real_pips(
        ".".join(target.python.split(".")[:2]),
        target.pip,
        base=target.base if scenario.oracle == "install" else None,
        base_metadata=base_metadata(scenario) if scenario.oracle == "install" else None,
        glibc=target.libc.removeprefix("glibc-"),
        machine={"linux/amd64": "x86_64", "linux/arm64": "aarch64"}[target.platform],
    )
    arguments = pip_arguments(scenario, index_server, tmp_path)
    if scenario.oracle == "install" and Version(target.pip) < Version("22.2"):
        assert scenario.expect.files is None, "what is installed does not say which file it was"
        ran, pins = pip.install(*arguments)
        assert (ran.returncode == 0) == (scenario.expect.exit == 0), ran.output
        if ran.returncode == 0:
            assert_selection(scenario, [], pins)
        return
    if scenario.oracle == "install":
        ran, files = pip.would_install(*arguments)
    else:
        folder = tmp_path / "files"
        ran, files = pip.download(*arguments, folder=folder)
        files = sorted(names[hashlib.sha256((folder / file).read_bytes()).hexdigest()] for file in files)
    assert (ran.returncode == 0) == (scenario.expect.exit == 0), ran.output
    if ran.returncode == 0:
        assert_selection(scenario, files, sorted(map(pin_of, files)))


def base_metadata(scenario: Scenario) -> dict[str, str]:
    """Give what the base set's distributions say of themselves, where the scenario has those releases."""
    base = scenario.target.base or {}
    wanted = {
        name: {base[name]: scenario.packages[name][base[name]]}
        for name in base
        if base[name] in scenario.packages.get(name, {})
    }
    return {one.project: one.metadata.decode() for one in universe(wanted) if one.metadata is not None}


def assert_selection(scenario: Scenario, files: list[str], pins: list[str]) -> None:
    """Compare files and pins with what is expected of both, ours and the real pip's."""
    if scenario.expect.pins is not None:
        assert pins == sorted(scenario.expect.pins)
    if scenario.expect.files is not None:
        assert files == sorted(scenario.expect.files)


def lock(scenario: Scenario, ask: Ask, server: IndexServer, workplace: Path) -> tuple[int, str, str]:
    """Run our command line in this process: exit code, stdout, stderr."""
    from pipfreeze_lock.__main__ import main  # noqa: PLC0415  the environment must be set before it is imported

    (workplace / "requirements.txt").write_text(ask.requirements)
    command = ["lock", "requirements.txt", "-o", "requirements.lock", "--index-url", index_url(scenario, server)]
    command += [*scenario.target.options, *expanded(ask.options + ask.our_options, server, workplace)]
    if ask.constraints:
        (workplace / "constraints.txt").write_text(ask.constraints)
        command += ["-c", "constraints.txt"]
    if ask.exclude_newer:
        command += ["--exclude-newer", ask.exclude_newer]
    out, said = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
        code = main(command)
    return code, out.getvalue(), said.getvalue()


def pip_arguments(scenario: Scenario, server: IndexServer, folder: Path) -> list[object]:
    """Say the same to the real pip."""
    ask = scenario.ask
    (folder / "requirements.txt").write_text(ask.requirements)
    arguments: list[object] = ["-r", folder / "requirements.txt", "--index-url"]
    arguments += [server.url_of(as_of=ask.exclude_newer) if ask.exclude_newer else index_url(scenario, server)]
    if ask.constraints:
        (folder / "constraints.txt").write_text(ask.constraints)
        arguments += ["-c", folder / "constraints.txt"]
    return [*arguments, *expanded(ask.options, server, folder)]


def index_url(scenario: Scenario, server: IndexServer) -> str:
    credentials = scenario.indexes.get("default", {}).get("credentials")
    return server.url_of(credentials=":".join(credentials) if credentials else None)


def expanded(options: tuple[str, ...], server: IndexServer, folder: Path) -> list[str]:
    """Put the URLs of the indexes into the options."""
    places = {name: server.url_of(name) for name in server.indexes if name}
    places |= {f"{name or 'default'}_links": server.links_of(name) for name in server.indexes}
    places |= {f"{name}_folder": str(folder / name) for name in server.indexes}
    for name, index in server.indexes.items():
        if any(f"{{{name}_folder}}" in option for option in options):
            (folder / name).mkdir(exist_ok=True)
            for artifact in (one for files in index.files.values() for one in files):
                (folder / name / artifact.filename).write_bytes(artifact.content)
    return [option.format(**places) for option in options]


def read_pins(text: str) -> dict[str, tuple[str, list[str], str]]:
    """Read a lock with other eyes than the package's: name to version, SHA-256s and who asks, joined by commas."""
    pins: dict[str, tuple[str, list[str], str]] = {}
    name = ""
    for line in text.splitlines():
        if pin := re.match(r"([\w.-]+)(?:\[[^]]*\])?===?([^\s;]+)", line):
            name = canonicalize_name(pin[1])
            pins[name] = (pin[2], re.findall(r"--hash=sha256:(\w+)", line), "")
        elif name and (digest := re.match(r"\s+--hash=sha256:(\w+)", line)):
            pins[name][1].append(digest[1])
        elif name and (via := re.match(r"\s+# via (.+)|\s+#   (.+)", line)):
            earlier = pins[name][2]
            pins[name] = (*pins[name][:2], f"{earlier}, {via[1] or via[2]}" if earlier else via[1] or via[2])
    return pins


def pin_of(file: str) -> str:
    """Give the pin that a file name stands for."""
    filename = file.rpartition(":")[2]
    try:
        if filename.endswith(".whl"):
            name, version, _, _ = parse_wheel_filename(filename)
            return f"{name}=={version}"
        sdist_name, sdist_version = parse_sdist_filename(filename)
    except (InvalidSdistFilename, InvalidWheelFilename):  # a version that PEP 440 does not know, as 2011k of pytz
        project, text = re.sub(r"-py2\.py3-none-any\.whl|\.tar\.gz", "", filename).split("-", 1)
        return f"{canonicalize_name(project)}=={text}"
    return f"{sdist_name}=={sdist_version}"


def test_there_are_scenarios() -> None:
    assert len(SCENARIOS) >= 60
