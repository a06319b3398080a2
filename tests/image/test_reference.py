"""IMAGE as a person writes it."""

from __future__ import annotations

import pytest

from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.image.reference import (
    ArchiveReference,
    BareReference,
    DaemonReference,
    InstalledReference,
    InterpreterReference,
    LayoutReference,
    ParsedReference,
    RegistryReference,
    RootFileSystemReference,
    full_name,
    parse_reference,
)

DIGEST = "sha256:" + "0a" * 32


def at(host: str, repository: str, tag: str | None = None, digest: str | None = None) -> RegistryReference:
    return RegistryReference(host=host, repository=repository, tag=tag, digest=digest)


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("docker-archive:f.tar", ArchiveReference(path="f.tar")),
        ("docker-archive:/tmp/f.tar:app", ArchiveReference(path="/tmp/f.tar", name="docker.io/library/app:latest")),
        ("docker-archive:f.tar:example.com:5000/a/b:1", ArchiveReference(path="f.tar", name="example.com:5000/a/b:1")),
        ("docker-archive:f.tar:@1", ArchiveReference(path="f.tar", index=1)),
        ("docker-archive:f.tar:", ArchiveReference(path="f.tar")),
        (r"docker-archive:C:\f.tar:@0", ArchiveReference(path=r"C:\f.tar", index=0)),
        ("oci:layout", LayoutReference(path="layout", is_archive=False)),
        ("oci:layout:1.0", LayoutReference(path="layout", is_archive=False, name="1.0")),
        ("oci:layout:example.com/a:1", LayoutReference(path="layout", is_archive=False, name="example.com/a:1")),
        ("oci:D:/layout:x", LayoutReference(path="D:/layout", is_archive=False, name="x")),
        ("oci-archive:f.tar:@2", LayoutReference(path="f.tar", is_archive=True, index=2)),
        ("docker-daemon:app", DaemonReference(name="app:latest")),
        ("docker-daemon:app:1", DaemonReference(name="app:1")),
        (f"docker-daemon:{DIGEST}", DaemonReference(name=DIGEST)),
        (f"docker-daemon:app@{DIGEST}", DaemonReference(name=f"app@{DIGEST}")),
        ("docker://app", at("docker.io", "library/app", "latest")),
        ("docker://team/app:1", at("docker.io", "team/app", "1")),
        ("docker://localhost:5000/app", at("localhost:5000", "app", "latest")),
        ("docker://registry:5000/app", at("registry:5000", "app", "latest")),
        (f"docker://ghcr.io/a/b@{DIGEST}", at("ghcr.io", "a/b", None, DIGEST)),
        (f"docker://ghcr.io/a/b:1@{DIGEST}", at("ghcr.io", "a/b", "1", DIGEST)),
        ("python:3.6.8", BareReference(name="python:3.6.8", registry=at("docker.io", "library/python", "3.6.8"))),
        ("python", BareReference(name="python", registry=at("docker.io", "library/python", "latest"))),
        ("index.docker.io/a/b", BareReference(name="index.docker.io/a/b", registry=at("docker.io", "a/b", "latest"))),
        (" team/app:1 ", BareReference(name="team/app:1", registry=at("docker.io", "team/app", "1"))),
        ("localhost:5000/app", BareReference(name="localhost:5000/app", registry=at("localhost:5000", "app", "latest"))),
        ("docker", BareReference(name="docker", registry=at("docker.io", "library/docker", "latest"))),
        ("oci", BareReference(name="oci", registry=at("docker.io", "library/oci", "latest"))),
        ("rootfs:/mnt/root", RootFileSystemReference(path="/mnt/root")),
        ("python:/usr/bin/python3", InterpreterReference(path="/usr/bin/python3")),
        ("python:./python3", InterpreterReference(path="./python3")),
        (r"python:C:\Python311\python.exe", InterpreterReference(path=r"C:\Python311\python.exe")),
        ("installed:-", InstalledReference(path="-")),
        ("installed:found.json", InstalledReference(path="found.json")),
    ],
)  # fmt: skip
def test_reads(text: str, parsed: ParsedReference) -> None:
    assert parse_reference(text) == parsed


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "is not an image", "docker-archive:FILE"),
        ("oci:", "names nothing behind `oci:`", "oci:FOLDER"),
        ("docker-archive:f.tar:@x", "`@x` is no number", ":@0"),
        ("docker-archive:f.tar:@²", "is no number", ":@0"),
        ("docker-archive:f.tar:UPPER", "`UPPER` is not an image reference", ""),
        ("docker://", "is not an image reference", ""),
        ("docker://a b", "is not an image reference", ""),
        ("containers-storage:app:1", "`containers-storage:` are not read", "`skopeo copy containers-storage:app:1 docker-archive:image.tar:app:1`"),
        ("containers-storage:[overlay@/var/lib]app:1", "are not read", "docker-archive:image.tar:app:1`"),
        ("dir:/tmp/x", "`dir:` are not read", "`skopeo copy dir:/tmp/x docker-archive:image.tar`"),
        ("image.tar", "`image.tar` is a file", "docker-archive:image.tar"),
        ("/tmp/image.tar.gz", "is a file", "docker-archive:/tmp/image.tar.gz"),
        ("./layout", "is a path", "oci:./layout"),
        ("What?", "`What?` is not an image", "docker://HOST/NAME"),
        ("docker://me:s3@cret@example.com/a:1", "`****@example.com/a:1` is not an image reference", ""),
        ("me:s3cret@example.com/a:1", "`****@example.com/a:1` is not an image", ""),
        ("docker://app@sha256:0", "`app@sha256:0` is not an image reference", ""),
        ("https://me:s3cret@example.com/a.tar", "`https://me:****@example.com/a.tar` is a file", ":https://me:****@example"),
    ],
)  # fmt: skip
def test_refuses(text: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_reference(text)
    assert message in caught.value.message
    assert hint in " ".join(caught.value.hints)
    assert caught.value.exit_code == 2


def test_whole_names() -> None:
    assert full_name("app") == "docker.io/library/app:latest"
    assert full_name("docker.io/app:1") == "docker.io/library/app:1"
    assert full_name(f"example.com/app@{DIGEST}") == f"example.com/app@{DIGEST}"


def test_a_bare_name_is_asked_for_at_the_daemon_too() -> None:
    bare = parse_reference("team/app:1")
    assert isinstance(bare, BareReference)
    assert bare.daemon == DaemonReference(name="team/app:1")
