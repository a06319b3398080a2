from __future__ import annotations

import shlex
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from pipfreeze_lock.cli.command_line import recorded_command, relative_to_lock
from pipfreeze_lock.cli.lock_options import LockOptions
from pipfreeze_lock.cli.targeting import TargetOptions


def options(**given: Any) -> LockOptions:
    """Give options of which only these were given."""
    values: dict[str, Any] = {}
    for one in fields(LockOptions):
        kind = str(one.type)
        values[one.name] = () if kind.startswith("tuple") else False if kind == "bool" else None
    values |= {"target": TargetOptions(), "inputs": ("requirements.txt",), "hashes": "chosen"}
    return LockOptions(**(values | given))


def recorded(given: LockOptions, lock: str | None = "requirements.lock", **words: Any) -> str:
    return recorded_command(given, words.get("of_target", []), Path(lock) if lock else None)


def test_only_what_shapes_the_answer_is_recorded() -> None:
    plain = options()
    assert recorded(plain) == "pipfreeze-lock lock requirements.txt"
    silent: dict[str, Any] = {
        "dry_run": True,
        "diff": True,
        "upgrade": True,
        "upgrade_packages": ("a==1",),
        "output": "some.lock",
        "cert": "bundle.pem",
        "client_cert": "client.pem",
        "proxy": "http://user:secret@proxy.example",
        "timeout": 3.0,
        "retries": 1,
        "keyring_provider": "subprocess",
        "cache_dir": "cache",
        "no_cache": True,
    }
    assert recorded(replace(plain, **silent)) == "pipfreeze-lock lock requirements.txt"


def test_options_are_sorted_and_those_whose_order_counts_keep_it() -> None:
    given = options(
        inputs=("b.txt", "a.txt"),
        constraints=("z.txt", "a.txt"),
        extras=("x",),
        index_url="https://user:secret@index.example/simple/",
        extra_index_urls=("https://token@other.example/", "https://another.example/"),
        find_links=("wheels", "https://user:secret@links.example/"),
        trusted_hosts=("index.example",),
        format_mentions=(
            *(("--only-binary", ":all:"), ("--only-final", "c"), ("--no-binary", "a")),
            *(("--all-releases", ":all:"), ("--only-binary", "b")),
        ),
        uploaded_prior_to="2021-01-16",
        hashes="all",
        no_index=True,
        pre=True,
        prefer_binary=True,
        no_build=True,
    )
    assert recorded(
        given, of_target=[("--pip-version", "19.1.1"), ("--base-image", "python:3.6.8"), ("--no-base",)]
    ) == (
        "pipfreeze-lock lock --only-final c --all-releases :all: "
        "--base-image python:3.6.8 --constraint z.txt --constraint a.txt --extra x "
        "--extra-index-url https://other.example/ --extra-index-url https://another.example/ "
        "--find-links wheels --find-links https://links.example/ --hashes all "
        "--index-url https://index.example/simple/ --no-base "
        "--only-binary :all: --no-binary a --only-binary b "
        "--no-build --no-index --pip-version 19.1.1 --pre --prefer-binary --trusted-host index.example "
        "--uploaded-prior-to 2021-01-16 b.txt a.txt"
    )


def test_no_hashes_has_a_name_of_its_own() -> None:
    assert recorded(options(hashes="none")) == "pipfreeze-lock lock --no-hashes requirements.txt"


def test_what_a_shell_would_take_apart_is_quoted() -> None:
    text = recorded(options(inputs=("with space's.txt",), extras=("a b",)))
    assert shlex.split(text) == ["pipfreeze-lock", "lock", "--extra", "a b", "with space's.txt"]


@pytest.mark.parametrize(
    ("location", "lock", "expected"),
    [
        ("requirements.txt", "requirements.lock", "requirements.txt"),
        ("./requirements.txt", None, "requirements.txt"),
        ("requirements.txt", "locks/linux/a.lock", "../../requirements.txt"),
        ("deps/a.txt", "deps/a.lock", "a.txt"),
        ("/srv/app/a.txt", "/srv/locks/a.lock", "../app/a.txt"),
        ("-", "a/b.lock", "-"),
        ("https://user:secret@index.example/a.txt", "a/b.lock", "https://index.example/a.txt"),
        ("file:///srv/wheels", "a/b.lock", "file:///srv/wheels"),
    ],
)
def test_paths_as_seen_from_the_lock(location: str, lock: str | None, expected: str) -> None:
    assert relative_to_lock(location, Path(lock) if lock else None) == expected
