"""Certificates for one registry, in folders ``certs.d``."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.image.registry_certificates import RegistryCertificates, certificate_folders


def folder(path, *names):
    path.mkdir(parents=True, exist_ok=True)
    for name in names:
        (path / name).touch()
    return path


def test_those_of_the_host_alone(tmp_path):
    one = folder(tmp_path / "one" / "r.example:5000", "b.crt", "a.crt", "me.cert", "me.key", "README")
    other = folder(tmp_path / "other" / "r.example:5000", "c.crt", "you.cert", "you.key")
    folder(tmp_path / "one" / "r.example", "x.crt")
    found = RegistryCertificates.of("r.example:5000", [tmp_path / "none", tmp_path / "one", tmp_path / "other"])
    assert found.authorities == (one / "a.crt", one / "b.crt", other / "c.crt")
    assert (found.certificate, found.key) == (one / "me.cert", one / "me.key")
    assert RegistryCertificates.of("s.example", [tmp_path / "one"]) == RegistryCertificates()


def test_a_certificate_without_key(tmp_path):
    folder(tmp_path / "r.example", "me.cert")
    with pytest.raises(UsageError, match="has no key beside it"):
        RegistryCertificates.of("r.example", [tmp_path])


def test_where_they_are_looked_for():
    folders = certificate_folders({"XDG_CONFIG_HOME": "/c"}, Path("/home/me"))
    assert folders[:2] == (Path("/c/containers/certs.d"), Path("/c/docker/certs.d"))
    assert Path("/etc/docker/certs.d") in folders
