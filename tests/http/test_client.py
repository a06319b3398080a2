from __future__ import annotations

import base64
import gzip
import socket
import threading

import pytest
from support.loopback import Response

from pipfreeze_lock.errors import NetworkError
from pipfreeze_lock.http.client import Client
from pipfreeze_lock.http.credentials import CredentialStore
from pipfreeze_lock.http.retrying import RETRIED_STATUSES
from pipfreeze_lock.http.settings import HttpSettings
from pipfreeze_lock.model.url import Credentials, Url

FINE = Response(200, {"Content-Type": "text/plain"}, b"fine")
NOON = 1_600_000_000.0


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_an_answer_is_given_with_status_url_headers_and_body(server, make_client):
    server.on("/a", FINE)
    response = make_client().get(f"{server.url}/a#fragment")
    assert (response.status, response.url, bytes(response.body)) == (200, f"{server.url}/a", b"fine")
    assert response.headers["content-type"] == "text/plain"


def test_it_introduces_itself_as_pip_does(server, make_client):
    make_client(is_ci=True, user_agent_data="build 7").get(f"{server.url}/a")
    agent = server.requests[0].headers["user-agent"]
    assert agent.startswith("pipfreeze-lock/")
    assert '"ci":true' in agent
    assert '"user_data":"build 7"' in agent


# --- retries --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", sorted(RETRIED_STATUSES))
def test_a_status_that_may_pass_is_asked_again(server, make_client, slept, status):
    server.on("/a", Response(status), Response(status), FINE)
    assert make_client().get(f"{server.url}/a").status == 200
    assert len(server.requests) == 3
    assert 0.125 <= slept.waits[0] <= 0.25 <= slept.waits[1] * 1.0001
    assert slept.waits[1] <= 0.5


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 416, 501])
def test_a_status_that_will_not_pass_is_given_back_at_once(server, make_client, slept, status):
    server.on("/a", Response(status))
    assert make_client().get(f"{server.url}/a").status == status
    assert (len(server.requests), slept.waits) == (1, [])


@pytest.mark.parametrize(
    ("spoiled", "words"),
    [
        (Response(200, {}, b"0123456789", reset=True), "reset|closed before an answer"),
        (Response(200, {}, b"0123456789", sent=5), "cut short"),
        (Response(200, {"Content-Encoding": "gzip"}, b"no gzip"), "Invalid gzip header"),
    ],
    ids=["reset", "truncated", "broken gzip"],
)
def test_half_an_answer_is_asked_for_again_and_then_told(server, make_client, spoiled, words):
    server.on("/a", spoiled, spoiled, FINE)
    assert bytes(make_client().get(f"{server.url}/a").body) == b"fine"
    server.on("/a", spoiled)
    with pytest.raises(NetworkError, match=words) as caught:
        make_client(retries=1).get(f"{server.url}/a")
    assert "2 times" in caught.value.message
    assert caught.value.context == f"{server.url}/a"


def test_retries_are_five_by_default_as_pips(server, make_client, slept):
    server.on("/a", Response(503))
    with pytest.raises(NetworkError, match=r"503\), 6 times"):
        make_client().get(f"{server.url}/a")
    assert len(server.requests) == 6
    assert len(slept.waits) == 5
    assert slept.waits[-1] >= 2


def test_no_retries_when_none_are_wanted(server, make_client, slept):
    server.on("/a", Response(502))
    with pytest.raises(NetworkError, match=r"\(502\)$"):
        make_client(retries=0).get(f"{server.url}/a")
    assert slept.waits == []


def test_a_refused_connection_is_tried_again_then_told(make_client, slept, unused_port):
    with pytest.raises(NetworkError, match="connection refused, 3 times"):
        make_client(retries=2).get(f"http://127.0.0.1:{unused_port}/")
    assert len(slept.waits) == 2


@pytest.fixture
def unused_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_a_silent_server_is_given_up(server, make_client):
    server.on("/a", Response(200, delay=30))
    with pytest.raises(NetworkError, match=r"no answer within 0\.1 seconds") as caught:
        make_client(retries=0, timeout=0.1).get(f"{server.url}/a")
    assert any("--timeout" in hint for hint in caught.value.hints)


def test_a_body_that_stalls_is_given_up(server, make_client):
    server.on("/a", Response(200, {}, b"x" * 800, pause=30))
    with pytest.raises(NetworkError, match="no answer within"):
        make_client(retries=0, timeout=0.1).get(f"{server.url}/a")


