"""The page of an image's weight in a real browser: what pointer, keys, search and address do."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from support.any_weights import HOSTILE, hostile_weight, many_parts, plain_weight
from support.browser import Browser

from pipfreeze_lock.model.weight import ImageWeight, LayerWeight, Part
from pipfreeze_lock.report.sizes import readable_size
from pipfreeze_lock.report.weight_html import render

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LAYER_2 = "Layer 2, RUN pip install -r requirements.txt, 720,000 B, 72.0 % of the image"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("page"), plain_weight())


def written(folder: Path, weight: ImageWeight) -> Path:
    file = folder / "weight.html"
    file.write_text(render(weight), encoding="utf-8")
    return file


def tile(page: Any, start: str) -> Any:
    """Give the rectangle, among those that keys can reach, whose description starts so."""
    return page.locator(f'#map [role="button"][aria-label^="{start}"]')


def tiles(page: Any) -> list[str]:
    return [
        one.split(", ")[0]
        for one in page.locator('#map [role="button"]').evaluate_all("all => all.map(one => one.ariaLabel)")
    ]


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.id"))


def place(page: Any) -> str:
    return " > ".join(page.locator("#places bdi").all_text_contents())


def step_back(page: Any) -> None:
    """Do as the browser's button does, and wait until the page has followed; where there is no way back, fail."""
    waited = (
        "new Promise((done, fail) => { addEventListener('hashchange', done, { once: true }); setTimeout(fail, 10000); "
    )
    page.evaluate(f"{waited} history.back(); }})")


def details(page: Any) -> str:
    return " ".join(page.locator("#panel").inner_text().split())


def test_click_zooms_and_ways_lead_back(browser: Browser, plain: Path) -> None:
    with browser.page(plain) as page:
        assert tiles(page) == ["Layer 2", "Layer 1", "Layer 3"]
        tile(page, "Layer 2").click(position={"x": 20, "y": 10})
        assert place(page) == "Whole image > Layer 2"
        assert page.url.endswith("#at=2")
        assert tiles(page) == ["Distributions", "Caches"]
        assert "RUN pip install -r requirements.txt" in details(page)
        assert "720,000 B" in details(page)
        page.locator("#map .level-owner", has_text="numpy").click(position={"x": 20, "y": 10})
        assert place(page) == "Whole image > Layer 2 > Distributions > numpy"
        assert tiles(page) == ["shared libraries", "tests", "code"]
        assert "/site-packages/numpy/a.py 30.0 kB" in details(page)
        step_back(page)
        assert place(page) == "Whole image > Layer 2"
        page.keyboard.press("Escape")
        assert place(page) == "Whole image"
        step_back(page)
        assert place(page) == "Whole image > Layer 2"
        page.locator("#places button").first.click()
        assert place(page) == "Whole image"
        assert page.locator("#up").is_hidden()


def test_keys_do_all_that_the_pointer_does(browser: Browser, plain: Path) -> None:
    with browser.page(plain) as page:
        page.locator("#find").focus()
        page.keyboard.press("Tab")
        assert focused(page) == LAYER_2
        assert page.locator("#map .ring").is_visible()
        page.keyboard.press("ArrowRight")
        assert focused(page).startswith("Layer 1")
        assert "Layer 1 ADD file:1 in /" in details(page)
        page.keyboard.press("ArrowDown")
        assert focused(page).startswith("Layer 3")
        page.keyboard.press("ArrowLeft")
        assert focused(page) == LAYER_2
        page.keyboard.press("End")
        assert focused(page).startswith("Layer 3")
        page.keyboard.press("Home")
        page.keyboard.press("Enter")
        assert place(page) == "Whole image > Layer 2"
        assert focused(page).startswith("Distributions")
        page.keyboard.press("Escape")
        assert focused(page) == LAYER_2
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('#legend') !== null")


