"""Bodies that come piece by piece, and forms: the rules are those of `get`, up to the first byte."""

from __future__ import annotations

import pytest
from support.loopback import Response

from pipfreeze_lock.errors import NetworkError
from pipfreeze_lock.http.credentials import CredentialStore
from pipfreeze_lock.http.interface import BrokenStreamError
from pipfreeze_lock.model.url import Url

LARGE = bytes(range(256)) * 4096  # 1 MiB: more than is read at a time


def read(client, url, **more):
    with client.stream(url, **more) as stream:
        return stream.status, b"".join(stream.pieces())


def test_a_body_comes_in_pieces(server, make_client):
    server.on("/a", Response(200, {"X-One": "1"}, LARGE))
    with make_client().stream(f"{server.url}/a#part", {"Accept": "x/y"}) as stream:
        pieces = list(stream.pieces())
    assert b"".join(pieces) == LARGE
    assert len(pieces) > 1
    assert stream.headers["x-one"] == "1"
    assert stream.url == f"{server.url}/a"
    assert server.requests[0].headers["accept"] == "x/y"
    assert server.requests[0].headers["accept-encoding"] == "identity"


def test_it_is_sent_again_before_the_first_byte(server, make_client, slept):
    server.on("/a", Response(503), Response(429, {"Retry-After": "3"}), Response(reset=True), Response(200, {}, b"x"))
    assert read(make_client(), f"{server.url}/a") == (200, b"x")
    assert len(server.requests) == 4
    assert slept.waits[1] == 3.0


def test_it_is_not_sent_again_where_nobody_wants_that(server, make_client, slept):
    server.on("/a", Response(503))
    with pytest.raises(NetworkError, match="error of its own"):
        read(make_client(), f"{server.url}/a", retries=0)
    assert (len(server.requests), slept.waits) == (1, [])


def test_a_body_that_breaks_off_is_its_own_error(server, make_client):
    server.on("/a", Response(200, {}, LARGE, sent=600_000))
    with make_client().stream(f"{server.url}/a") as stream, pytest.raises(BrokenStreamError, match="cut short"):
        list(stream.pieces())
    assert len(server.requests) == 1


def test_a_body_that_stays_away_is_not_waited_for_for_ever(server, make_client):
    server.on("/a", Response(200, {}, LARGE, pause=60))
    with (
        make_client(timeout=0.2).stream(f"{server.url}/a") as stream,
        pytest.raises(BrokenStreamError, match=r"0\.2 seconds"),
    ):
        list(stream.pieces())


def test_one_may_leave_before_the_end(server, make_client):
    server.on("/a", Response(200, {}, LARGE, pause=60))
    client = make_client()
    with client.stream(f"{server.url}/a") as stream:
        assert stream.status == 200
    server.on("/a", Response(200, {}, b"x"))
    assert read(client, f"{server.url}/a") == (200, b"x")


def test_redirects_are_followed_without_credentials_for_another_host(server, serving, make_client):
    with serving() as other:
        server.on("/a", Response(307, {"Location": f"{other.url}/b?signature=1"}))
        other.on("/b", Response(200, {}, b"b"))
        assert read(make_client(), f"{server.url}/a", headers={"Authorization": "Bearer t"}) == (200, b"b")
        assert server.requests[0].headers["authorization"] == "Bearer t"
        assert "authorization" not in other.requests[0].headers
        assert other.requests[0].target == "/b?signature=1"


def test_credentials_of_the_client_are_sent(server, make_client):
    server.on("/a", Response(200, {}, b"x"))
    url = Url(f"http://user:secret@127.0.0.1:{server.port}/")
    read(make_client(credentials=CredentialStore([url])), f"{server.url}/a")
    assert server.requests[0].headers["authorization"].startswith("Basic ")


def test_statuses_of_refusal_are_given_with_their_body(server, make_client):
    server.on("/a", Response(404, {}, b'{"errors": []}'))
    assert read(make_client(), f"{server.url}/a") == (404, b'{"errors": []}')


def test_a_host_without_tls_is_refused(make_client):
    with pytest.raises(NetworkError, match="without TLS"):
        read(make_client(), "http://registry.example/v2/")
    with pytest.raises(NetworkError, match="without TLS"):
        make_client().post_form("http://registry.example/token", {"a": "b"})


def test_a_form_is_posted_and_tried_again(server, make_client):
    server.on("/token", Response(502), Response(200, {}, b"{}"))
    response = make_client().post_form(f"{server.url}/token", {"grant_type": "refresh_token", "scope": "a:b c"})
    assert (response.status, bytes(response.body)) == (200, b"{}")
    sent = server.requests[-1]
    assert sent.method == "POST"
    assert sent.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in sent.headers


def test_a_form_is_not_sent_on(server, make_client):
    server.on("/token", Response(307, {"Location": "/other"}))
    assert make_client().post_form(f"{server.url}/token", {"a": "b"}).status == 307
    assert len(server.requests) == 1


def test_further_authorities_and_a_key_of_its_own(tls_server, authority, make_client, tmp_path):
    tls_server.on("/a", Response(200, {}, b"x"))
    authority.cert_pem.write_to_path(str(tmp_path / "registry.crt"))
    mine = authority.issue_cert("client.example")
    mine.cert_chain_pems[0].write_to_path(str(tmp_path / "client.cert"))
    mine.private_key_pem.write_to_path(str(tmp_path / "client.key"))
    client = make_client(
        authorities=(tmp_path / "registry.crt",),
        client_certificate=tmp_path / "client.cert",
        client_key=tmp_path / "client.key",
    )
    assert read(client, f"{tls_server.url}/a") == (200, b"x")
