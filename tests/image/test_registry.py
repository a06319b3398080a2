"""Images at a made-up registry: who one is there, where it leads, what breaks on the way."""

from __future__ import annotations

import base64
import json
import os
import ssl
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest
import trustme
from support.image_archives import Image, layer
from support.loopback import Response
from support.registry_server import IDENTITY, PASSWORD, USER, RegistryServer, gzipped

from pipfreeze_lock.errors import ImageError, NetworkError, UsageError
from pipfreeze_lock.http.client import Client
from pipfreeze_lock.http.credentials import CredentialStore
from pipfreeze_lock.http.settings import HttpSettings
from pipfreeze_lock.image.docker_credentials import DockerCredentials
from pipfreeze_lock.image.interface import ImageReporter, Want
from pipfreeze_lock.image.manifest import Platform
from pipfreeze_lock.image.reference import parse_reference
from pipfreeze_lock.image.registry import RegistryImage

LARGE = os.urandom(3_000_000)  # nothing makes it smaller
IMAGE = Image([layer({"a/one": "1"}), layer({"a/large": LARGE, "a/two": "2"}), layer({"a/.wh.one": ""})])


@pytest.fixture
def registry():
    with RegistryServer() as server:
        yield server


@pytest.fixture
def scan():
    """Give how the image ``docker://HOST/team/app:1.0`` is read; a login is a file of Docker's."""
    clients = []

    def run(
        server, name="team/app:1.0", *, files=(), platform=None, insecure=False, reporter=None, waits=None, **settings
    ):
        client = Client(HttpSettings(**settings), credentials=CredentialStore(), sleep=lambda _: None)
        clients.append(client)
        waits = [] if waits is None else waits
        source = RegistryImage(
            parse_reference(f"docker://{server.host}/{name}"),
            client=client,
            credentials=DockerCredentials(files),
            platform=platform,
            is_insecure=insecure,
            sleep=waits.append,
        )
        return source.scan(
            lambda path: Want.CONTENT if "large" not in path else Want.DIGEST, reporter or ImageReporter()
        )

    yield run
    for client in clients:
        client.close()


@pytest.fixture
def login(tmp_path):
    def write(host, **entry):
        file = tmp_path / "config.json"
        file.write_text(json.dumps({"auths": {host: entry}}))
        return [file]

    return write


def auth(user=USER, password=PASSWORD):
    return base64.b64encode(f"{user}:{password}".encode()).decode()


def is_the_image(scanned, image=IMAGE):
    assert [one.info.diff_id for one in scanned.layers] == [
        json.loads(image.config_bytes)["rootfs"]["diff_ids"][at] for at in range(len(image.layers))
    ]
    assert scanned.layers[1].contents.files["a/two"].content == b"2"
    assert scanned.layers[2].contents.whiteouts == {"a/one"}


# --- what is there ------------------------------------------------------------------------------------------------


def test_an_image(registry, scan):
    digest = registry.add(IMAGE)
    scanned = scan(registry)
    is_the_image(scanned)
    assert scanned.digest == digest
    assert scanned.name == f"docker://{registry.host}/team/app:1.0"
    assert scanned.layers[0].info.instruction == "RUN layer 0"


def test_each_layer_is_fetched_once_and_every_byte_is_told_of(registry, scan):
    registry.add(Image([*IMAGE.layers, IMAGE.layers[1], IMAGE.layers[0]]))
    told = []

    class Told(ImageReporter):
        def layers(self, count, size):
            told.append((count, size))

        def progress(self, count):
            told.append(count)

    scanned = scan(registry, reporter=Told())
    assert len(scanned.layers) == 5
    assert scanned.layers[3].info.index == 3
    assert scanned.layers[3].contents.files["a/two"].content == b"2"
    size = sum(len(gzipped(one)) for one in IMAGE.layers)
    assert told[0] == (3, size)
    assert sum(told[1:]) == size
    assert len(registry.asked_for("/blobs/")) == 3 + 1
    assert scanned.bytes_read == size + len(registry.manifests["1.0"][1]) + len(
        Image([*IMAGE.layers, IMAGE.layers[1], IMAGE.layers[0]]).config_bytes
    )


