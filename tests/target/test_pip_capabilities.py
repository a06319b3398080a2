"""The table of steps: folded up to a version, and consistent in itself."""

from __future__ import annotations

from dataclasses import fields

import pytest

from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.target.pip_capabilities import STEPS, PipCapabilities, capabilities


@pytest.mark.parametrize(
    ("capability", "before", "since", "old", "new"),
    [
        ("requires_python", "8.1.2", "9.0.0", False, True),
        ("key_order", "9.0.3", "10.0.0", "version, tag", "version, build, tag"),
        ("key_order", "21.0.1", "21.1", "version, build, tag", "version, tag, build"),
        ("prefer_binary", "10.0.1", "18.0", False, True),
        ("sdist_names", "18.1", "19.0", "as asked", "canonical"),
        ("yanked", "19.1.1", "19.2", "unknown", "last"),
        ("yanked", "20.3.1", "20.3.2", "last", "when all are"),
        ("yanked", "21.3.1", "22.0", "when all are", "when pinned and all are"),
        ("prefers_allowed_hash", "19.1.1", "19.2", False, True),
        ("prefers_allowed_hash", "22.2.2", "22.3", True, False),
        ("prefers_allowed_hash", "22.3.1", "23.0", False, True),
        ("resolver", "20.2.4", "20.3", "first seen", "resolvelib"),
        ("failing_build", "20.3.1", "20.3.2", "error", "next file"),
        ("failing_build", "20.3.2", "20.3.3", "next file", "error"),
        ("failing_build", "20.3.3", "20.3.4", "error", "next file"),
        ("failing_build", "21.3.1", "22.0", "next file", "error"),
        ("legacy_versions", "24.0", "24.1", True, False),
        ("wheel_names", "25.2", "25.3", "strict or no spaces", "strict"),
        ("prerelease_fallback", "25.3", "26.0", False, True),
        ("exclusive_bounds_by_suffix", "26.0.1", "26.1", False, True),
    ],
)
def test_a_step_is_taken_at_its_version(capability, before, since, old, new):
    assert getattr(capabilities(before), capability) == old
    assert getattr(capabilities(since), capability) == new


def test_pip_8_is_the_default_of_every_field():
    assert capabilities("8.0") == PipCapabilities(version="8.0", hash_mode=True)
    assert capabilities("8.0.0").hash_mode


def test_python_2_keeps_the_old_resolver():
    assert capabilities("20.3.4", python_major=2).resolver == "first seen"
    assert not capabilities("20.3.4", python_major=2).takes_last_of_equals
    assert capabilities("20.3.4").takes_last_of_equals


@pytest.mark.parametrize("written", ["21.1", "21.1.0", "21.1b1", "21.1.dev0"])
def test_spellings_of_one_version_are_alike(written):
    assert capabilities(written).key_order == "version, tag, build"


def test_a_pip_of_the_future_behaves_as_the_newest():
    future, newest = capabilities("99.1"), capabilities(STEPS[-1].pip)
    known = [field.name for field in fields(PipCapabilities) if field.name != "version"]
    assert [getattr(future, name) for name in known] == [getattr(newest, name) for name in known]


@pytest.mark.parametrize("pip", ["1.5.6", "6.0.6", "7.1.2"])
def test_no_hash_mode_below_8(pip: str) -> None:
    assert not capabilities(pip).hash_mode


@pytest.mark.parametrize("written", ["", "latest", "v19"])
def test_what_is_no_version_is_refused(written):
    with pytest.raises(UsageError, match="is not a version of pip"):
        capabilities(written)


def test_steps_are_sorted_name_fields_and_change_something():
    releases = [tuple(map(int, step.pip.split("."))) for step in STEPS]
    assert releases == sorted(releases)
    now = {field.name: field.default for field in fields(PipCapabilities)}
    for step in STEPS:
        assert now[step.capability] != step.value, step
        assert step.what
        assert step.source
        now[step.capability] = step.value
