"""Logins as Docker and Podman leave them, and credential helpers: real programs on PATH."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest

from pipfreeze_lock.image.docker_credentials import DockerCredentials, RegistryLogin, config_files
from pipfreeze_lock.image.registry_auth import Challenge, parse_challenges

HUB = "https://index.docker.io/v1/"


def auth(text):
    return {"auth": base64.b64encode(text.encode()).decode()}


@pytest.fixture
def config(tmp_path):
    def write(name="config.json", **content):
        file = tmp_path / name
        file.write_text(json.dumps(content))
        return file

    return write


@pytest.fixture
def helper(tmp_path, monkeypatch):
    """Put a credential helper on PATH that notes what it is asked for."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def write(name, answer, status=0):
        program = folder / f"docker-credential-{name}"
        program.write_text(
            f"#!/bin/sh\necho $1 $(cat) >> {tmp_path}/asked\ncat <<'END'\n{answer}\nEND\nexit {status}\n"
        )
        program.chmod(0o755)

    write.asked = lambda: (tmp_path / "asked").read_text().split("\n")[:-1]
    return write


@pytest.mark.parametrize(
    ("key", "host"),
    [
        ("r.example:5000", "r.example:5000"),
        ("https://r.example:5000", "r.example:5000"),
        ("https://r.example:5000/v2/", "r.example:5000"),
        ("http://r.example/v1/", "r.example"),
        ("r.example/team", "r.example"),
        ("r.example/team/app", "r.example"),
        (HUB, "docker.io"),
        ("docker.io", "docker.io"),
        ("docker.io/team", "docker.io"),
    ],
)
def test_spellings_of_a_registry(config, key, host):
    login = DockerCredentials([config(auths={key: auth("me:a:b")})]).login(host, "team/app")
    assert login == RegistryLogin(username="me", password="a:b")


@pytest.mark.parametrize("key", ["r.example", "r.example:5001", "other.example:5000", "r.example:5000/team/ap", HUB])
def test_what_belongs_to_another(config, key):
    assert DockerCredentials([config(auths={key: auth("me:secret")})]).login("r.example:5000", "team/app") is None


def test_the_most_exact_entry_goes_first(config):
    entries = {"r.example": auth("a:1"), "r.example/team/app": auth("b:2"), "r.example/team": auth("c:3")}
    found = DockerCredentials([config(auths=entries)])
    assert found.login("r.example", "team/app").username == "b"
    assert found.login("r.example", "team/other").username == "c"
    assert found.login("r.example", "else").username == "a"


@pytest.mark.parametrize(
    ("entry", "login"),
    [
        ({"username": "me", "password": "x"}, RegistryLogin(username="me", password="x")),
        (auth("me:x\0\0"), RegistryLogin(username="me", password="x")),
        ({**auth("me:"), "identitytoken": "t"}, RegistryLogin(username="me", identity_token="t")),
        ({"registrytoken": "t"}, RegistryLogin(registry_token="t")),
        ({}, None),
        ({"auth": ""}, None),
        (
            {"email": "x", "more": 1, "auth": base64.b64encode("mé:ü".encode()).decode()},
            RegistryLogin(username="mé", password="ü"),
        ),
    ],
)
def test_entries(config, entry, login):
    assert DockerCredentials([config(auths={"r.example": entry})]).login("r.example", "a") == login


def test_a_login_shows_nothing():
    assert "secret" not in repr(RegistryLogin(username="secret", password="secret", identity_token="secret"))


def test_the_first_file_that_has_it(config):
    first = config("first.json", auths={"other.example": auth("a:1")})
    second = config("second.json", auths={"r.example": auth("b:2")})
    third = config("third.json", auths={"r.example": auth("c:3")})
    missing = first.with_name("missing.json")
    assert DockerCredentials([missing, first, second, third]).login("r.example", "a").username == "b"


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"auths": 1}', b"\xff", b'{"auths": {"r.example": {"auth": "secret!"}}}']
)
def test_a_file_that_cannot_be_used_is_told_of_and_not_quoted(config, content):
    file = config()
    file.write_bytes(content)
    found = DockerCredentials([file])
    assert found.login("r.example", "a") is None
    assert str(file) in found.problem
    assert "secret" not in found.problem


def test_a_helper_for_all(config, helper):
    helper("all", '{"ServerURL": "r.example", "Username": "me", "Secret": "x"}')
    found = DockerCredentials([config(auths={"r.example": {}}, credsStore="all")])
    assert [found.login("r.example:5000", "a") for _ in range(3)] == [RegistryLogin(username="me", password="x")] * 3
    assert found.login("docker.io", "a").password == "x"
    assert helper.asked() == ["get r.example:5000", f"get {HUB}"]


def test_a_helper_for_one_goes_before_that_for_all(config, helper):
    helper("all", '{"Username": "all", "Secret": "x"}')
    helper("one", '{"Username": "<token>", "Secret": "identity"}')
    found = DockerCredentials([config(credsStore="all", credHelpers={"r.example": "one"})])
    assert found.login("r.example", "a") == RegistryLogin(identity_token="identity")
    assert found.login("s.example", "a").username == "all"


def test_a_helper_that_knows_nothing_leaves_it_to_the_file(config, helper):
    helper("all", "credentials not found in native keychain", status=1)
    found = DockerCredentials([config(auths={"r.example": auth("me:x")}, credsStore="all")])
    assert found.login("r.example", "a").username == "me"
    assert found.problem is None


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        ("the keychain is locked: secret", 1, "ended with 1"),
        ("secret", 0, "something else"),
        ("[]", 0, "something else"),
    ],
)
def test_a_helper_that_fails_is_told_of_and_not_quoted(config, helper, answer, status, words):
    helper("all", answer, status)
    found = DockerCredentials([config(credsStore="all")])
    assert found.login("r.example", "a") is None
    assert words in found.problem
    assert "secret" not in found.problem


@pytest.mark.parametrize("name", ["../x", "a/b", "-x", "a b", ""])
def test_a_helper_that_is_no_name_is_not_run(config, name):
    assert DockerCredentials([config(credHelpers={"r.example": name})]).login("r.example", "a") is None


def test_where_logins_are_looked_for():
    home = Path("/home/me")
    assert config_files({}, home) == (home / ".config/containers/auth.json", home / ".docker/config.json")
    assert config_files({"REGISTRY_AUTH_FILE": "/a", "DOCKER_CONFIG": "/b"}, home) == (Path("/a"),)
    assert config_files({"DOCKER_CONFIG": "/b", "XDG_RUNTIME_DIR": "/run/1"}, home) == (
        Path("/b/config.json"),
        Path("/run/1/containers/auth.json"),
        home / ".config/containers/auth.json",
    )


@pytest.mark.parametrize(
    ("header", "challenges"),
    [
        (
            'Bearer realm="https://a/t",service="s, 1",scope="repository:x:pull"',
            [Challenge("bearer", {"realm": "https://a/t", "service": "s, 1", "scope": "repository:x:pull"})],
        ),
        ("basic Realm=x", [Challenge("basic", {"realm": "x"})]),
        (
            'Basic realm="a \\"b\\""  ,  Bearer  realm = "c"',
            [Challenge("basic", {"realm": 'a "b"'}), Challenge("bearer", {"realm": "c"})],
        ),
        ("Negotiate, Basic realm=x", [Challenge("negotiate", {}), Challenge("basic", {"realm": "x"})]),
        ("", []),
        ('"', []),
    ],
)
def test_challenges(header, challenges):
    assert parse_challenges(header) == challenges