def test_retry_after_in_seconds_is_heeded(server, make_client, slept):
    server.on("/a", Response(429, {"Retry-After": "7"}), FINE)
    make_client().get(f"{server.url}/a")
    assert slept.waits == [7.0]


def test_retry_after_as_a_date_is_heeded(server, make_client, slept):
    server.on("/a", Response(503, {"Retry-After": "Sun, 13 Sep 2020 12:26:52 GMT"}), FINE)
    make_client(clock=lambda: NOON).get(f"{server.url}/a")
    assert slept.waits == [12.0]


def test_who_asks_for_an_hour_is_not_waited_for(server, make_client, slept):
    server.on("/a", Response(429, {"Retry-After": "3600"}), FINE)
    with pytest.raises(NetworkError, match="too often") as caught:
        make_client().get(f"{server.url}/a")
    assert caught.value.hints == ("It asks to wait 3600 seconds.",)
    assert slept.waits == []


def test_closing_ends_a_wait():
    client = Client(HttpSettings(retries=5))
    failed: list[NetworkError] = []

    def ask():
        try:
            client.get("http://127.0.0.1:1/")
        except NetworkError as error:
            failed.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    client.close()
    thread.join(timeout=5)
    assert not thread.is_alive()
    assert failed


def test_many_threads_may_ask_at_once(server, make_client):
    server.on("/a", FINE)
    client = make_client()
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(client.get(f"{server.url}/a").status)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 20


# --- bodies ---------------------------------------------------------------------------------------------------------


def test_gzip_is_unpacked(server, make_client):
    server.on("/a", Response(200, {"Content-Encoding": "gzip"}, gzip.compress(b"text" * 100)))
    assert bytes(make_client().get(f"{server.url}/a").body) == b"text" * 100
    accepted = server.requests[0].headers["accept-encoding"]
    assert {"gzip", "br", "zstd"} <= {one.strip() for one in accepted.split(",")}


def test_a_range_is_asked_for_as_it_lies_on_disk(server, make_client):
    server.on("/a", Response(206, {"Content-Range": "bytes 0-3/9"}, b"text"))
    response = make_client().get(f"{server.url}/a", {"Range": "bytes=0-3"})
    assert (response.status, response.headers["content-range"]) == (206, "bytes 0-3/9")
    assert "gzip" not in server.requests[0].headers.get("accept-encoding", "")


def test_a_repeated_header_is_joined(server, make_client):
    server.on("/a", Response(200, {"Vary": "Accept\r\nVary: Cookie"}))
    assert make_client().get(f"{server.url}/a").headers["vary"] == "Accept, Cookie"


# --- redirects ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_the_last_url_told(server, make_client, status):
    server.on("/a/b", Response(status, {"Location": "../c?x=1"}))
    server.on("/c", FINE)
    assert make_client().get(f"{server.url}/a/b").url == f"{server.url}/c?x=1"


def test_a_circle_of_redirects_ends(server, make_client):
    server.on("/a", Response(302, {"Location": "/a"}))
    with pytest.raises(NetworkError, match="more than 10 redirects"):
        make_client().get(f"{server.url}/a")
    assert len(server.requests) == 11


def test_credentials_stay_with_their_host_on_a_redirect(server, make_client):
    other = server.url.replace("127.0.0.1", "localhost")
    server.on("/a", Response(302, {"Location": f"{other}/b"}))
    server.on("/b", FINE)
    store = CredentialStore([Url(server.url.replace("//", "//me:secret@"))])
    make_client(credentials=store).get(f"{server.url}/a", {"Accept": "x/y"})
    first, second = server.requests
    assert first.headers["authorization"] == basic("me", "secret")
    assert "authorization" not in second.headers
    assert second.headers["accept"] == "x/y"


def test_a_callers_own_authorization_stays_with_its_host_too(server, make_client):
    other = server.url.replace("127.0.0.1", "localhost")
    server.on("/a", Response(307, {"Location": "/b"}))
    server.on("/b", Response(307, {"Location": f"{other}/c"}))
    server.on("/c", FINE)
    make_client().get(f"{server.url}/a", {"Authorization": "Bearer t"})
    assert [one.headers.get("authorization") for one in server.requests] == ["Bearer t", "Bearer t", None]


