"""Images of a daemon: a made-up one on a Unix socket, and Podman's service, which speaks Docker's API."""

from __future__ import annotations

import hashlib
import http.server
import json
import socketserver
import ssl
import threading
from pathlib import Path

import pytest
import trustme
from support.image_archives import Image, docker_archive, docker_archive_of_docker_25, layer
from support.podman_service import podman_service

from pipfreeze_lock.errors import ImageError, NetworkError, UsageError
from pipfreeze_lock.http.unix_socket import SocketAddress
from pipfreeze_lock.image.daemon import DaemonImage, NoDaemonError, NotAtDaemonError
from pipfreeze_lock.image.daemon_or_registry import DaemonOrRegistry
from pipfreeze_lock.image.docker_archive import DockerArchive
from pipfreeze_lock.image.docker_endpoint import daemon_address
from pipfreeze_lock.image.interface import ImageReporter, Want
from pipfreeze_lock.image.reference import parse_reference

IMAGE = Image([layer({"a/one": "1"}), layer({"a/two": "2"}), layer({"a/.wh.one": ""})])
IDENTIFIER = "sha256:" + "1" * 64


class MadeUpDaemon:
    """Answers by path; a list is sent in chunks, of which None breaks the answer off."""

    def __init__(self, folder, tls=None):
        self.answers = {}
        self.asked = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def address_string(self):
                return "local"

            def log_message(self, *_):
                pass

            def do_GET(self):
                outer.asked.append(self.path)
                status, body = outer.answers.get(self.path, (404, b'{"message": "no such image"}'))
                self.send_response(status)
                if isinstance(body, bytes):
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                    return
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for piece in [*body, b""]:
                    if piece is None:
                        self.close_connection = True
                        return
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))

        if tls is None:
            self.address = SocketAddress(path=str(folder / "d.sock"))
            self._server = socketserver.ThreadingUnixStreamServer(self.address.path, Handler)
        else:
            self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
            self.port = self._server.server_port
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # a client that has heard enough
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def has(self, archive, name="app:1.0"):
        self.answers[f"/images/{name}/json"] = (200, json.dumps({"Id": IDENTIFIER, "Size": 10, "More": {}}).encode())
        pieces = [archive[at : at + 1000] for at in range(0, len(archive), 1000)]
        self.answers[f"/images/{IDENTIFIER}/get"] = (200, pieces)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def daemon(tmp_path):
    with MadeUpDaemon(tmp_path) as made_up:
        yield made_up


def scan(address, name="app:1.0"):
    source = DaemonImage(parse_reference(f"docker-daemon:{name}"), address=address)
    return source.scan(lambda _: Want.CONTENT, ImageReporter())


def is_the_image(scanned):
    assert scanned.layers[0].contents.files["a/one"].content == b"1"
    assert scanned.layers[1].contents.files["a/two"].content == b"2"
    assert scanned.layers[2].contents.whiteouts == {"a/one"}


@pytest.mark.parametrize("archive", [docker_archive(IMAGE), docker_archive_of_docker_25(IMAGE)])
def test_an_image_whose_manifest_comes_last(daemon, archive):
    daemon.has(archive)
    scanned = scan(daemon.address)
    is_the_image(scanned)
    assert scanned.name == "docker-daemon:app:1.0"
    assert scanned.bytes_read == len(archive)
    assert daemon.asked == ["/images/app:1.0/json", f"/images/{IDENTIFIER}/get"]


def test_a_name_with_a_registry_and_a_digest(daemon):
    name = f"r.example:5000/team/app@sha256:{'a' * 64}"
    daemon.has(docker_archive(IMAGE), name)
    is_the_image(scan(daemon.address, name))


def test_an_image_that_is_not_there(daemon):
    listed = [{"RepoTags": ["app:1.1", "<none>:<none>"]}, {"RepoTags": None}, {"RepoTags": ["localhost/app:1.0"]}]
    daemon.answers["/images/json"] = (200, json.dumps(listed).encode())
    with pytest.raises(NotAtDaemonError, match=r"does not have `app:1\.0`") as caught:
        scan(daemon.address)
    assert caught.value.hints[0] == "Did you mean `localhost/app:1.0` or `app:1.1`?"
    daemon.answers["/images/json"] = (500, b"")
    with pytest.raises(NotAtDaemonError) as caught:
        scan(daemon.address)
    assert len(caught.value.hints) == 1


