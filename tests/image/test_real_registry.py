"""A real registry, Docker's own, to which skopeo has copied an image: with and without a password, TLS, manifest kinds."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest
import trustme
from support import needs
from support.image_archives import Image, gzipped, layer, oci_files, write_folder

from pipfreeze_lock.errors import ImageError, NetworkError
from pipfreeze_lock.http.settings import HttpSettings
from pipfreeze_lock.image.interface import ImageReporter, Want
from pipfreeze_lock.image.manifest import Platform
from pipfreeze_lock.image.oci import OciLayout
from pipfreeze_lock.image.reference import parse_reference
from pipfreeze_lock.image.remote import RemoteAccess, remote_image

IMAGE = Image([layer({"a/one": "1", "a/large": os.urandom(400_000)}), layer({"a/two": "2"}), layer({"a/.wh.one": ""})])
ARM = replace(IMAGE, architecture="arm64")
USER, PASSWORD = "user", "pass:word"
HTPASSWD = "user:$2b$04$EKgTN/TJHfggfQ7713eVf.hooEQrjX7ueH6WaJdAXGddCYRQczLce"


@contextmanager
def serving(folder, **more):
    """Start the registry on a free port, and give its host; it listens before this returns."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    config = {
        "version": "0.1",
        "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
        **more,
        "http": {"addr": host, **more.get("http", {})},
    }
    (folder / "config.yml").write_text(json.dumps(config))  # JSON is YAML
    program = needs.program("docker-registry")
    server = subprocess.Popen(
        [program, "serve", folder / "config.yml"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        listens(host, server)
        yield host
    finally:
        server.terminate()
        server.wait()


def listens(host, server):
    """Wait until a connection is accepted; the registry says nothing when it begins to listen."""
    address, _, port = host.partition(":")
    ended = threading.Event()
    for _ in range(500):
        assert server.poll() is None, "the registry has ended"
        try:
            socket.create_connection((address, int(port)), timeout=5).close()
        except ConnectionRefusedError:
            ended.wait(0.02)
        else:
            return


def push(host, folder, *images, tag="1.0", nested=False, options=()):
    """Copy an image there by skopeo, out of a layout that is written here."""
    layout = write_folder(oci_files(*images, compress=gzipped, nested=nested), folder / f"layout-{tag}")
    command = [needs.program("skopeo"), "--insecure-policy", "copy", "-q", "--all", "--dest-tls-verify=false", *options]
    copied = subprocess.run(
        [*command, f"oci:{layout}", f"docker://{host}/team/app:{tag}"], capture_output=True, text=True, check=False
    )
    assert copied.returncode == 0, copied.stderr
    return layout


def scan(host, home, name="team/app:1.0", *, platform=None, insecure=False, environment=None, **settings):
    access = RemoteAccess(
        http=HttpSettings(retries=0, **settings),
        environment=environment or {},
        home=home,
        platform=platform,
        is_insecure=insecure,
    )
    return remote_image(parse_reference(f"docker://{host}/{name}"), access).scan(
        lambda _: Want.CONTENT, ImageReporter()
    )


def same(scanned, layout):
    expected = OciLayout(str(layout), is_archive=False).scan(lambda _: Want.CONTENT, ImageReporter())
    assert [one.contents for one in scanned.layers] == [one.contents for one in expected.layers]
    assert [one.info.diff_id for one in scanned.layers] == [one.info.diff_id for one in expected.layers]
    assert [one.info.instruction for one in scanned.layers] == [one.info.instruction for one in expected.layers]
    return scanned.digest == expected.digest


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """Give a registry without TLS or password, and its folder."""
    folder = tmp_path_factory.mktemp("registry")
    with serving(folder) as host:
        yield host, folder


def test_the_same_as_the_layout(plain, tmp_path):
    host, folder = plain
    layout = push(host, folder, IMAGE)
    scanned = scan(host, tmp_path)
    assert same(scanned, layout)
    assert same(scan(host, tmp_path, f"team/app@{scanned.digest}"), layout)
    with pytest.raises(ImageError, match=r"does not have `team/app:1\.1`") as caught:
        scan(host, tmp_path, "team/app:1.1")
    assert caught.value.hints == ("Did you mean `1.0`?",)
    with pytest.raises(ImageError, match=r"does not have .*`team/other"):
        scan(host, tmp_path, "team/other:1.0")


@pytest.mark.parametrize("options", [["--format=v2s2"], ["--dest-compress-format=zstd", "--format=oci"]])
def test_other_manifests_and_compressions(plain, tmp_path, options):
    host, folder = plain
    layout = push(host, folder, IMAGE, tag=options[0].rpartition("=")[2], options=options)
    same(scan(host, tmp_path, f"team/app:{options[0].rpartition('=')[2]}"), layout)


def test_several_platforms(plain, tmp_path):
    host, folder = plain
    push(host, folder, IMAGE, ARM, tag="both", nested=True)
    for architecture in ("amd64", "arm64"):
        scanned = scan(host, tmp_path, "team/app:both", platform=Platform("linux", architecture, None))
        assert scanned.config.architecture == architecture
        assert scanned.layers[1].contents.files["a/two"].content == b"2"


def test_a_name_alone_that_no_daemon_has(plain, tmp_path):
    host, folder = plain
    push(host, folder, IMAGE, tag="alone")
    access = RemoteAccess(http=HttpSettings(), environment={"DOCKER_HOST": "ssh://a.example"}, home=tmp_path)
    reference = parse_reference(f"{host}/team/app:alone")
    scanned = remote_image(reference, access).scan(lambda _: Want.CONTENT, ImageReporter())
    assert scanned.name == f"docker://{host}/team/app:alone"


def test_a_password(tmp_path):
    (tmp_path / "htpasswd").write_text(f"{HTPASSWD}\n")
    auth = {"auth": {"htpasswd": {"realm": "here", "path": str(tmp_path / "htpasswd")}}}
    with serving(tmp_path, **auth) as host:
        layout = push(host, tmp_path, IMAGE, options=["--dest-creds", f"{USER}:{PASSWORD}"])
        with pytest.raises(NetworkError, match="to nobody without credentials"):
            scan(host, tmp_path)
        login = subprocess.run(
            [needs.program("skopeo"), "login", "--tls-verify=false", "-u", USER, "--password-stdin", host],
            input=PASSWORD,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "REGISTRY_AUTH_FILE": str(tmp_path / "auth.json")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert login.returncode == 0, login.stderr
        assert same(scan(host, tmp_path, environment={"REGISTRY_AUTH_FILE": str(tmp_path / "auth.json")}), layout)
        wrong = {"auths": {host: {"auth": base64.b64encode(b"user:wrong").decode()}}}
        (tmp_path / ".docker").mkdir()
        (tmp_path / ".docker" / "config.json").write_text(json.dumps(wrong))
        with pytest.raises(NetworkError, match="refuses the credentials"):
            scan(host, tmp_path)


def test_tls_of_ones_own(tmp_path):
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "server.pem"))
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    tls = {"certificate": str(tmp_path / "server.pem"), "key": str(tmp_path / "server.pem")}
    with serving(tmp_path, http={"tls": tls}) as host:
        layout = push(host, tmp_path, IMAGE)
        with pytest.raises(NetworkError, match="certificate"):
            scan(host, tmp_path)
        assert same(scan(host, tmp_path, ca_bundle=tmp_path / "ca.pem"), layout)
        assert same(scan(host, tmp_path, insecure=True), layout)
        kept = tmp_path / ".config" / "docker" / "certs.d" / host / "ca.crt"
        kept.parent.mkdir(parents=True)
        authority.cert_pem.write_to_path(str(kept))
        assert same(scan(host, tmp_path), layout)
