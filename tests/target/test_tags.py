"""What the tag lists mean for real wheels; the lists as wholes are compared in test_tags_of_real_pips.py."""

from __future__ import annotations

import pytest

from pipfreeze_lock.model.target import Libc, Target
from pipfreeze_lock.target.tag_steps import STEPS, pip_release, rules_of
from pipfreeze_lock.target.tags import supported_tags


def target(python="3.6.8", pip="19.1.1", abi="cp36m", libc="glibc-2.24", **parts) -> Target:
    parsed = Libc.parse(libc) if libc else None
    values = {"implementation_version": python, "machine": "x86_64"} | parts
    return Target(python=python, pip=pip, abi=abi, libc=parsed, **values)


def test_the_article_s_image():
    assert supported_tags(target())[:7] == (
        "cp36-cp36m-manylinux2010_x86_64",
        "cp36-cp36m-manylinux1_x86_64",
        "cp36-cp36m-linux_x86_64",
        "cp36-abi3-manylinux2010_x86_64",
        "cp36-abi3-manylinux1_x86_64",
        "cp36-abi3-linux_x86_64",
        "cp36-none-manylinux2010_x86_64",
    )


@pytest.mark.parametrize(
    ("pip", "tag", "accepted"),
    [
        ("19.2.3", "cp36-cp36m-manylinux2014_x86_64", False),
        ("19.3", "cp36-cp36m-manylinux2014_x86_64", True),
        ("20.2.4", "cp36-cp36m-manylinux_2_24_x86_64", False),
        ("20.3", "cp36-cp36m-manylinux_2_24_x86_64", True),
        ("21.3.1", "cp36-cp36m-manylinux_2_28_x86_64", False),
        ("19.3.1", "py36-none-manylinux2014_x86_64", False),
        ("20.0.2", "py36-none-manylinux2014_x86_64", True),
    ],
)
def test_a_wheel_that_one_pip_takes_and_another_does_not(pip, tag, accepted):
    assert (tag in supported_tags(target(pip=pip))) is accepted


def test_alpine_gets_musllinux_only_from_pip_21_2_on():
    alpine = {"libc": "musl-1.2", "python": "3.9.1", "abi": "cp39"}
    assert not any("musllinux" in tag or "manylinux" in tag for tag in supported_tags(target(pip="21.1.3", **alpine)))
    assert supported_tags(target(pip="21.2", **alpine))[0] == "cp39-cp39-musllinux_1_2_x86_64"


def test_free_threaded_builds_take_no_abi3_but_abi3t_in_time():
    build = {"python": "3.14.0", "abi": "cp314t", "libc": "glibc-2.41"}
    for pip, stable in (("24.0", "abi3"), ("25.3", None), ("26.1", "abi3t")):
        found = {tag.split("-")[1] for tag in supported_tags(target(pip=pip, **build))}
        assert found - {"none"} == {"cp314" if pip == "24.0" else "cp314t", stable} - {None}


def test_pypy_of_old_pips_is_tagged_with_its_own_version():
    pypy = {"implementation": "pypy", "implementation_version": "7.3.0", "abi": "pypy36_pp73", "python": "3.6.9"}
    assert supported_tags(target(pip="19.3.1", **pypy))[0] == "pp373-pypy36_pp73-manylinux2014_x86_64"
    assert supported_tags(target(pip="20.0.2", **pypy))[0] == "pp36-pypy36_pp73-manylinux2014_x86_64"


@pytest.mark.parametrize(
    ("text", "release"),
    [("20.3.1", (20, 3, 1)), ("24.1b2", (24, 1)), ("21.0.dev0", (21, 0)), ("10.0.0b1", (10, 0, 0)), ("x", ())],
)
def test_pip_release(text, release):
    assert pip_release(text) == release


def test_steps_are_in_order_and_each_changes_something():
    assert [step.since for step in STEPS] == sorted(step.since for step in STEPS)
    rules = [rules_of(".".join(map(str, step.since))) for step in STEPS]
    assert all(before != after for before, after in zip([rules_of("8.0"), *rules], rules, strict=False))