def test_an_answer_that_breaks_off(daemon):
    archive = docker_archive(IMAGE)
    daemon.has(archive)
    daemon.answers[f"/images/{IDENTIFIER}/get"] = (200, [archive[:3000], None])
    with pytest.raises(NetworkError, match="broke off"):
        scan(daemon.address)
    daemon.answers[f"/images/{IDENTIFIER}/get"] = (200, [archive[:3000]])
    with pytest.raises(ImageError, match="damaged"):
        scan(daemon.address)


def test_an_error_of_its_own(daemon):
    daemon.has(docker_archive(IMAGE))
    daemon.answers[f"/images/{IDENTIFIER}/get"] = (500, b'{"message": "no space left on device."}')
    with pytest.raises(NetworkError, match=r"status 500: no space left on device$"):
        scan(daemon.address)


@pytest.mark.parametrize("body", [b"<html>", b"{}", b"\xff"])
def test_what_is_no_daemon(daemon, body):
    daemon.answers["/images/app:1.0/json"] = (200, body)
    with pytest.raises(NetworkError, match="does not answer as Docker does"):
        scan(daemon.address)


def test_no_daemon(tmp_path):
    for address in (SocketAddress(path=str(tmp_path / "none")), SocketAddress(host="127.0.0.1", port=1)):
        with pytest.raises(NoDaemonError, match="no daemon answers at") as caught:
            scan(address)
        assert "docker-archive:" in caught.value.hints[1]


def test_a_socket_that_may_not_be_opened(daemon, monkeypatch):
    """Root may open any, so that this is told by the system's error alone."""

    def connect(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pipfreeze_lock.http.unix_socket._Connection.connect", connect)
    with pytest.raises(NoDaemonError, match="may not be opened") as caught:
        scan(daemon.address)
    assert "group `docker`" in caught.value.hints[0]


def test_tcp_with_tls(tmp_path):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    mine = authority.issue_cert("client.example")
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    mine.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    mine.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    with MadeUpDaemon(tmp_path, tls=context) as daemon:
        daemon.has(docker_archive(IMAGE))
        host = {"DOCKER_HOST": f"tcp://127.0.0.1:{daemon.port}", "DOCKER_TLS_VERIFY": "1"}
        is_the_image(scan(daemon_address({**host, "DOCKER_CERT_PATH": str(tmp_path)}, tmp_path)))
        other = tmp_path / "other"
        other.mkdir()
        with pytest.raises(NoDaemonError, match="certificate is not trusted"):
            scan(daemon_address({**host, "DOCKER_CERT_PATH": str(other)}, tmp_path))


# --- a name alone -------------------------------------------------------------------------------------------------


class Failing:
    def __init__(self, error):
        self.error = error

    def scan(self, *_):
        raise self.error


def test_the_registry_is_asked_where_the_daemon_does_not_have_it(daemon, tmp_path):
    (tmp_path / "image.tar").write_bytes(docker_archive(IMAGE))
    registry = DockerArchive(str(tmp_path / "image.tar"))
    absent = DaemonImage(parse_reference("docker-daemon:app:1.0"), address=daemon.address)
    nobody = DaemonImage(parse_reference("docker-daemon:app:1.0"), address=SocketAddress(path=str(tmp_path / "none")))
    for first in (absent, nobody):
        is_the_image(DaemonOrRegistry(first, registry).scan(lambda _: Want.CONTENT, ImageReporter()))


def test_both_are_told_of_where_neither_has_it(daemon):
    first = DaemonImage(parse_reference("docker-daemon:app:1.0"), address=daemon.address)
    error = NetworkError("it refuses", context="docker://app", hints=["Log in."])
    with pytest.raises(NetworkError, match="it refuses") as caught:
        DaemonOrRegistry(first, Failing(error)).scan(lambda _: Want.NAME, ImageReporter())
    assert caught.value.hints[0] == "Log in."
    assert "does not have `app:1.0`" in caught.value.hints[1]


def test_a_daemon_that_fails_otherwise_is_not_passed_over():
    with pytest.raises(ImageError, match="damaged"):
        DaemonOrRegistry(Failing(ImageError("damaged")), Failing(AssertionError())).scan(
            lambda _: Want.NAME, ImageReporter()
        )


# --- where it listens ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("unix:///run/x.sock", "unix:///run/x.sock"),
        ("unix://", "unix:///var/run/docker.sock"),
        ("tcp://10.0.0.1:2375", "tcp://10.0.0.1:2375"),
        ("tcp://10.0.0.1", "tcp://10.0.0.1:2375"),
        ("10.0.0.1:4000", "tcp://10.0.0.1:4000"),
        ("https://d.example", "tcp://d.example:2376"),
    ],
)
def test_docker_host(host, shown, tmp_path):
    address = daemon_address({"DOCKER_HOST": host}, tmp_path)
    assert str(address) == shown
    assert (address.tls is not None) == host.startswith("https")


