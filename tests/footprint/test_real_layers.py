"""Layers of real images, made by buildah and the images' own pips, held entry by entry against what is said beforehand."""

from __future__ import annotations

import os
import ssl
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from support import needs
from support.good_image import BASE
from support.index_server import IndexServer
from support.real_images import RealImages
from support.real_layers import Forecast, ImageOfPip, RealLayer

from pipfreeze_lock.footprint.interface import PipCache
from pipfreeze_lock.http.client import Client
from pipfreeze_lock.http.settings import HttpSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from support.distribution import Artifact

HOME = "/root"
"""Of root, in any image."""
PYTHONS = {"3.6": BASE, "3.13": {"pip": "26.0.1"}}
Step = tuple[Forecast, RealLayer]


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> RealImages:
    return RealImages(tmp_path_factory.mktemp("containers"))


@pytest.fixture(scope="module")
def server(things: Mapping[str, Artifact]) -> Iterator[IndexServer]:
    with IndexServer(*things.values()) as server:
        yield server


@pytest.fixture
def tls_server(things: Mapping[str, Artifact], tmp_path: Path) -> Iterator[tuple[SimpleNamespace, Path]]:
    """Give the addresses of an index that speaks TLS, by name: pip 26 verifies no certificate for a number."""
    authority = needs.module("trustme").CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))
    with IndexServer(*things.values(), tls=context) as server:
        yield SimpleNamespace(root=_named(server.root), url=_named(server.url)), bundle


def _named(url: str) -> str:
    return url.replace("127.0.0.1", "localhost")


@pytest.fixture(scope="module", params=list(PYTHONS))
def steps(
    request: pytest.FixtureRequest,
    images: RealImages,
    server: IndexServer,
    things: Mapping[str, Artifact],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Step]:
    """Install 1, upgrade to 2 in another layer, go back to 1 in a third."""
    needs.interpreter(request.param)
    folder = tmp_path_factory.mktemp("layers")
    start = images.base(request.param, PYTHONS[request.param])
    made = {}
    for name, version in (("install", "1"), ("upgrade", "2"), ("downgrade", "1")):
        image = ImageOfPip.of(start)
        forecast = Forecast(image.request(image.plan([things[version]], server)))
        start = _installed(images, start, folder, name, "--index-url", server.url, f"thing=={version}")
        made[name] = (forecast, RealLayer(start))
    return made


def _installed(images: RealImages, start: Path, folder: Path, name: str, *words: str, is_cached: bool = False) -> Path:
    archive = folder / f"{name}.tar"
    with images.container(start) as made:
        made.pip_install(folder, *words, is_cached=is_cached)
        made.save(f"docker-archive:{archive}:localhost/{name}:1")
    return archive


@pytest.mark.parametrize("name", ["install", "upgrade", "downgrade"])
def test_a_layer_has_the_entries_that_were_said(steps: dict[str, Step], name: str) -> None:
    forecast, layer = steps[name]
    assert _without_interpreter(layer.entries) == _without_interpreter(forecast.entries)


@pytest.mark.parametrize("name", ["install", "upgrade", "downgrade"])
def test_a_layer_is_as_long_as_was_said(steps: dict[str, Step], name: str) -> None:
    forecast, layer = steps[name]
    assert forecast.growth.tar == layer.size


def test_the_parts_are_the_whole(steps: dict[str, Step]) -> None:
    for forecast, _ in steps.values():
        told = forecast.growth
        parts = [told.removals_tar, told.folders_tar, told.cache_tar, told.interpreter_tar, 1024]
        assert sum(one.tar for one in told.distributions) + sum(parts) == told.tar
        assert not told.is_estimated


def test_what_a_lower_layer_had_still_ships(steps: dict[str, Step]) -> None:
    told = steps["upgrade"][0].growth
    thing = steps["install"][0].growth.distributions[0]
    assert told.removed == thing.total
    assert steps["install"][0].growth.removed == 0


def test_without_compiling_no_bytecode_is_left(
    images: RealImages, server: IndexServer, things: Mapping[str, Artifact], tmp_path: Path
) -> None:
    base = images.base("3.6", BASE)
    image = ImageOfPip.of(base)
    forecast = Forecast(image.request(image.plan([things["2"]], server), is_compiled=False))
    layer = RealLayer(_installed(images, base, tmp_path, "plain", "--no-compile", "-i", server.url, "thing==2"))
    assert _without_interpreter(layer.entries) == _without_interpreter(forecast.entries)
    assert forecast.growth.distributions[0].compiled == 0


@pytest.mark.parametrize("python", list(PYTHONS))
def test_what_pip_keeps_is_in_the_layer(
    python: str,
    images: RealImages,
    tls_server: tuple[SimpleNamespace, Path],
    things: Mapping[str, Artifact],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    needs.interpreter(python)
    server, authorities = tls_server
    monkeypatch.setenv("PIP_CERT", str(authorities))
    base = images.base(python, PYTHONS[python])
    image = ImageOfPip.of(base)
    cache = PipCache(folder=f"{HOME}/.cache/pip", is_version_checked=False)
    client = Client(HttpSettings.from_environment(os.environ, ca_bundle=authorities))
    plan = image.plan([things["1"]], server)
    forecast = Forecast(image.request(plan, cache=cache), client=client)
    words = ("--index-url", server.url, "thing==1")
    layer = RealLayer(_installed(images, base, tmp_path, "cached", *words, is_cached=True))
    assert _kept(forecast.entries).keys() == _kept(layer.entries).keys()
    for path, size in _kept(layer.entries).items():
        # A page may be compressed harder or less hard than we take it to be.
        assert forecast.entries[path] == pytest.approx(size, rel=0.1), path
    assert forecast.growth.cache == sum(size for path, size in _kept(forecast.entries).items())
    assert forecast.growth.cache > 0
    assert forecast.growth.tar == pytest.approx(layer.size, rel=0.01)


def _without_interpreter(entries: Mapping[str, int]) -> dict[str, int]:
    """Give what is not of the interpreter itself: which of its modules pip imports differs a little by platform."""
    return {
        path: size
        for path, size in entries.items()
        if "/site-packages/" in path or not path.startswith("usr/local/lib/python")
    }


def _kept(entries: Mapping[str, int]) -> dict[str, int]:
    return {path: size for path, size in entries.items() if path.startswith("root/")}
