"""Good pairs: a made-up index, requirements that draw on it, and the lock that we make of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from support.command_line import run
from support.packages import wheel

if TYPE_CHECKING:
    from random import Random

    from support.distribution import Artifact
    from support.index_server import IndexServer

__all__ = ["DOCKERFILE", "IMAGES", "LOCK", "Answer", "Pair", "answer_of", "lock_again", "make_pair", "put"]

LOCK, DOCKERFILE = "requirements.lock", "Dockerfile"
IMAGES = (
    "python:3.6.8",
    "python:3.7.2",
    "python:3.9.18",
    "python:3.11.7",
    "python:3.11.7-slim",
    "python:3.12.1-alpine",
)
MARKERS_THAT_HOLD = (
    'python_version >= "3"',
    'sys_platform == "linux"',
    'platform_machine != "mips" and os_name == "posix"',
)
MARKERS_THAT_DO_NOT = ('python_version < "3"', 'sys_platform == "win32"', 'implementation_name == "jython"')
_NAMES = (
    "ant",
    "bee",
    "Cat",
    "dog.food",
    "eel_pie",
    "fox",
    "gnu",
    "Hen-House",
    "ibis",
    "jay",
    "koi",
    "Lark.X",
    "moa",
    "newt",
)
_VERSIONS = ("0.9", "1.0", "1.0.post1", "1.2", "1.10", "2.0", "2.1rc1", "3.0", "1!0.5")
_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[([^\]]*)\])?(?:===?|[ ]@[ ])([^\s;]+)((?:[ ]\\\n.*)*)", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a lock comes to: two with the same answer install the same in the same image."""

    target: str
    base: str
    options: tuple[str, ...]
    pins: frozenset[tuple[str, ...]]
    """Name, extras, version or place, hashes."""

    @property
    def versions(self) -> dict[str, str]:
        """Name to version."""
        return {pin[0]: pin[2] for pin in self.pins}


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Files that agree."""

    files: dict[str, str]
    """With the lock."""
    arguments: tuple[str, ...]
    """Of `lock`."""
    answer: Answer
    releases: dict[str, tuple[str, ...]]
    """Every project of the index with its versions."""
    extras: dict[str, tuple[str, ...]]
    links: dict[tuple[str, str], str]
    """Name and version to the URL of the file."""


def answer_of(text: str) -> Answer:
    """Read a lock with other eyes than the package's."""
    header = dict(re.findall(r"^# ([a-z-]+): (.*)$", text, re.MULTILINE))
    options = [line for line in text.splitlines() if line.startswith("-")]
    pins = {
        (re.sub(r"[-_.]+", "-", name).lower(), extras, version, *sorted(re.findall(r"--hash=(\S+)", hashes)))
        for name, extras, version, hashes in _PIN.findall(text)
    }
    return Answer(
        target=header.get("target", ""),
        base=header.get("base", ""),
        options=(*options, header.get("options", "")),
        pins=frozenset(pins),
    )


def lock_again(pair: Pair) -> Answer | None:
    """Lock over the files that are here; None where there is no answer."""
    ran = run("lock", *pair.arguments)
    return answer_of(Path(LOCK).read_text()) if ran.code == 0 else None


def make_pair(random: Random, server: IndexServer) -> Pair:
    """Make one; draws until there is an answer."""
    while True:
        releases = {name: _some_versions(random) for name in _NAMES} | {"setuptools": ("40.0", "80.0")}
        extras = dict.fromkeys(random.sample(_NAMES[:7], 4), ("x", "Y.z"))
        server.indexes.clear()
        artifacts = [
            artifact
            for place, (name, versions) in enumerate(releases.items())
            for artifact in _project(random, name, versions, extras.get(name, ()), list(releases.items())[place + 1 :])
        ]
        index = server.index("")
        index.cache_control = "max-age=600"
        index.add(*artifacts)
        files = _requirements(random, releases, extras)
        put({}, files)
        arguments = (
            "--dockerfile",
            DOCKERFILE,
            "-c",
            "limits.txt",
            "requirements.txt",
            "--index-url",
            server.url,
            "--refresh",
        )
        if run("lock", *arguments).code == 0:
            return Pair(
                files=files | {LOCK: Path(LOCK).read_text()},
                arguments=arguments[:-1],
                answer=answer_of(Path(LOCK).read_text()),
                releases=releases,
                extras=extras,
                links={
                    (one.project, one.version): f"{server.root}/files/{one.sha256}/{one.filename}" for one in artifacts
                },
            )


def put(before: dict[str, str], files: dict[str, str]) -> None:
    """Make the folder hold these files, and of those before no others."""
    for name in (LOCK, *before):
        if name not in files:
            Path(name).unlink(missing_ok=True)
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(text.encode())


def _some_versions(random: Random) -> tuple[str, ...]:
    return tuple(version for version in _VERSIONS if random.random() < 0.6 or version == "1.0")


def _project(
    random: Random,
    name: str,
    versions: tuple[str, ...],
    extras: tuple[str, ...],
    later: list[tuple[str, tuple[str, ...]]],
) -> list[Artifact]:
    return [
        wheel(
            name,
            version,
            requires=[_need(random, *one) for one in _some(random, later, 2)],
            extras={extra: [_need(random, *one) for one in _some(random, later, 2)] for extra in extras},
        )
        for version in versions
    ]


def _some(random: Random, projects: list[tuple[str, tuple[str, ...]]], most: int) -> list[tuple[str, tuple[str, ...]]]:
    return random.sample(projects, min(len(projects), random.randint(0, most)))


def _need(random: Random, name: str, versions: tuple[str, ...]) -> str:
    specifier = random.choice(["", "", f">={versions[0]}", f"!={versions[0]}", f"<={versions[-1]}", ">=0.1,<99"])
    extra = "[x]" if name in _NAMES[:7] and random.random() < 0.15 else ""
    marker = random.choice(
        ["", "", "", f"; {random.choice(MARKERS_THAT_HOLD)}", f"; {random.choice(MARKERS_THAT_DO_NOT)}"]
    )
    return f"{name}{extra}{specifier}{marker}"


def _requirements(
    random: Random, releases: dict[str, tuple[str, ...]], extras: dict[str, tuple[str, ...]]
) -> dict[str, str]:
    lines = []
    for name in random.sample(_NAMES, 6):
        versions = releases[name]
        extra = f"[{random.choice(extras[name])}]" if name in extras and random.random() < 0.6 else ""
        specifier = random.choice(
            ["", f">={versions[0]}", f"<={versions[-1]}", f"=={random.choice(versions)}", "<99,>=0.1"]
        )
        marker = f"; {random.choice(MARKERS_THAT_HOLD + MARKERS_THAT_DO_NOT)}" if random.random() < 0.3 else ""
        lines.append(f"{name}{extra}{specifier}{marker}")
    if random.random() < 0.5:
        lines.append(random.choice(["setuptools", "setuptools>=60", "setuptools<99"]))
    nested = random.randint(0, 2)
    limits = [f"{name}<={releases[name][-1]}" for name in random.sample(_NAMES, 3)]
    return {
        "requirements.txt": "\n".join(["# roots", *lines[nested:], "-r more/nested.txt", ""]),
        "more/nested.txt": "\n".join(["# nested", *lines[:nested], ""]),
        "limits.txt": "\n".join([*limits, ""]),
        DOCKERFILE: f"FROM {random.choice(IMAGES)}\nCOPY . /srv\n",
    }
