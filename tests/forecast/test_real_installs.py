"""What is forecast, held against what real pips then do in real images: actions, bytes fetched, bytes of the layer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from packaging.version import Version
from support.command_line import enter_workplace, run
from support.real_images import RealImages
from support.real_layers import ImageOfPip, RealLayer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.index_server import IndexServer

SETUPS = {
    "pip-19.1.1": ("3.6", {"pip": "19.1.1", "setuptools": "41.0.1", "wheel": "0.33.4"}),
    "pip-26.3": ("3.13", {"pip": "26.3"}),
}
AFTER_WINTER, AFTER_SPRING = "2021-02-01", "2021-04-01"
LIST = "app>=1\ntool\n"
PINS = "app==1.0\nlib=={lib}\ntool=={tool}\nbase==1.0\n"


@dataclass(frozen=True)
class Case:
    """One ``pip install`` in an image."""

    name: str
    says: str
    requirements: str = LIST
    does: Mapping[str, str] = field(default_factory=dict)
    """What has to come of it, so that a case is what its name says: name to action; all else is kept."""
    arguments: tuple[str, ...] = ()
    """Of pip and of forecast alike."""
    is_fresh: bool = False
    """Whether nothing is installed before; else the list, as of the end of winter."""
    as_of: str = AFTER_WINTER
    is_lock: bool = False
    """Whether `requirements` are locked first, and the lock is installed."""
    is_cached: bool = False
    is_by_dockerfile: bool = False
    """Whether a Dockerfile says how pip is called, and not the command line."""
    setups: tuple[str, ...] = tuple(SETUPS)


ALL = dict.fromkeys(["app", "base", "gone", "lib", "tool"], "install")
CASES = [
    Case(
        "fresh",
        "a fresh base gets all; a Dockerfile has `--no-cache-dir`",
        is_fresh=True,
        does=ALL,
        is_by_dockerfile=True,
    ),
    Case("satisfied", "an image that has all gets nothing: 0 B"),
    Case(
        "pin-moved",
        "one pin moved, the rest is kept",
        PINS.format(lib="1.1", tool="1.0"),
        {"lib": "upgrade"},
        as_of=AFTER_SPRING,
    ),
    Case("downgrade", "an older one is asked for", PINS.format(lib="1.0", tool="0.9"), {"tool": "downgrade"}),
    Case("extra", "one more line", f"{LIST}plus\n", {"plus": "install"}),
    Case("sdist", "compiled in the image", f"{LIST}source\n", {"source": "install"}),
    Case("later-day", "the plain list months later: what satisfies it is kept", as_of=AFTER_SPRING),
    Case(
        "later-day-fresh",
        "the plain list months later, on a fresh base",
        is_fresh=True,
        does=dict.fromkeys(["app", "base", "come", "lib", "tool"], "install"),
        as_of=AFTER_SPRING,
        setups=("pip-19.1.1",),
    ),
    Case(
        "upgrade",
        "--upgrade moves what is written, and what that needs",
        does={"tool": "upgrade", "app": "upgrade", "lib": "upgrade", "come": "install"},
        arguments=("--upgrade",),
        as_of=AFTER_SPRING,
    ),
    Case(
        "upgrade-eager",
        "and all that it needs with the other strategy",
        does={"tool": "upgrade", "app": "upgrade", "lib": "upgrade", "base": "upgrade", "come": "install"},
        arguments=("--upgrade", "--upgrade-strategy", "eager"),
        as_of=AFTER_SPRING,
    ),
    Case("locked", "a lock on a fresh base", is_fresh=True, is_lock=True, does=ALL),
    Case("locked-again", "a lock in an image that has it", is_lock=True, setups=("pip-26.3",)),
    Case(
        "cached",
        "pip keeps what it fetches in the layer",
        is_fresh=True,
        does=ALL,
        is_cached=True,
        is_by_dockerfile=True,
        arguments=("--trusted-host", "127.0.0.1"),
    ),
    Case("no-compile", "no bytecode", is_fresh=True, does=ALL, arguments=("--no-compile",), setups=("pip-19.1.1",)),
    Case(
        "reinstalled",
        "all is installed anew",
        does=dict.fromkeys(ALL, "reinstall"),
        arguments=("--force-reinstall",),
        setups=("pip-26.3",),
    ),
    Case("no-deps", "dependencies are left", "plus\n", {"plus": "install"}, ("--no-deps",), setups=("pip-19.1.1",)),
]


@dataclass(frozen=True)
class Start:
    """An image, in containers' storage and as an archive."""

    name: str
    archive: Path