@pytest.mark.parametrize("host", ["ssh://me@d.example", "npipe:////./pipe/docker_engine", "fd://", "tcp://a:b:c"])
def test_docker_host_that_is_not_spoken(host, tmp_path):
    with pytest.raises(UsageError, match="DOCKER_HOST") as caught:
        daemon_address({"DOCKER_HOST": host}, tmp_path)
    assert any("ssh -nNT" in hint for hint in caught.value.hints) == host.startswith("ssh")


def test_a_context(tmp_path):
    key = hashlib.sha256(b"far").hexdigest()
    meta = tmp_path / ".docker" / "contexts" / "meta" / key / "meta.json"
    meta.parent.mkdir(parents=True)
    meta.write_text(
        json.dumps({"Name": "far", "Endpoints": {"docker": {"Host": "tcp://d.example:7", "SkipTLSVerify": True}}})
    )
    (tmp_path / ".docker" / "config.json").write_text('{"currentContext": "far"}')
    address = daemon_address({}, tmp_path)
    assert str(address) == "tcp://d.example:7"
    assert address.tls.verify_mode == ssl.CERT_NONE
    assert str(daemon_address({"DOCKER_HOST": "unix:///a"}, tmp_path)) == "unix:///a"
    assert daemon_address({"DOCKER_CONTEXT": "default"}, tmp_path).path is not None
    with pytest.raises(UsageError, match="no context `near`"):
        daemon_address({"DOCKER_CONTEXT": "near"}, tmp_path)


def test_the_usual_sockets(tmp_path):
    if Path("/var/run/docker.sock").exists():
        pytest.skip("only on machines without Docker's socket")
    (tmp_path / "podman").mkdir()
    (tmp_path / "podman" / "podman.sock").touch()
    assert daemon_address({"XDG_RUNTIME_DIR": str(tmp_path)}, tmp_path).path == str(tmp_path / "podman" / "podman.sock")
    (tmp_path / "docker.sock").touch()
    assert daemon_address({"XDG_RUNTIME_DIR": str(tmp_path)}, tmp_path).path == str(tmp_path / "docker.sock")


# --- Podman -------------------------------------------------------------------------------------------------------


@pytest.fixture
def podman(tmp_path):
    """Give the address of Podman's service, with `IMAGE` in its store."""
    (tmp_path / "image.tar").write_bytes(docker_archive(IMAGE))
    with podman_service(tmp_path / "image.tar") as path:
        yield SocketAddress(path=path)


def test_podman_gives_the_same_as_the_archive(podman, tmp_path):
    expected = DockerArchive(str(tmp_path / "image.tar")).scan(lambda _: Want.CONTENT, ImageReporter())
    identifier = expected.digest.removeprefix("sha256:")
    for name in ("example.com/team/app:1.0", identifier, f"sha256:{identifier}"):
        scanned = scan(podman, name)
        is_the_image(scanned)
        assert scanned.digest == expected.digest
        assert [one.contents for one in scanned.layers] == [one.contents for one in expected.layers]
        assert [one.info.diff_id for one in scanned.layers] == [one.info.diff_id for one in expected.layers]
    with pytest.raises(NotAtDaemonError, match=r"team/app:2\.0") as caught:
        scan(podman, "example.com/team/app:2.0")
    assert caught.value.hints[0] == "Did you mean `example.com/team/app:1.0`?"