def test_a_search_is_marked_counted_and_kept_in_the_address(browser: Browser, plain: Path) -> None:
    with browser.page(plain) as page:
        page.locator("#find").fill("PIP")
        assert page.locator("#found").inner_text() == "3 matches, 260,000 B (260.0 kB, 26.0 % of the image)"
        assert page.locator(".cover.match").count() == 3
        assert "dimmed" in str(tile(page, "Layer 3").get_attribute("class"))
        assert "dimmed" not in str(tile(page, "Layer 2").get_attribute("class"))
        page.reload()
        assert page.locator("#find").input_value() == "PIP"
        page.locator("#find").fill("kind:tests")
        assert page.locator("#found").inner_text() == "200,000 B (200.0 kB, 20.0 % of the image)"
        page.locator("#find").fill("nowhere")
        assert page.locator("#found").inner_text() == "Nothing is called so."
        page.keyboard.press("Escape")
        assert page.locator("#found").inner_text() == ""
        assert page.locator(".dimmed").count() == 0
        page.locator("#legend button", has_text="code").click()
        assert page.locator("#find").input_value() == "kind:code"
        assert page.locator("#legend [aria-pressed=true]").inner_text().startswith("code")


def test_groups_and_colours(browser: Browser, plain: Path) -> None:
    with browser.page(plain, "#at=2&at=distribution&at=pip 21.3") as page:
        assert place(page) == "Whole image > Layer 2 > Distributions > pip"
        page.locator("fieldset label", has_text="Distribution").click()
        assert place(page) == "Whole image > Distributions > pip"
        page.get_by_role("button", name="Whole image").click()
        assert tiles(page) == ["Distributions", "Interpreter", "Caches", "Other files"]
        page.locator("fieldset label", has_text="Owner").click()
        assert page.url.endswith("#by=distribution&colour=owner")
        assert page.locator("#legend button").all_inner_texts()[0].split("\n")[0] == "Distributions"


def test_what_is_hidden_is_hatched_by_its_share(browser: Browser, tmp_path: Path) -> None:
    weight = plain_weight()
    old_pip = next(part for part in weight.layers[0].parts if part.hidden)
    half = replace(weight.layers[0], parts=(replace(old_pip, hidden=20_000),))
    with browser.page(written(tmp_path, replace(weight, layers=(half,)))) as page:
        hatched = page.locator("#map .hatched").bounding_box()
        assert hatched["width"] == pytest.approx(page.locator("#map .level-owner").bounding_box()["width"] / 2, abs=1)
        assert "Hidden 20,000 B, 50.0 %" in details(page)


@pytest.mark.parametrize("width", [1440, 360])
def test_areas_are_as_bytes_are_and_nothing_sticks_out(browser: Browser, plain: Path, width: int) -> None:
    with browser.page(plain, width=width, height=800) as page:
        areas = {}
        for name in ("Layer 1", "Layer 2", "Layer 3"):
            box = tile(page, name).bounding_box()
            areas[name] = (box["width"] + 3) * (box["height"] + 3)  # with the gap around it
        assert areas["Layer 2"] / areas["Layer 1"] == pytest.approx(3.6, rel=0.02)
        assert areas["Layer 1"] / areas["Layer 3"] == pytest.approx(2.5, rel=0.02)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        cut = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.textContent)"
        assert page.locator("#map .label, #map .head .name:not(.cut)").evaluate_all(cut) == []


def test_light_and_dark(browser: Browser, plain: Path) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    with browser.page(plain, color_scheme="dark") as page:
        dark = page.evaluate(ground)
        page.get_by_role("button", name="Theme: system").click()
        light = page.evaluate(ground)
        assert light != dark
        page.get_by_role("button", name="Theme: light").click()
        assert page.evaluate(ground) == dark
        page.get_by_role("button", name="Theme: dark").click()
        assert page.evaluate(ground) == dark
        page.emulate_media(color_scheme="light")
        assert page.evaluate(ground) == light