def test_by_digest(registry, scan):
    digest = registry.add(IMAGE)
    assert scan(registry, f"team/app@{digest}").digest == digest
    assert scan(registry, f"team/app:gone@{digest}").digest == digest


def test_a_manifest_that_is_not_what_was_asked_for(registry, scan):
    digest = registry.add(IMAGE)
    registry.manifests[digest] = (registry.manifests[digest][0], registry.manifests[digest][1] + b" ")
    with pytest.raises(ImageError, match="its manifest is damaged"):
        scan(registry, f"team/app@{digest}")


def test_several_platforms(registry, scan):
    arm = replace(IMAGE, architecture="arm64", layers=IMAGE.layers[::-1])
    registry.add(IMAGE, arm, nested=True)
    scanned = scan(registry, platform=Platform("linux", "arm64", None))
    assert scanned.config.architecture == "arm64"
    assert scanned.layers[0].info.diff_id == json.loads(arm.config_bytes)["rootfs"]["diff_ids"][0]
    with pytest.raises(UsageError, match="several platforms"):
        scan(registry)
    with pytest.raises(ImageError, match="no image for `linux/s390x`"):
        scan(registry, platform=Platform("linux", "s390x", None))


def test_a_tag_that_is_not_there(registry, scan):
    registry.add(IMAGE)
    registry.add(IMAGE, tag="2.0")
    with pytest.raises(ImageError, match=r"does not have `team/app:1\.1`") as caught:
        scan(registry, "team/app:1.1")
    assert caught.value.hints == ("Did you mean `1.0`?",)
    registry.faults["tags"] = [lambda _: Response(500)] * 9
    with pytest.raises(ImageError, match=r"does not have `team/app:1\.1`"):
        scan(registry, "team/app:1.1")


def test_a_repository_that_is_not_there(registry, scan):
    with pytest.raises(ImageError, match="does not have the repository `other`"):
        scan(registry, "other:1.0")


def test_a_layer_that_is_not_there(registry, scan):
    registry.add(IMAGE)
    del registry.blobs[next(digest for digest, data in registry.blobs.items() if data == gzipped(IMAGE.layers[1]))]
    with pytest.raises(ImageError, match=r"does not have layer 1 \(sha256:"):
        scan(registry)


@pytest.mark.parametrize("kind", ["config", "layer"])
def test_what_is_not_what_its_digest_says(registry, scan, kind):
    registry.add(IMAGE)
    right = IMAGE.config_bytes if kind == "config" else gzipped(IMAGE.layers[1])
    wrong = b" " + right if kind == "config" else gzipped(layer({"a/large": LARGE, "a/two": "3"}))
    digest = next(digest for digest, data in registry.blobs.items() if data == right)
    registry.blobs[digest] = wrong[: len(right)]
    with pytest.raises(ImageError, match=r"damaged|cannot be read"):
        scan(registry)


def test_a_layer_shorter_than_its_size_is_not_asked_for_again(registry, scan):
    registry.add(IMAGE)
    digest = next(digest for digest, data in registry.blobs.items() if data == gzipped(IMAGE.layers[1]))
    registry.blobs[digest] = registry.blobs[digest][:-1]
    with pytest.raises(ImageError, match="layer 1"):
        scan(registry)
    assert len(registry.asked_for(digest)) == 1


def test_a_layer_longer_than_its_size_is_not_read_to_an_end_that_never_comes(registry, scan):
    registry.add(IMAGE)
    digest = next(digest for digest, data in registry.blobs.items() if data == gzipped(IMAGE.layers[1]))
    registry.blobs[digest] += b"\0" * 20_000_000
    with pytest.raises(ImageError, match="layer 1"):
        scan(registry)


@pytest.mark.parametrize("body", [b"[]", b"{}", b"<html>", b'{"schemaVersion": 1}', b"\xff", b"[" * 100_000])
def test_what_is_no_manifest(registry, scan, body):
    registry.manifests["1.0"] = ("text/html", body)
    with pytest.raises(ImageError, match="manifest"):
        scan(registry)