def test_credentials_in_a_redirect_are_used_there_and_not_shown(server, make_client):
    server.on("/a", Response(302, {"Location": server.url.replace("//", "//them:word@") + "/b"}))
    server.on("/b", FINE)
    response = make_client().get(f"{server.url}/a")
    assert server.requests[1].headers["authorization"] == basic("them", "word")
    assert response.url == f"{server.url}/b"


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://x.example/", "http://[oops/"])
def test_redirects_lead_to_no_other_kind_of_url(server, make_client, target):
    server.on("/a", Response(302, {"Location": target}))
    with pytest.raises(NetworkError, match="cannot be followed"):
        make_client().get(f"{server.url}/a")


def test_a_redirect_from_tls_to_none_is_refused(tls_server, server, make_client, ca_bundle):
    tls_server.on("/a", Response(302, {"Location": f"{server.url}/b"}))
    server.on("/b", FINE)
    with pytest.raises(NetworkError, match="redirects from https to"):
        make_client(ca_bundle=ca_bundle).get(f"{tls_server.url}/a")
    assert server.requests == []
    trusting = make_client(ca_bundle=ca_bundle, trusted_hosts=(f"127.0.0.1:{server.port}",))
    assert trusting.get(f"{tls_server.url}/a").status == 200


# --- where it may go ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["", "nonsense", "http://", "ftp://h.example/x", "https://[::1/x", "https://h:port/"])
def test_what_is_no_url_is_an_error_that_says_so(make_client, url):
    with pytest.raises(NetworkError, match="not a URL"):
        make_client().get(url)


@pytest.mark.parametrize("url", ["https://me:secret@[::1/x", "https://me:secret/x@h.example/"])
def test_a_broken_url_does_not_show_its_password(make_client, url):
    with pytest.raises(NetworkError) as caught:
        make_client().get(url)
    assert "secret" not in str(caught.value)


def test_plain_http_is_for_trusted_hosts(server, make_client, proxy):
    server.on("/simple/", FINE)
    with pytest.raises(NetworkError, match="without TLS") as caught:
        make_client(proxy=proxy.address).get("http://index.example/simple/")
    assert "--trusted-host index.example" in caught.value.hints[1]
    trusting = make_client(proxy=proxy.address, trusted_hosts=("index.example",))
    assert trusting.get("http://index.example/simple/").status == 200


# --- credentials ----------------------------------------------------------------------------------------------------


def test_a_url_with_credentials_is_sent_without_them(server, make_client):
    server.on("/a", FINE)
    response = make_client().get(server.url.replace("//", "//m%40e:p%3Ass@") + "/a")
    assert server.requests[0].headers["authorization"] == basic("m@e", "p:ss")
    assert "@" not in response.url


class Keyring:
    problem = None

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def credentials(self, service, username):
        self.asked.append((service, username))
        return self.answer


def test_a_refusal_is_answered_with_what_the_keyring_knows(server, make_client):
    server.on("/simple/a/", Response(401), FINE)
    keyring = Keyring(Credentials("me", "right"))
    store = CredentialStore([Url(f"{server.url}/simple/".replace("//1", "//me@1"))], keyring=keyring)
    client = make_client(credentials=store)
    assert client.get(f"{server.url}/simple/a/").status == 200
    assert [one.headers["authorization"] for one in server.requests] == [basic("me", ""), basic("me", "right")]
    assert keyring.asked == [(f"{server.url}/simple/", "me")]
    client.get(f"{server.url}/simple/a/")
    assert server.requests[-1].headers["authorization"] == basic("me", "right")
    assert len(keyring.asked) == 1


def test_a_second_refusal_is_given_back(server, make_client):
    server.on("/a", Response(401))
    store = CredentialStore(keyring=Keyring(Credentials("me", "wrong")))
    assert make_client(credentials=store).get(f"{server.url}/a").status == 401
    assert len(server.requests) == 2


def test_the_netrc_of_the_settings_is_used(server, make_client, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    server.on("/a", FINE)
    make_client(netrc=tmp_path / "netrc").get(f"{server.url}/a")
    assert server.requests[0].headers["authorization"] == basic("me", "secret")


# --- local files ----------------------------------------------------------------------------------------------------


def test_file_urls_are_answered_from_the_disk(make_client, tmp_path):
    (tmp_path / "a b.html").write_bytes(b"0123456789")
    url = (tmp_path / "a b.html").as_uri()
    response = make_client().get(url)
    assert (response.status, response.headers["content-type"], response.body) == (200, "text/html", b"0123456789")
    assert make_client().get(f"{url}x").status == 404
    assert make_client().get(tmp_path.as_uri()).status == 404
