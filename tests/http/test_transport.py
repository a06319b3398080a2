from __future__ import annotations

import base64
import inspect
import ssl

import pyreqwest.exceptions
import pytest
from support.loopback import Response

from pipfreeze_lock.errors import NetworkError, UsageError
from pipfreeze_lock.http.settings import HttpSettings
from pipfreeze_lock.http.transport import Transport, TransportError, _translated

FINE = Response(200, {}, b"fine")

FOREIGN = [
    one
    for _, one in inspect.getmembers(pyreqwest.exceptions, inspect.isclass)
    if issubclass(one, BaseException) and one.__module__ == "pyreqwest.exceptions"
]


def made(kind):
    """Make one of pyreqwest's exceptions as it does itself."""
    causes = [{"message": "error sending request for url (https://h.example/)"}, {"message": "the deepest cause"}]
    details = {"causes": causes, "status": 500, "doc": "", "pos": 0}
    return kind("words", details) if issubclass(kind, pyreqwest.exceptions.DetailedPyreqwestError) else kind("words")


@pytest.mark.parametrize("kind", FOREIGN, ids=lambda kind: kind.__name__)
def test_every_foreign_exception_is_put_into_words(kind):
    error = _translated(made(kind), 15.0)
    assert isinstance(error, TransportError)
    assert error.cause
    assert "h.example" not in error.cause


@pytest.mark.parametrize("kind", FOREIGN, ids=lambda kind: kind.__name__)
def test_every_foreign_exception_is_caught(kind, monkeypatch, server):
    transport = Transport(HttpSettings(), "test")

    def fail(**_):
        raise made(kind)

    monkeypatch.setattr(transport, "_client", fail)
    with pytest.raises(TransportError):
        transport.send(server.url, {})


def test_there_are_foreign_exceptions_to_test():
    assert len(FOREIGN) > 15


@pytest.mark.parametrize(
    ("deepest", "words", "is_transient"),
    [
        ("failed to lookup address information: Name or service not known", "no such host", False),
        ("failed to lookup address information: Temporary failure in name resolution", "cannot be resolved", True),
        ("failed to lookup address information: nodename nor servname provided, or not known", "no such host", False),
        ("Connection refused (os error 111)", "connection refused", True),
        ("Connection reset by peer (os error 104)", "reset", True),
        ("invalid peer certificate: UnknownIssuer", "invalid peer certificate: UnknownIssuer", False),
        ("invalid HTTP version parsed", "does not speak HTTP", False),
        ("something new", "something new", True),
    ],
)
def test_causes_are_told_in_words_and_judged(deepest, words, is_transient):
    causes = [
        {"message": "client error (Connect)"},
        {"message": "dns error"} if "lookup" in deepest else {"message": "x"},
    ]
    error = _translated(pyreqwest.exceptions.ConnectError("", {"causes": [*causes, {"message": deepest}]}), 15.0)
    assert words in error.cause
    assert error.is_transient is is_transient


def test_a_header_that_cannot_be_sent(server):
    with pytest.raises(TransportError, match="cannot be sent"):
        Transport(HttpSettings(), "test").send(server.url, {"x": "a\nb"})


def test_a_closed_transport_says_so(server):
    transport = Transport(HttpSettings(), "test")
    transport.send(server.url, {})
    transport.close()
    with pytest.raises(TransportError, match="was closed") as caught:
        transport.send(server.url, {})
    assert not caught.value.is_transient


# --- TLS ------------------------------------------------------------------------------------------------------------


def test_a_certificate_of_an_unknown_authority_is_refused_with_the_remedy(tls_server, make_client, slept):
    with pytest.raises(NetworkError, match="certificate") as caught:
        make_client().get(f"{tls_server.url}/a")
    assert any("--cert" in hint for hint in caught.value.hints)
    assert slept.waits == []


def test_a_ca_bundle_makes_it_known(tls_server, make_client, ca_bundle):
    tls_server.on("/a", FINE)
    assert make_client(ca_bundle=ca_bundle).get(f"{tls_server.url}/a").status == 200
    assert make_client(ca_bundle=ca_bundle.parent).get(f"{tls_server.url}/a").status == 200


def test_a_certificate_for_another_host_is_refused(authority, make_client, ca_bundle, serving):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("other.example").configure_cert(context)
    with serving(context) as other, pytest.raises(NetworkError, match="certificate"):
        make_client(ca_bundle=ca_bundle).get(f"{other.url}/a")


