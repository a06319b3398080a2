"""Forecasts as text, Markdown and JSON: golden, at any width, whatever the strings are."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.json_schemas import closed_schema

from pipfreeze_lock.model.artifact import IndexFile, ProjectPage
from pipfreeze_lock.model.forecast import Forecast, ForecastBase, InstallCall
from pipfreeze_lock.model.installed import InstalledDistribution
from pipfreeze_lock.model.layer_growth import DistributionGrowth, LayerGrowth
from pipfreeze_lock.model.lock import Via
from pipfreeze_lock.model.plan import Action, Fetched, Plan
from pipfreeze_lock.model.url import Url
from pipfreeze_lock.report import forecast_difference_markdown, forecast_difference_text, forecast_json, forecast_text
from pipfreeze_lock.report.forecast_difference import forecast_difference
from pipfreeze_lock.report.forecast_text import ForecastPresentation

SCHEMA = Path(__file__).parents[2] / "docs" / "forecast.schema.json"
JANUARY, APRIL = (datetime(2021, month, 16, tzinfo=UTC) for month in (1, 4))
BASE = ForecastBase(
    subject="python:3.6.8",
    is_read=False,
    target="cpython 3.6.8 cp36m linux/amd64 glibc-2.24 pip-19.1.1",
    python="3.6.8",
    pip="19.1.1",
)
CALL = InstallCall(
    command="pip install -r requirements.txt",
    is_hash_mode=False,
    uploaded_prior_to=None,
    is_compiled=True,
    compile_reason="pip compiles what it installs",
    has_cache=True,
    cache_reason="nothing keeps pip from it",
)


def asks(parent: str, constraint: str = "", **words) -> Via:
    return Via("distribution", parent, constraint=constraint, **words)


def line(constraint: str = "", path: str = "requirements.txt") -> Via:
    return Via("-r", path, constraint=constraint)


def action(kind: str, name: str, version: str, *causes: Via, old: str | None = None, **words) -> Action:
    there = InstalledDistribution(name=name, version=old, path=f"/site/{name}.dist-info") if old else None
    if kind == "keep":
        return Action(kind=kind, name=name, old=there, version=version, causes=causes)
    suffix = ".tar.gz" if words.get("is_compiled") else "-py3-none-any.whl"
    file = IndexFile(
        filename=f"{name}-{version}{suffix}",
        url=f"https://files.example/{name}-{version}{suffix}",
        hashes={"sha256": f"{len(name)}{len(version)}".ljust(64, "0")},
        upload_time=words.pop("uploaded", "2020-12-01T10:00:00Z"),
    )
    index = Url("https://index.example/simple/")
    page = ProjectPage(name=name, url=f"{index}{name}/", index=index, files=[file])
    return Action(kind=kind, name=name, old=there, version=version, file=file, page=page, causes=causes, **words)


def forecast(*actions: Action, written: tuple[str, ...] = (), **words) -> Forecast:
    """Give one in which each file has 1,000 bytes and each distribution 3,000 in the image, a third of it ``.pyc``."""
    moved = [one for one in actions if one.kind != "keep"]
    wheels = [one for one in moved if not one.is_compiled]
    fetched = tuple(Fetched(file=one.file, page=one.page, reason="install") for one in moved)
    fetched += words.pop("fetched", ())
    grown = LayerGrowth(
        distributions=tuple(
            DistributionGrowth(name=one.name, files=2_000, compiled=1_000, is_estimated=False, tar=6_144)
            for one in wheels
        ),
        unknown=tuple(one.name for one in moved if one.is_compiled),
        removed=words.pop("removed", 0),
        removals_tar=0,
        folders_tar=0,
        cache=1_500 * len(moved),
        cache_tar=2_048 * len(moved),
        tar=10_240 * len(moved),
        is_estimated=words.pop("is_estimated", False),
    )
    fields = {
        "base": BASE,
        "call": CALL,
        "plan": Plan(actions=tuple(sorted(actions, key=lambda one: one.name)), fetched=fetched),
        "written": frozenset(written),
        "sizes": {one.url: 1_000 for one in fetched},
        "growth": grown,
        "compiled_by": "cpython-3.6.15",
    }
    return Forecast(**(fields | words))


def searched(name: str, version: str) -> Fetched:
    looked_into = action("install", name, version)
    return Fetched(file=looked_into.file, page=looked_into.page, reason="search")


MANY = forecast(
    action("install", "absl-py", "0.11.0", asks("tensorboard", ">=0.4"), asks("tensorflow", ">=0.7.0")),
    action("install", "termcolor", "1.1.0", asks("tensorflow", ">=1.1.0"), is_compiled=True),
    action("upgrade", "grpcio", "1.34.1", line(">=1.34"), asks("tensorboard", ">=1.24.3"), old="1.31.0"),
    action("downgrade", "idna", "2.10", asks("requests", "<3,>=2.5"), old="3.1"),
    action("reinstall", "six", "1.15.0", line("@ https://files.example/six.whl"), old="1.15.0", is_direct=True),
    action("keep", "setuptools", "41.0.1", asks("tensorboard", ">=41.0.0"), old="41.0.1"),
    fetched=(searched("numpy", "1.19.5"),),
    removed=54_321,
    written=("grpcio", "six"),
)
NOTHING = forecast(action("keep", "six", "1.15.0", line(), old="1.15.0"), written=("six",))
ESTIMATED = forecast(action("install", "six", "1.15.0", line()), is_estimated=True, compiled_by=None)
EMPTY = forecast()


def test_all_that_can_happen() -> None:
    assert forecast_text.render(MANY, ForecastPresentation()) == (
        """\
