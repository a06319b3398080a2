from __future__ import annotations

import sys

import pytest

from pipfreeze_lock.http.credentials import CredentialStore
from pipfreeze_lock.http.keyring_program import KeyringProgram
from pipfreeze_lock.model.url import Credentials, Url

ME = Credentials("me", "one")
OTHER = Credentials("other", "two")


def store(*urls, **more):
    return CredentialStore([Url(url) for url in urls], **more)


@pytest.mark.parametrize(
    ("url", "credentials"),
    [
        ("https://h.example/simple/a/", ME),
        ("https://h.example/files/a.whl", ME),
        ("https://H.example:443/simple/", ME),
        ("http://h.example/simple/", None),
        ("https://h.example:8443/simple/", None),
        ("https://files.h.example/a.whl", None),
        ("https://h.example.evil.example/", None),
    ],
)
def test_credentials_of_an_index_are_for_its_host(url, credentials):
    assert store("https://me:one@h.example/simple/").credentials(url) == credentials


@pytest.mark.parametrize(
    ("url", "credentials"),
    [
        ("https://h.example/team/simple/a/", ME),
        ("https://h.example/team/files/a.whl", ME),
        ("https://h.example/other/simple/a/", OTHER),
        ("https://h.example/elsewhere/", ME),
    ],
)
def test_the_index_with_most_in_common_goes_first(url, credentials):
    known = store("https://me:one@h.example/team/simple/", "https://other:two@h.example/other/simple")
    assert known.credentials(url) == credentials


def test_an_index_without_credentials_keeps_its_neighbours_out():
    known = store("https://h.example/open/simple/", "https://me:one@h.example/team/simple/")
    assert known.credentials("https://h.example/open/simple/a/") is None
    assert known.credentials("https://h.example/team/simple/a/") == ME


def test_what_a_plain_index_was_given_may_go_over_tls_too():
    assert store("http://me:one@h.example/").credentials("https://h.example/x") == ME


def test_netrc_fills_in_and_its_default_is_for_nobody(tmp_path):
    path = tmp_path / "netrc"
    path.write_text("machine n.example login me password one\ndefault login other password two\n")
    known = store("https://token@h.example/simple/", "https://other:two@n.example/private/", netrc=path)
    assert known.credentials("https://n.example/private/a/") == OTHER
    assert known.credentials("https://m.example/") is None
    assert known.credentials("https://h.example/simple/a") == Credentials("token", "")
    assert store(netrc=path).credentials("https://n.example/") == ME


@pytest.mark.parametrize("content", [None, b"machine", b"\xff\xfe", b"nonsense x y"])
def test_a_netrc_that_cannot_be_read_is_told_and_not_fatal(tmp_path, content):
    path = tmp_path / "netrc"
    if content is not None:
        path.write_bytes(content)
    known = store(netrc=path)
    assert known.credentials("https://h.example/") is None
    assert str(path) in known.problem


def program(tmp_path, body):
    path = tmp_path / "keyring"
    path.write_text(f"#!{sys.executable}\nimport sys\narguments = sys.argv[1:]\n{body}\n")
    path.chmod(0o755)
    return KeyringProgram(str(path))


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs here are scripts with a #! line")


def test_a_keyring_gives_a_user_with_the_password(tmp_path):
    keyring = program(
        tmp_path,
        "if arguments != ['--mode=creds', '--output=json', 'get', 'https://h.example/simple/']: sys.exit(1)\n"
        'print(\'{"username": "me", "password": "one"}\')',
    )
    known = store("https://h.example/simple/", keyring=keyring)
    assert known.credentials("https://h.example/simple/a/") is None
    assert known.after_refusal("https://h.example/simple/a/") == ME
    assert known.credentials("https://h.example/simple/b/") == ME
    assert known.credentials("https://g.example/") is None


def test_a_keyring_may_know_the_host_instead_of_the_index(tmp_path):
    keyring = program(
        tmp_path,
        'if arguments[3:] != [\'h.example:8443\']: sys.exit(1)\nprint(\'{"username": "me", "password": "one"}\')',
    )
    known = store("https://h.example:8443/simple/", keyring=keyring)
    assert known.after_refusal("https://h.example:8443/simple/a/") == ME


def test_an_older_keyring_is_told_the_user(tmp_path):
    keyring = program(
        tmp_path,
        "if '--mode=creds' in arguments:\n"
        "    sys.exit(print('error: unrecognized arguments: --mode=creds', file=sys.stderr) or 2)\n"
        "print('one' if arguments == ['get', 'https://h.example/', 'me'] else '')",
    )
    assert keyring.credentials("https://h.example/", "me") == ME
    assert keyring.credentials("https://h.example/", "you") is None
    assert keyring.credentials("https://h.example/", None) is None
    assert "older than 25.2.1" in keyring.problem


@pytest.mark.parametrize("body", ["sys.exit(1)", "print('no json')", "print('[1]')"])
def test_a_keyring_that_knows_nothing(tmp_path, body):
    known = store("https://h.example/", keyring=program(tmp_path, body))
    assert known.after_refusal("https://h.example/") is None


def test_a_keyring_that_is_not_there(tmp_path):
    keyring = KeyringProgram(str(tmp_path / "missing"))
    known = store(keyring=keyring)
    assert known.after_refusal("https://h.example/") is None
    assert "could not be asked" in known.problem


def test_without_a_keyring_nobody_is_asked():
    assert store("https://h.example/").after_refusal("https://h.example/") is None


@pytest.mark.parametrize("url", ["https://me:x@[oops/", "https://me:x@h.example:port/", "wheels", "file:///x"])
def test_what_is_no_url_of_an_index_has_no_credentials(url):
    assert store(url).credentials("https://h.example/") is None


def test_nothing_shows_a_password():
    assert "one" not in repr(ME)
