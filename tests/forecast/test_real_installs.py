"""What is forecast, held against what real pips then do in real images: actions, bytes fetched, bytes of the layer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from packaging.version import Version
from support import needs, packages
from support.command_line import enter_workplace, run
from support.index_server import IndexServer
from support.real_images import RealImages
from support.real_layers import ImageOfPip, RealLayer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from support.distribution import Artifact

SETUPS = {
    "pip-19.1.1": ("3.6", {"pip": "19.1.1", "setuptools": "41.0.1", "wheel": "0.33.4"}),
    "pip-26.3": ("3.13", {"pip": "26.3"}),
}
WINTER, SPRING, SUMMER = "2021-01-10T00:00:00Z", "2021-03-10T00:00:00Z", "2021-06-10T00:00:00Z"
AFTER_WINTER, AFTER_SPRING = "2021-02-01", "2021-04-01"
LIST = "app>=1\ntool\n"
HELD = {
    "winter": "app==1.0\nlib==1.0\ntool==1.0\nbase==1.0\n",
    "one-moved": "app==1.0\nlib==1.1\ntool==1.0\nbase==1.0\n",
    "back": "app==1.0\nlib==1.0\ntool==0.9\nbase==1.0\n",
}


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


ALL = {"app": "install", "base": "install", "lib": "install", "tool": "install"}
CASES = [
    Case("fresh", "all is installed on a fresh base", is_fresh=True, does=ALL),
    Case("satisfied", "an image that has all gets nothing: 0 B"),
    Case("pin-moved", "one pin moved, the rest is kept", HELD["one-moved"], {"lib": "upgrade"}, as_of=AFTER_SPRING),
    Case("downgrade", "an older one is asked for", HELD["back"], {"tool": "downgrade"}),
    Case("extra", "one more line", f"{LIST}plus\n", {"plus": "install"}),
    Case("sdist", "compiled in the image", f"{LIST}source\n", {"source": "install"}),
    Case("later-day", "the plain list months later: what satisfies it is kept", as_of=AFTER_SPRING),
    Case(
        "later-day-fresh", "the plain list months later, on a fresh base", is_fresh=True, does=ALL, as_of=AFTER_SPRING
    ),
    Case(
        "upgrade",
        "--upgrade moves what is written, and what that needs",
        does={"tool": "upgrade", "app": "upgrade", "lib": "upgrade"},
        arguments=("--upgrade",),
        as_of=AFTER_SPRING,
    ),
    Case(
        "upgrade-eager",
        "and all that it needs with the other strategy",
        does={"tool": "upgrade", "app": "upgrade", "lib": "upgrade", "base": "upgrade"},
        arguments=("--upgrade", "--upgrade-strategy", "eager"),
        as_of=AFTER_SPRING,
    ),
    Case("locked", "a lock on a fresh base", is_fresh=True, is_lock=True, does=ALL),
    Case("locked-again", "a lock in an image that has it", is_lock=True),
    Case("by-dockerfile", "how pip is called stands in a Dockerfile", is_fresh=True, does=ALL, is_by_dockerfile=True),
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


def universe() -> list[Artifact]:
    code = {
        f"{{}}/part{number}.py": f"def function(x):\n    return x * {number} + len(str(x))\n" * 40
        for number in range(12)
    }

    def made(name: str, version: str, uploaded: str, *requires: str, padding: int = 60_000) -> Artifact:
        inside = {path.format(name): text for path, text in code.items()}
        inside[f"{name}-{version}.dist-info/entry_points.txt"] = (
            f"[console_scripts]\n{name}-run = {name}.part1:function\n"
        )
        return packages.wheel(name, version, requires=requires, upload_time=uploaded, inside=inside, padding=padding)

    return [
        made("app", "1.0", WINTER, "lib>=1", "base"),
        made("app", "1.1", SPRING, "lib>=1.1", "base", padding=80_000),
        made("lib", "1.0", WINTER, padding=200_000),
        made("lib", "1.1", SPRING, padding=250_000),
        made("lib", "1.2", SUMMER, padding=300_000),
        made("base", "1.0", WINTER),
        made("base", "1.5", SPRING, padding=90_000),
        made("tool", "0.9", WINTER, "base"),
        made("tool", "1.0", WINTER, "base"),
        made("tool", "2.0", SPRING, "base", padding=10_000),
        made("plus", "3.0", WINTER, "lib"),
        packages.sdist("source", "1.0", upload_time=WINTER, style="setuptools", requires=["base"]),
    ]


@pytest.fixture(scope="module")
def server() -> Iterator[IndexServer]:
    with IndexServer(*universe()) as server:
        wheel = needs.wheel_file("setuptools", "80.9.0")
        server.add(packages.Artifact.of("setuptools", "80.9.0", wheel.name, wheel.read_bytes(), upload_time=WINTER))
        yield server


class Workshop:
    """Images by setup: a fresh one, and one in which the list was installed at the end of winter."""

    def __init__(self, folder: Path, server: IndexServer) -> None:
        self.images = RealImages(folder / "containers")
        self._folder = folder
        self._server = server
        self._satisfied: dict[str, Path] = {}

    def start(self, setup: str, *, is_fresh: bool) -> Path:
        python, base = SETUPS[setup]
        fresh = self.images.base(python, base)
        return fresh if is_fresh else self._satisfied.get(setup) or self._satisfy(setup, fresh)

    def _satisfy(self, setup: str, fresh: Path) -> Path:
        made = self._folder / f"{setup}.tar"
        work = self._folder / f"{setup}-work"
        work.mkdir()
        (work / "requirements.txt").write_text(LIST)
        self.install(fresh, made, work, "-r", "requirements.txt", "-i", self._server.url_of(as_of=AFTER_WINTER))
        return self._satisfied.setdefault(setup, made)

    def install(self, start: Path, made: Path, work: Path, *arguments: str, is_cached: bool = False) -> None:
        with self.images.container(start) as container:
            container.pip_install(work, *arguments, is_cached=is_cached)
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
    told = forecast_of(case, setup, start, work, server)
    server.requests.clear()
    workshop.install(start, made, work, *_arguments(case, server), is_cached=case.is_cached)
    layer = RealLayer(made)
    assert _told_actions(told) == _happened(start, made, layer)
    assert _told_actions(told) == dict(case.does), case.says
    assert sorted((one["filename"], one["size"]) for one in told["fetched"]["files"]) == _served(server)
    _compare_layers(told, layer)


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
        assert told["layer"]["tar"] == pytest.approx(layer.size, rel=0.05)
