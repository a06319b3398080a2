from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipfreeze_lock.cli.wiring import _build_environment
from pipfreeze_lock.http.settings import HttpSettings

if TYPE_CHECKING:
    import pytest


def test_builds_reach_the_index_as_we_do(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_CERT", "PIP_CLIENT_CERT", "PIP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    settings = HttpSettings(
        ca_bundle=Path("corporate.pem"), client_certificate=Path("client.pem"), proxy="http://proxy.example:3128"
    )
    environment = _build_environment(settings)
    assert environment["PIP_CERT"] == "corporate.pem"
    assert environment["PIP_CLIENT_CERT"] == "client.pem"
    assert environment["PIP_PROXY"] == "http://proxy.example:3128"


def test_builds_find_what_we_find(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "some-compiler")
    assert _build_environment(HttpSettings())["CC"] == "some-compiler"