def test_a_manifest_without_end(registry, scan):
    registry.manifests["1.0"] = ("x/y", b" " * 20_000_000)
    with pytest.raises(ImageError, match="more than a manifest"):
        scan(registry)


def test_a_layers_own_compression_called_an_encoding(registry, scan):
    registry.add(IMAGE)
    registry.faults["blobs"] = [lambda one: replace(one, headers={"Content-Encoding": "gzip"})] * 4
    is_the_image(scan(registry, is_raw=True))


def test_what_is_no_registry(scan, registry):
    registry.faults["/v2/"] = [lambda _: Response(404)]
    with pytest.raises(NetworkError, match="is no registry"):
        scan(registry)


# --- who asks -----------------------------------------------------------------------------------------------------


def test_a_token_for_anybody(scan):
    with RegistryServer(asks="bearer") as registry:
        registry.add(IMAGE)
        is_the_image(scan(registry))
        assert len(registry.tokens) == 1
        assert all("authorization" not in one.headers for one in registry.asked_for("/token"))


def test_a_token_for_a_user(scan, login):
    with RegistryServer(asks="bearer", is_public=False) as registry:
        registry.add(IMAGE)
        is_the_image(scan(registry, files=login(registry.host, auth=auth())))


def test_a_token_for_an_identity_token(scan, login):
    with RegistryServer(asks="bearer", is_public=False) as registry:
        registry.add(IMAGE)
        is_the_image(scan(registry, files=login(registry.host, identitytoken=IDENTITY)))
        assert registry.asked_for("/token")[0].method == "POST"


def test_a_token_of_ones_own(scan, login):
    with RegistryServer(asks="bearer", is_public=False) as registry:
        registry.add(IMAGE)
        registry.tokens.append("mine")
        is_the_image(scan(registry, files=login(registry.host, registrytoken="mine")))
        assert not registry.asked_for("/token")


def test_a_token_that_expires_on_the_way_is_renewed(scan):
    with RegistryServer(asks="bearer") as registry:
        registry.add(IMAGE)
        registry.tokens_are_good_for = 2
        is_the_image(scan(registry))
        assert len(registry.tokens) > 1


@pytest.mark.parametrize("answer", [{"token": ""}, {"token": "a\nb"}, {"token": 1}, {"token": "", "access_token": "é"}])
def test_a_token_server_that_gives_none(scan, answer):
    with RegistryServer(asks="bearer") as registry:
        registry.add(IMAGE)
        registry.token_answer = answer
        with pytest.raises(NetworkError, match="answers with no token"):
            scan(registry)


def test_an_access_token_will_do(scan):
    with RegistryServer(asks="bearer") as registry:
        registry.add(IMAGE)
        registry.token_answer = {"token": "", "access_token": "token-0", "expires_in": 300, "more": None}
        is_the_image(scan(registry))


def test_basic_authentication(scan, login):
    with RegistryServer(asks="basic") as registry:
        registry.add(IMAGE)
        is_the_image(scan(registry, files=login(registry.host, auth=auth())))


@pytest.mark.parametrize("asks", ["basic", "bearer"])
def test_wrong_credentials(scan, login, asks):
    with RegistryServer(asks=asks, is_public=False) as registry:
        registry.add(IMAGE)
        with pytest.raises(NetworkError, match="refuses the credentials") as caught:
            scan(registry, files=login(registry.host, auth=auth(password="hunter2")))
        assert "hunter2" not in f"{caught.value} {caught.value.hints}"
        assert len(registry.requests) < 5


@pytest.mark.parametrize("asks", ["basic", "bearer"])
def test_no_credentials(scan, asks):
    with RegistryServer(asks=asks, is_public=False) as registry:
        registry.add(IMAGE)
        with pytest.raises(NetworkError, match="to nobody without credentials") as caught:
            scan(registry)
        assert f"docker login {registry.host}" in caught.value.hints[0]