pip install -r requirements.txt
in python:3.6.8 (Python 3.6.8, pip 19.1.1):
2 to install, 1 to upgrade, 1 to downgrade, 1 to reinstall:
6.0 kB fetched, 51.2 kB and more in the layer

action     distribution  version           fetched     layer  asked for by
install    absl-py       0.11.0             1.0 kB    3.0 kB  tensorboard +1
upgrade    grpcio        1.31.0 -> 1.34.1   1.0 kB    3.0 kB
    -r requirements.txt (>=1.34) and 1 more
downgrade  idna          3.1 -> 2.10        1.0 kB    3.0 kB
    requests (<3,>=2.5)
reinstall  six           1.15.0 again       1.0 kB    3.0 kB
    -r requirements.txt (@ https://files.example/six.whl)
install    termcolor     1.1.0              1.0 kB  compiled  tensorflow
and 1 kept, which -v lists

   6.0 kB  fetched, in 6 files
   1.0 kB  of it for 1 file that pip only looks into, for what it needs
  51.2 kB  in the layer, as a tar that is not compressed, without what is
           compiled
   4.0 kB  of it .pyc, measured with cpython-3.6.15
   7.5 kB  of it pip's cache: nothing keeps pip from it
  54.3 kB  of lower layers is replaced or taken away, and still ships
        ?  not counted, since the image compiles it: termcolor
"""
    )


def test_nothing_to_do_is_an_answer() -> None:
    assert forecast_text.render(NOTHING, ForecastPresentation()) == (
        """\
pip install -r requirements.txt
in python:3.6.8 (Python 3.6.8, pip 19.1.1):
0 B: nothing to do, 1 distribution as asked for
"""
    )


def test_verbose_lists_what_is_kept_and_all_who_ask() -> None:
    said = forecast_text.render(MANY, ForecastPresentation(verbose=True))
    assert "\nkeep       setuptools    41.0.1" in said
    assert "\n    -r requirements.txt (>=1.34), tensorboard (>=1.24.3)\n" in said
    assert "which -v lists" not in said


def test_causes_stand_behind_the_columns_where_there_is_room() -> None:
    said = forecast_text.render(MANY, ForecastPresentation(width=140))
    assert "3.0 kB  tensorboard (>=0.4) and 1 more\n" in said
    assert "3.0 kB  -r requirements.txt (>=1.34) and 1 more\n" in said


def test_what_is_estimated_is_said_to_be() -> None:
    said = forecast_text.render(ESTIMATED, ForecastPresentation())
    assert "1 to install: 1.0 kB fetched, about 10.2 kB in the layer\n" in said
    assert "10.2 kB  in the layer, as a tar that is not compressed, estimated in part\n" in said
    assert "1.0 kB  of it .pyc, estimated by the size of sources\n" in said


def test_what_is_switched_off_is_said_with_its_reason() -> None:
    off = replace(
        CALL,
        is_compiled=False,
        compile_reason="`--no-compile`",
        has_cache=False,
        cache_reason="`PIP_NO_CACHE_DIR=1` of the image",
    )
    said = forecast_text.render(replace(ESTIMATED, call=off), ForecastPresentation())
    assert "0 B  of it .pyc: `--no-compile`\n" in said
    assert "0 B  of it pip's cache: `PIP_NO_CACHE_DIR=1` of the image\n" in said


@pytest.mark.parametrize("width", [60, 80, 100, 200])
@pytest.mark.parametrize("found", [MANY, NOTHING, ESTIMATED, EMPTY], ids=["many", "nothing", "estimated", "empty"])
def test_lines_fit(found: Forecast, width: int) -> None:
    for text in forecast_text.render(found, ForecastPresentation(width=width)).splitlines():
        assert len(text) <= max(width, 66), text  # the columns alone take 62


@pytest.mark.parametrize("found", [MANY, NOTHING, ESTIMATED, EMPTY], ids=["many", "nothing", "estimated", "empty"])
def test_json_keeps_its_schema(found: Forecast) -> None:
    closed_schema("forecast.schema.json").validate(json.loads(forecast_json.render(found)))


def test_json_has_exact_bytes() -> None:
    said = json.loads(forecast_json.render(MANY))
    assert said["fetched"]["size"] == 6_000
    assert said["layer"]["replaced"] == 54_321
    assert said["layer"]["unknown"] == ["termcolor"]
    assert said["counts"] == {"keep": 1, "install": 2, "upgrade": 1, "downgrade": 1, "reinstall": 1}
    grpcio = next(one for one in said["actions"] if one["name"] == "grpcio")
    assert (grpcio["old_version"], grpcio["version"], grpcio["is_written"]) == ("1.31.0", "1.34.1", True)
    assert grpcio["layer"] == {"size": 3_000, "files": 2_000, "bytecode": 1_000, "is_estimated": False, "tar": 6_144}


# --- two days ---------------------------------------------------------------------------------------------------------

EARLIER = forecast(
    action("install", "grpcio", "1.34.1", asks("tensorboard", ">=1.24.3"), uploaded="2021-01-12T01:00:00Z"),
    action("install", "tensorboard", "2.4.1", line(">=2"), uploaded="2021-01-13T01:00:00Z"),
    action("install", "cryptography", "3.2.1", asks("sdk", "<3.3,>=2.9")),
    action("install", "sdk", "5.0", line()),
    action("install", "cached-property", "1.5", asks("sdk")),
    action("install", "six", "1.15.0", line()),
    action("keep", "setuptools", "41.0.1", asks("tensorboard", ">=41"), old="41.0.1"),
    written=("sdk", "six", "tensorboard"),
    call=replace(CALL, uploaded_prior_to=JANUARY),
)
LATER = forecast(
    action("install", "grpcio", "1.37.0", asks("tensorboard", ">=1.24.3"), uploaded="2021-04-07T01:00:00Z"),
    action("install", "tensorboard", "2.5.0", line(">=2"), uploaded="2021-04-10T01:00:00Z"),
    action("install", "tensorboard-data-server", "0.6.0", asks("tensorboard", "<0.7.0")),
    action("install", "cryptography", "3.4.7", asks("sdk", ">=2.9"), uploaded="2021-03-25T01:00:00Z"),
    action("install", "sdk", "5.1", line(), uploaded="2021-02-25T01:00:00Z"),
    action("install", "six", "1.15.0", line()),
    action("keep", "setuptools", "41.0.1", asks("tensorboard", ">=41"), old="41.0.1"),
    written=("sdk", "six", "tensorboard"),
    call=replace(CALL, uploaded_prior_to=APRIL),
)
DIFFERENCE = forecast_difference(EARLIER, LATER, since=JANUARY)
SAME = forecast_difference(EARLIER, EARLIER, since=JANUARY)


def test_what_moved_and_why() -> None:
    found = {move.change.name: move for move in DIFFERENCE.moves}
    assert {name: (move.change.kind, move.is_written) for name, move in found.items()} == {
        "cached-property": ("removed", False),
        "cryptography": ("upgraded", False),
        "grpcio": ("upgraded", False),
        "sdk": ("upgraded", True),
        "tensorboard": ("upgraded", True),
        "tensorboard-data-server": ("added", False),
    }
    assert [str(via) for via in found["grpcio"].let_in_by] == ["tensorboard (>=1.24.3)"]
    assert found["grpcio"].is_new_release
    assert found["grpcio"].brought_by == ()
    assert found["cryptography"].brought_by == ("sdk",)
    assert [str(via) for via in found["cryptography"].change.freed_by] == ["sdk (<3.3,>=2.9)"]
    assert found["cached-property"].brought_by == ("sdk",)
    assert found["tensorboard-data-server"].brought_by == ("tensorboard",)


def test_two_days_as_text() -> None:
    assert forecast_difference_text.render(DIFFERENCE, ForecastPresentation()) == (
        """\
pip install -r requirements.txt
in python:3.6.8 (Python 3.6.8, pip 19.1.1), 2021-01-16 and 2021-04-16:
6 of 8 distributions moved, 4 of them unwritten: ±0 B in the layer

moved     distribution             version           fetched    layer
removed   cached-property          1.5               -1.0 kB  -3.0 kB
    2020-12-01: no longer asked for by sdk (upgraded)
upgraded  cryptography             3.2.1 -> 3.4.7     1.0 kB   3.0 kB
    2020-12-01 -> 2021-03-25: no longer held by sdk (<3.3,>=2.9) (upgraded)
upgraded  grpcio                   1.34.1 -> 1.37.0   1.0 kB   3.0 kB
    2021-01-12 -> 2021-04-07: a newer release, let in by tensorboard (>=1.24.3)
upgraded  sdk *                    5.0 -> 5.1         1.0 kB   3.0 kB
    2020-12-01 -> 2021-02-25: a newer release, let in by -r requirements.txt
upgraded  tensorboard *            2.4.1 -> 2.5.0     1.0 kB   3.0 kB
    2021-01-13 -> 2021-04-10: a newer release, let in by -r requirements.txt
    (>=2)
added     tensorboard-data-server  0.6.0              1.0 kB   3.0 kB
    2020-12-01: for tensorboard (<0.7.0) (upgraded)

                     2021-01-16  2021-04-16  difference
fetched                  6.0 kB      6.0 kB        ±0 B
  of it what moved       5.0 kB      5.0 kB        ±0 B
layer                   61.4 kB     61.4 kB        ±0 B
  of it what moved      30.7 kB     30.7 kB        ±0 B
  of it .pyc             6.0 kB      6.0 kB        ±0 B
  of it pip's cache      9.0 kB      9.0 kB        ±0 B
* is written in the requirements; the rest moved though nobody wrote it down
"""
    )


@pytest.mark.parametrize("found", [DIFFERENCE, SAME], ids=["moved", "same"])
def test_two_days_keep_the_schema(found) -> None:
    closed_schema("forecast.schema.json").validate(json.loads(forecast_json.render_difference(found)))


def test_two_days_as_markdown() -> None:
    assert forecast_difference_markdown.render(DIFFERENCE) == (
        """\
`pip install -r requirements.txt` in `python:3.6.8` (Python 3.6.8, pip 19.1.1), 2021-01-16 and 2021-04-16:

**6 of 8 distributions moved, 4 of them unwritten: ±0 B in the layer**

| distribution |  | 2021-01-16 | 2021-04-16 | fetched | layer | why |
|---|---|---|---|---|---|---|
| `cached-property` | removed | `1.5`<br>2020-12-01 |  | 1.0 kB | 3.0 kB | no longer asked for by `sdk` (upgraded) |
| `cryptography` | upgraded | `3.2.1`<br>2020-12-01 | `3.4.7`<br>2021-03-25 | 1.0 kB | 3.0 kB | no longer held by `sdk (<3.3,>=2.9)` (upgraded) |
| `grpcio` | upgraded | `1.34.1`<br>2021-01-12 | `1.37.0`<br>2021-04-07 | 1.0 kB | 3.0 kB | a newer release, let in by `tensorboard (>=1.24.3)` |
| `sdk` (written) | upgraded | `5.0`<br>2020-12-01 | `5.1`<br>2021-02-25 | 1.0 kB | 3.0 kB | a newer release, let in by `-r requirements.txt` |
| `tensorboard` (written) | upgraded | `2.4.1`<br>2021-01-13 | `2.5.0`<br>2021-04-10 | 1.0 kB | 3.0 kB | a newer release, let in by `-r requirements.txt (>=2)` |
| `tensorboard-data-server` | added |  | `0.6.0`<br>2020-12-01 | 1.0 kB | 3.0 kB | for `tensorboard (<0.7.0)` (upgraded) |

|  | 2021-01-16 | 2021-04-16 | difference |
|---|---|---|---|
| fetched | 6.0 kB | 6.0 kB | ±0 B |
| of it what moved | 5.0 kB | 5.0 kB | ±0 B |
| layer | 61.4 kB | 61.4 kB | ±0 B |
| of it what moved | 30.7 kB | 30.7 kB | ±0 B |
| of it `.pyc` | 6.0 kB | 6.0 kB | ±0 B |
"""
    )


def test_nothing_moved_is_an_answer() -> None:
    said = forecast_difference_text.render(SAME, ForecastPresentation())
    assert "\nnothing moved: 7 distributions on both days\n" in said


ANY = st.text(max_size=40)


@settings(max_examples=25, deadline=None)
@given(name=ANY, version=ANY, constraint=ANY, command=ANY)
def test_no_string_breaks_a_report(name: str, version: str, constraint: str, command: str) -> None:
    one = action("upgrade", name, version, asks(name, constraint), old=version)
    found = forecast(one, call=replace(CALL, command=command, uploaded_prior_to=JANUARY))
    closed_schema("forecast.schema.json").validate(json.loads(forecast_json.render(found)))
    other = forecast(action("install", name, f"{version}1", asks(name, constraint)), call=found.call)
    both = forecast_difference(found, other, since=JANUARY)
    closed_schema("forecast.schema.json").validate(json.loads(forecast_json.render_difference(both)))
    texts = (
        forecast_text.render(found, ForecastPresentation(verbose=True)),
        forecast_difference_text.render(both, ForecastPresentation()),
        forecast_difference_markdown.render(both),
    )
    for text in texts:
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", text)