def test_tables_sort_fold_and_lead_into_the_map(browser: Browser, plain: Path) -> None:
    names = "#distributions tbody th bdi"
    with browser.page(plain) as page:
        assert page.locator(names).all_text_contents() == ["numpy", "pip"]
        page.locator("#distributions thead").get_by_role("button", name="Files").click()
        assert page.locator(names).all_text_contents() == ["numpy", "pip"]
        page.locator("#distributions thead").get_by_role("button", name="Files").click()
        assert page.locator(names).all_text_contents() == ["pip", "numpy"]
        assert page.locator("#distributions th[aria-sort]").get_attribute("aria-sort") == "ascending"
        page.locator("#distributions").get_by_role("button", name="numpy").click()
        assert place(page) == "Whole image > Distributions > numpy"
        page.locator("#layers").get_by_role("button", name="Layer 3").click()
        assert place(page) == "Whole image > Layer 3"


def test_many_parts(browser: Browser, tmp_path: Path) -> None:
    with browser.page(written(tmp_path, many_parts())) as page:
        assert page.locator("#map .tile").count() < 4000
        rows = page.locator("#distributions tbody tr:visible")
        assert rows.count() == 20
        page.locator("#distributions").get_by_role("button", name="Show all 400").click()
        assert rows.count() == 400


def test_hostile_names_do_nothing(browser: Browser, tmp_path: Path) -> None:
    file = written(tmp_path, hostile_weight())
    with browser.page(file) as page:
        tile(page, "Layer 1").first.click(position={"x": 20, "y": 10})
        assert HOSTILE[0] in details(page)
        page.locator("#find").fill(HOSTILE[1])
        assert page.locator("#found").inner_text().startswith("1 match, ")
        assert page.evaluate("window.hacked") is None
        assert page.locator("#map img, #panel img, table img").count() == 0


@pytest.mark.parametrize("address", ["#at=%E0%A4%A", "#by=x&colour=y&at=9&at=<img>", "#find=kind:", "#%00"])
def test_an_address_of_nothing_is_the_whole_image(browser: Browser, plain: Path, address: str) -> None:
    with browser.page(plain, address) as page:
        assert place(page) == "Whole image"


def test_without_scripts_there_are_drawing_and_tables(browser: Browser, plain: Path) -> None:
    with browser.page(plain, java_script_enabled=False, width=360) as page:
        assert page.locator("noscript svg").first.is_visible()
        assert page.locator("#distributions table").is_visible()
        assert page.locator("#explorer").is_hidden()
        assert page.locator("#theme").is_hidden()


@pytest.mark.parametrize(("motion", "moves"), [("no-preference", True), ("reduce", False)])
def test_motion_is_spared_who_wants_none(browser: Browser, plain: Path, motion: str, *, moves: bool) -> None:
    zoomed = "() => { document.querySelector('#map .outer').click(); return document.getAnimations().length; }"
    with browser.page(plain, reduced_motion=motion) as page:
        assert bool(page.evaluate(zoomed)) is moves


@pytest.mark.parametrize(
    "sizes",
    [(1, 999, 1000, 1049, 1050, 1250), (999_949, 999_950, 1350, 2_650_000, 123_456_789, 5 * 10**12)],
    ids=["low", "high"],
)
def test_numbers_are_written_as_elsewhere(browser: Browser, tmp_path: Path, sizes: tuple[int, ...]) -> None:
    owner, info = plain_weight().layers[2].parts[0].owner, plain_weight().layers[0].info
    parts = [Part(owner=owner, kinds={"data": size}, files=1) for size in sizes]
    layers = [LayerWeight(info=replace(info, index=at), parts=(part,), entries=1) for at, part in enumerate(parts)]
    weight = replace(plain_weight(), layers=tuple(layers), distributions=())
    with browser.page(written(tmp_path, weight)) as page:
        listed = [readable_size(size) for size in sorted(sizes, reverse=True)]
        assert page.locator("#panel .members .number").all_inner_texts() == listed
        assert page.locator("#panel dd strong").inner_text() == readable_size(sum(sizes))
        assert f"{sum(sizes):,} B" in details(page)


def test_an_image_without_anything(browser: Browser, tmp_path: Path) -> None:
    weight = replace(plain_weight(), layers=(), distributions=())
    with browser.page(written(tmp_path, weight)) as page:
        assert page.locator("#map").inner_text() == "Nothing with bytes is here."
        assert re.search("Whole image Bytes 0 B", details(page))