def test_a_helper_that_is_missing_is_told_of_where_one_was_needed(scan, tmp_path):
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"credsStore": "that-nobody-has"}))
    with RegistryServer(asks="basic") as registry:
        with pytest.raises(NetworkError) as caught:
            scan(registry, files=[file])
        assert any("docker-credential-that-nobody-has" in hint for hint in caught.value.hints)
    with RegistryServer() as registry:
        registry.add(IMAGE)
        is_the_image(scan(registry, files=[file]))


def test_another_way_to_ask(registry, scan):
    registry.faults["manifests"] = [lambda _: Response(401, {"WWW-Authenticate": "Negotiate, Digest realm=x"})]
    with pytest.raises(NetworkError, match="by `negotiate`, `digest`"):
        scan(registry)


def test_credentials_of_one_registry_are_not_shown_to_another(scan, login):
    with RegistryServer(asks="basic") as one, RegistryServer(asks="basic") as other:
        other.add(IMAGE)
        with pytest.raises(NetworkError):
            scan(other, files=login(one.host, auth=auth()))
        assert all("authorization" not in request.headers for request in other.requests)


# --- where it leads -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asks", ["basic", "bearer"])
def test_a_redirect_of_layers_is_followed_without_credentials(scan, login, asks):
    with RegistryServer(asks=asks, is_public=False) as registry, RegistryServer() as store:
        registry.add(IMAGE)
        store.add(IMAGE)
        registry.blobs_are_at = store.url
        is_the_image(scan(registry, files=login(registry.host, auth=auth())))
        assert len(store.requests) == len(IMAGE.layers) + 1
        assert all("authorization" not in request.headers for request in store.requests)
        assert all("secret-signature" in request.target for request in store.requests)


@pytest.mark.parametrize("fault", [Response(401, {"WWW-Authenticate": "Basic realm=x"}), Response(403), Response(503)])
def test_a_store_that_refuses_gets_no_credentials_and_shows_no_signature(scan, login, fault):
    with RegistryServer(asks="basic") as registry, RegistryServer() as store:
        registry.add(IMAGE)
        registry.blobs_are_at = store.url
        store.faults["blobs"] = [lambda _: fault] * 30
        with pytest.raises(NetworkError) as caught:
            scan(registry, files=login(registry.host, auth=auth()), retries=1)
        assert str(fault.status) in caught.value.message
        assert "signature" not in f"{caught.value} {caught.value.context} {caught.value.hints}"
        assert all("authorization" not in request.headers for request in store.requests)


# --- what breaks --------------------------------------------------------------------------------------------------


def cut(at):
    return lambda response: replace(response, sent=at)


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_a_layer_that_breaks_off_is_gone_on_with(registry, scan, knows_ranges):
    registry.add(IMAGE)
    registry.knows_ranges = knows_ranges
    large = next(digest for digest, data in registry.blobs.items() if data == gzipped(IMAGE.layers[1]))
    registry.faults[large] = [cut(1_500_000), cut(700_000), cut(0)]
    waits = []
    scanned = scan(registry, waits=waits)
    is_the_image(scanned)
    assert next(one.headers.get("range", "") for one in registry.asked_for(large)) == ""
    assert all(one.headers["range"].startswith("bytes=") for one in registry.asked_for(large)[1:])
    assert len(waits) == 3
    assert scanned.bytes_read < 3_100_000


def test_a_layer_that_breaks_off_again_and_again(registry, scan):
    registry.add(IMAGE)
    large = next(digest for digest, data in registry.blobs.items() if data == gzipped(IMAGE.layers[1]))
    registry.faults[large] = [cut(0)] * 50
    with pytest.raises(NetworkError, match="did not send all of it"):
        scan(registry)
    assert len(registry.asked_for(large)) == 6


