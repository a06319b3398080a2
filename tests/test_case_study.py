"""The case study's page and plot are those of its results, and what the page says in words holds in them."""

from __future__ import annotations

import re
from xml.etree.ElementTree import fromstring

import pytest
from fidelity.case_study.page import PAGE, PLOT, rendered
from fidelity.case_study.plot import draw
from fidelity.case_study.recipes import ARTICLE, PIPS, RECIPES
from fidelity.case_study.results import RESULTS, PipResults, Results, read_results
from fidelity.case_study.tables import moved_between, of_pip
from packaging.utils import canonicalize_name

OWN_PLACES = re.compile(r"(?<![\w.])/(?:root|home|work|tmp|Users)/|https?://|file:")


@pytest.fixture(scope="module")
def results() -> Results:
    return read_results()


@pytest.fixture(params=[pip.pip for pip in PIPS])
def one_pip(request: pytest.FixtureRequest, results: Results) -> PipResults:
    return next(one for one in results.pips if one.pip == request.param)


def test_the_page_is_that_of_the_results(results: Results):
    assert PAGE.read_text() == rendered(results), "`make case-study-page` writes it anew"


def test_the_plot_is_that_of_the_results(results: Results):
    assert PLOT.read_text() == draw(results), "`make case-study-page` writes it anew"


def test_the_plot_is_valid_xml_and_says_in_words_what_it_shows(results: Results):
    root = fromstring(draw(results))
    description = root.findtext("{http://www.w3.org/2000/svg}desc")
    assert description is not None
    assert "again on that image 0 B" in description


def test_the_results_hold_every_image_and_nothing_of_the_machine_that_made_them(results: Results):
    assert [[step.name for step in pip.steps] for pip in results.pips] == [[one.name for one in RECIPES]] * len(PIPS)
    assert not OWN_PLACES.findall(RESULTS.read_text())


@pytest.mark.parametrize("step", ["again", "later", "later-upgrade", "lock-later"])
def test_pip_leaves_an_image_alone_that_satisfies_what_is_asked_for(one_pip: PipResults, step: str):
    made = one_pip.step(step)
    assert (made.added, made.moves, made.fetched_files) == (0, (), 0)


def test_no_line_of_the_nine_has_moved_by_itself(one_pip: PipResults):
    lines = [line for line in ARTICLE.read_text().splitlines() if not line.startswith("#")]
    written = {canonicalize_name(line.partition("==")[0]) for line in lines}
    moved = {move.name for move in moved_between(one_pip, "plain", "later-fresh")}
    assert len(written) == 9
    assert "grpcio" in moved
    assert not written & moved


def test_the_lock_gives_the_same_distributions_or_is_refused(results: Results):
    old, new = (of_pip(results, pip.pip) for pip in PIPS)
    assert old.step("lock-fresh").failure
    assert old.step("timeless-later").failure
    assert not any(step.failure for step in new.steps)
    same = new.comparison("lock", "lock-fresh")
    assert same is not None
    assert (same.others, same.only_left, same.only_right) == (0, 0, 0)


def test_locking_again_changes_the_files_of_one_distribution_for_the_old_pip_and_none_for_the_new_one(
    results: Results,
):
    old, new = (of_pip(results, pip.pip) for pip in PIPS)
    assert (old.relocked, new.relocked) == (("markupsafe==1.1.1",), ())
    for pip in (old, new):
        compared = pip.comparison("lock", "relocked")
        assert compared is not None
        assert [place for place in compared.places if "markupsafe" not in place.lower()] == []


def test_without_bytecode_and_times_the_layer_is_the_same_byte_for_byte(one_pip: PipResults):
    compared = one_pip.comparison("timeless", "timeless-again")
    assert compared is not None
    assert compared.is_same_layer


def test_an_image_agrees_with_the_lock_unless_something_moved(one_pip: PipResults):
    for step in ("lock", "lock-later", "timeless"):
        verified = one_pip.step(step).verified
        assert verified is not None
        assert verified.exit == 0
    for step in ("later-eager", "later-fresh", "one-line", "lock-moved"):
        verified = one_pip.step(step).verified
        assert verified is not None
        assert verified.exit == 1


def test_one_line_moved_leaves_an_inconsistent_image_with_the_pip_that_does_not_resolve(results: Results):
    old, new = (of_pip(results, pip.pip).step("one-line") for pip in PIPS)
    assert (len(old.conflicts), len(new.conflicts)) == (1, 0)
    assert "h5py" in old.conflicts[0]
    assert [move.name for move in new.moves] == ["h5py", "tensorflow"]


def test_what_was_frozen_agrees_with_its_image(one_pip: PipResults):
    frozen = [step.frozen for step in one_pip.steps if step.frozen]
    assert frozen
    assert {one.exit for one in frozen} == {0}


def test_forecasts_name_what_moves_and_what_is_fetched_and_the_layer_within_five_percent(one_pip: PipResults):
    for step in one_pip.steps:
        told = step.forecasted
        assert told is not None
        assert bool(told.refused) == bool(step.failure)
        if step.failure:
            continue
        assert (told.moves, told.wrong, told.missed) == (len(step.moves), (), ()), step.name
        assert told.fetched_bytes == step.fetched_bytes, step.name
        if told.moves and not told.unknown:
            assert told.tar == pytest.approx(step.added, rel=0.05), step.name