class Workshop:
    """Images by setup: a fresh one, and one in which the list was installed at the end of winter."""

    def __init__(self, folder: Path, server: IndexServer) -> None:
        self._images = RealImages(folder / "containers")
        self._folder = folder
        self._server = server
        self._made: dict[str, Start] = {}

    def start(self, setup: str, *, is_fresh: bool) -> Start:
        name = f"localhost/{setup}-{'fresh' if is_fresh else 'satisfied'}"
        if name not in self._made:
            self._made[name] = self._fresh(setup, name) if is_fresh else self._satisfied(setup, name)
        return self._made[name]

    def _fresh(self, setup: str, name: str) -> Start:
        archive = self._images.base(*SETUPS[setup])
        with self._images.container(archive) as container:
            container.save(name)
        return Start(name, archive)

    def _satisfied(self, setup: str, name: str) -> Start:
        work = self._folder / setup
        work.mkdir()
        (work / "requirements.txt").write_text(LIST)
        archive = self._folder / f"{setup}.tar"
        index = self._server.url_of(as_of=AFTER_WINTER)
        self.install(self.start(setup, is_fresh=True), archive, work, "-r", "requirements.txt", "-i", index, name=name)
        return Start(name, archive)

    def install(
        self, start: Start, made: Path, work: Path, *arguments: str, is_cached: bool = False, name: str | None = None
    ) -> None:
        """Do it in a container, and write the image as an archive.

        :param name: Under which the image is kept, too.
        """
        with self._images.container(start.name) as container:
            container.pip_install(work, *arguments, is_cached=is_cached)
            if name is not None:
                container.save(name)
            container.save(f"docker-archive:{made}:localhost/made:1")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory, server: IndexServer) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("workshop"), server)


@pytest.mark.parametrize(
    ("case", "setup"),
    [
        pytest.param(case, setup, id=f"{case.name}-{setup}")
        for setup in SETUPS
        for case in CASES
        if setup in case.setups
    ],
)
def test_what_is_forecast_is_what_happens(
    case: Case, setup: str, workshop: Workshop, server: IndexServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = enter_workplace(tmp_path, monkeypatch)
    start, made = workshop.start(setup, is_fresh=case.is_fresh), tmp_path / "made.tar"
    told = forecast_of(case, setup, start.archive, work, server)
    server.requests.clear()
    workshop.install(start, made, work, *_arguments(case, server), is_cached=case.is_cached)
    layer = RealLayer(made)
    assert _told_actions(told) == _happened(start.archive, made, layer)
    assert _told_actions(told) == dict(case.does), case.says
    assert sorted((one["filename"], one["size"]) for one in told["fetched"]["files"]) == _served(server)
    _compare_layers(told, layer)
    in_cache = [size for path, size in layer.entries.items() if path.startswith("root/.cache/pip/")]
    assert told["layer"]["cache"] == pytest.approx(sum(in_cache), rel=0.01)
    assert bool(in_cache) is (case.is_cached and setup == "pip-26.3")  # pip 19 has no cache for a trusted host


def forecast_of(case: Case, setup: str, start: Path, work: Path, server: IndexServer) -> dict[str, Any]:
    (work / "requirements.txt").write_text(case.requirements)
    if case.is_lock:
        python, base = SETUPS[setup]
        target = ("--python-version", f"{python}.0", "--pip-version", base["pip"], "--libc", "glibc-2.17")
        here = ("-i", server.url, "--uploaded-prior-to", case.as_of)
        locked = run("lock", *target, *here, "-o", "requirements.lock", "requirements.txt")
        assert locked.code == 0, locked.said
    options = ["--uploaded-prior-to", case.as_of, "-i", server.url, "--format", "json", *case.arguments]
    if case.is_by_dockerfile:
        flag = "" if case.is_cached else "--no-cache-dir "
        lines = [
            "FROM python:3.6.8",
            "ENV PIP_DISABLE_PIP_VERSION_CHECK=1",
            f"RUN pip install {flag}-r requirements.txt",
        ]
        (work / "Dockerfile").write_text("\n".join([*lines, ""]))
        options += ["--dockerfile", "Dockerfile"]
    elif not case.is_cached:
        options.append("--no-cache-dir")
    told = run("forecast", _input(case), f"docker-archive:{start}", *options)
    assert told.code == 0, told.said
    return json.loads(told.out)


def _input(case: Case) -> str:
    return "requirements.lock" if case.is_lock else "requirements.txt"


def _arguments(case: Case, server: IndexServer) -> list[str]:
    hashes = ["--require-hashes"] if case.is_lock else []
    return [*hashes, "-r", _input(case), "-i", server.url_of(as_of=case.as_of), *case.arguments]


def _told_actions(told: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["action"] for one in told["actions"] if one["action"] != "keep"}


def _happened(start: Path, made: Path, layer: RealLayer) -> dict[str, str]:
    """Tell by what is installed before and after, and by what is in the layer."""
    before, after = _installed(start), _installed(made)
    assert before.keys() <= after.keys()
    return {
        name: _became(before.get(name), version)
        for name, version in after.items()
        if any(path.endswith(f"/{name}-{version}.dist-info/RECORD") for path in layer.entries)
    }


def _installed(archive: Path) -> dict[str, str]:
    return {one.name: one.version for one in ImageOfPip.of(archive).installed.distributions}


def _became(old: str | None, new: str) -> str:
    if old is None:
        return "install"
    return "reinstall" if old == new else "upgrade" if Version(old) < Version(new) else "downgrade"


def _served(server: IndexServer) -> list[tuple[str, int]]:
    """Give the distribution files that were sent, with their bytes."""
    sent = [one for one in server.requests if "/files/" in one.path and not one.path.endswith(".metadata")]
    return sorted((one.path.rpartition("/")[2], one.sent) for one in sent)


def _compare_layers(told: dict[str, Any], layer: RealLayer) -> None:
    if told["is_empty"]:
        assert told["layer"]["tar"] == 0
        assert not [path for path in layer.entries if not path.endswith("/")]
    elif told["layer"]["unknown"]:
        assert told["layer"]["tar"] < layer.size
    else:
        assert told["layer"]["tar"] == pytest.approx(layer.size, rel=0.02)