def test_another_part_than_was_asked_for(registry, scan):
    registry.add(IMAGE)
    large = next(digest for digest, data in registry.blobs.items() if data == gzipped(IMAGE.layers[1]))
    registry.faults[large] = [cut(1_000_000), lambda one: replace(one, headers={"Content-Range": "bytes 0-9/10"})]
    with pytest.raises(NetworkError, match="another part of layer 1"):
        scan(registry)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_refusal_that_passes_is_tried_again(registry, scan, status):
    registry.add(IMAGE)
    for part in ("manifests", "blobs"):
        registry.faults[part] = [lambda _: Response(status, {"Retry-After": "1"})]
    is_the_image(scan(registry))


def test_a_manifest_that_breaks_off(registry, scan):
    registry.add(IMAGE)
    registry.faults["manifests"] = [cut(100)]
    is_the_image(scan(registry))
    registry.faults["manifests"] = [cut(100)] * 9
    with pytest.raises(NetworkError, match="cut short"):
        scan(registry)


def test_a_status_that_nobody_expects_is_told_with_the_registrys_words(registry, scan):
    body = json.dumps({"errors": [{"code": "DENIED", "message": "quota is used up"}]}).encode()
    registry.faults["manifests"] = [lambda _: Response(418, {}, body)]
    with pytest.raises(NetworkError, match=r"418 .*quota is used up"):
        scan(registry)


# --- TLS ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def tls_registry(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with RegistryServer(tls=context) as server:
        server.add(IMAGE)
        yield server


def test_tls_with_an_authority_of_ones_own(tls_registry, authority, scan, tmp_path):
    authority.cert_pem.write_to_path(str(tmp_path / "ca.crt"))
    is_the_image(scan(tls_registry, authorities=(tmp_path / "ca.crt",)))


def test_tls_that_nobody_vouches_for_is_refused(tls_registry, scan):
    with pytest.raises(NetworkError, match="certificate") as caught:
        scan(tls_registry)
    assert any("--insecure" in hint for hint in caught.value.hints)
    assert not any("--trusted-host" in hint for hint in caught.value.hints)
    assert not tls_registry.requests


def test_tls_that_nobody_looks_at(tls_registry, scan):
    is_the_image(scan(tls_registry, insecure=True, trusted_hosts=(tls_registry.host,)))


class Answering:
    """A client that answers by the beginning of a URL, for hosts that are not this machine; a scheme without fails."""

    def __init__(self, **statuses):
        self.statuses = statuses
        self.asked = []

    @contextmanager
    def stream(self, url, headers=None, *, retries=None):  # noqa: ARG002  the client's face
        self.asked.append((url, retries))
        status = self.statuses.get(url.partition("://")[0])
        if status is None:
            msg = "could not be reached"
            raise NetworkError(msg, context=url)
        yield SimpleNamespace(status=status, url=url, headers={}, pieces=lambda: iter([b"{}"]))


@pytest.mark.parametrize(
    ("insecure", "statuses", "asked"),
    [
        (False, {"https": 404, "http": 200}, ["https"]),
        (False, {"http": 200}, ["https"]),
        (True, {"https": 404, "http": 200}, ["https", "https"]),
        (True, {"http": 200}, ["https", "http", "http"]),
        (True, {"http": 400}, ["https", "http"]),
        (True, {}, ["https", "http"]),
    ],
)
def test_tls_is_done_without_only_where_that_is_asked_for_and_there_is_none(insecure, statuses, asked):
    client = Answering(**statuses)
    reference = parse_reference("docker://r.example/team/app:1.0")
    image = RegistryImage(reference, client=client, credentials=DockerCredentials(), is_insecure=insecure)
    with pytest.raises((NetworkError, ImageError)):
        image.scan(lambda _: Want.NAME, ImageReporter())
    assert [url.partition("://")[0] for url, _ in client.asked if "/tags/" not in url] == asked


def test_docker_hub_answers_by_another_name():
    client = Answering()
    reference = parse_reference("docker://python:3.6.8")
    with pytest.raises(NetworkError):
        RegistryImage(reference, client=client, credentials=DockerCredentials()).scan(
            lambda _: Want.NAME, ImageReporter()
        )
    assert client.asked[0][0].endswith("docker.io/v2/library/python/manifests/3.6.8")
    assert client.asked[0][0] != "https://docker.io/v2/library/python/manifests/3.6.8"