def test_a_trusted_host_is_not_verified_and_others_are(tls_server, make_client):
    tls_server.on("/a", FINE)
    client = make_client(trusted_hosts=(f"127.0.0.1:{tls_server.port}",))
    assert client.get(f"{tls_server.url}/a").status == 200
    with pytest.raises(NetworkError, match="certificate"):
        client.get(tls_server.url.replace("127.0.0.1", "localhost") + "/a")


def test_a_client_certificate_is_shown(authority, make_client, ca_bundle, tmp_path, serving):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    mine = tmp_path / "me.pem"
    mine.write_bytes(authority.issue_cert("me@h.example").private_key_and_cert_chain_pem.bytes())
    with serving(context) as strict:
        strict.on("/a", FINE)
        assert make_client(ca_bundle=ca_bundle, client_certificate=mine).get(f"{strict.url}/a").status == 200
        with pytest.raises(NetworkError):
            make_client(ca_bundle=ca_bundle, retries=0).get(f"{strict.url}/a")


@pytest.mark.parametrize("setting", ["ca_bundle", "client_certificate"])
@pytest.mark.parametrize("content", [None, "nothing of the kind"])
def test_a_certificate_file_that_is_none_is_a_usage_error(server, make_client, tmp_path, setting, content):
    path = tmp_path / "x.pem"
    if content:
        path.write_text(content)
    with pytest.raises(UsageError, match=r"x\.pem"):
        make_client(**{setting: path}).get(server.url)


def test_a_host_without_tls_is_told(speaking, make_client, slept):
    with pytest.raises(NetworkError, match="does not speak TLS"):
        make_client().get(f"https://{speaking(b'HTTP/1.1 400 Bad Request')}/")
    assert slept.waits == []


def test_a_host_without_http_is_told(speaking, make_client, slept):
    with pytest.raises(NetworkError, match="does not speak HTTP"):
        make_client().get(f"http://{speaking(b'SSH-2.0-OpenSSH')}/")
    assert slept.waits == []


def test_without_any_authority_on_the_system_pips_are_used(server, monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "missing"))
    server.on("/a", FINE)
    assert Transport(HttpSettings(), "test").send(f"{server.url}/a", {}).status == 200


# --- proxies --------------------------------------------------------------------------------------------------------


def test_a_plain_url_goes_through_the_proxy_whole(server, proxy, make_client):
    server.on("/simple/a/", FINE)
    client = make_client(proxies={"http": f"http://me:p%40ss@{proxy.address}"}, trusted_hosts=("index.example",))
    assert client.get("http://index.example/simple/a/").status == 200
    line, headers = proxy.seen[0]
    assert line == "GET http://index.example/simple/a/ HTTP/1.1"
    assert headers["proxy-authorization"] == "Basic " + base64.b64encode(b"me:p@ss").decode()


def test_tls_goes_through_a_tunnel_and_the_proxy_sees_no_credentials(tls_server, tls_proxy, make_client, ca_bundle):
    tls_server.on("/simple/a/", FINE)
    client = make_client(proxies={"https": tls_proxy.address}, ca_bundle=ca_bundle)
    assert client.get("https://me:secret@index.example/simple/a/").status == 200
    line, headers = tls_proxy.seen[0]
    assert line == "CONNECT index.example:443 HTTP/1.1"
    assert "authorization" not in headers
    assert "authorization" in tls_server.requests[0].headers
    assert "proxy-authorization" not in tls_server.requests[0].headers


def test_no_proxy_goes_direct(server, proxy, make_client):
    server.on("/a", FINE)
    make_client(proxies={"http": proxy.address}, no_proxy="127.0.0.1").get(f"{server.url}/a")
    assert proxy.seen == []


def test_the_processs_own_environment_is_not_read(server, proxy, make_client, monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
    server.on("/a", FINE)
    make_client().get(f"{server.url}/a")
    assert proxy.seen == []


def test_a_proxy_that_asks_for_a_password(proxy, make_client):
    proxy.refusal = b"HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n"
    with pytest.raises(NetworkError, match="the proxy asks for a user and password"):
        make_client(proxy=proxy.address).get("https://index.example/simple/a/")


def test_a_proxy_that_refuses(proxy, make_client):
    proxy.refusal = b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"
    with pytest.raises(NetworkError, match="the proxy refuses to connect there, 2 times"):
        make_client(proxy=proxy.address, retries=1).get("https://index.example/simple/a/")


def test_a_proxy_that_is_not_there(make_client):
    with pytest.raises(NetworkError, match="the proxy cannot be reached") as caught:
        make_client(proxy="http://me:secret@127.0.0.1:1", retries=0).get("https://index.example/")
    assert "secret" not in f"{caught.value} {caught.value.hints}"
