from __future__ import annotations

import csv

import pytest

from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.model.target import Libc
from pipfreeze_lock.target import base_images
from pipfreeze_lock.target.base_images import known_image, newest_of_series, newest_python_of, target_of_base_image
from pipfreeze_lock.target.python_versions import version_key

DIGEST = "sha256:" + "a" * 64


def sources(reference: str) -> dict[str, str]:
    return dict(target_of_base_image(reference).sources)


@pytest.mark.parametrize(
    "reference",
    [
        "python:3.6.8",
        "library/python:3.6.8",
        "docker.io/library/python:3.6.8",
        "docker.io/python:3.6.8",
        "index.docker.io/library/python:3.6.8",
        "docker://python:3.6.8",
        f"python:3.6.8@{DIGEST}",
        " python:3.6.8 ",
    ],
)
def test_every_spelling_of_the_article_s_image(reference):
    target = target_of_base_image(reference)
    assert str(target) == "cpython 3.6.8 cp36m linux/amd64 glibc-2.24 pip-19.1.1"
    assert [(one.name, one.version) for one in target.base] == [
        ("pip", "19.1.1"),
        ("setuptools", "41.0.1"),
        ("wheel", "0.33.4"),
    ]
    assert target.estimated == ("setuptools", "wheel")
    assert "estimated: setuptools, wheel" in dict(target.sources)["base"]


def test_variants_differ_in_libc():
    assert target_of_base_image("python:3.6.8-slim-jessie").libc == Libc("glibc", 2, 19)
    assert target_of_base_image("python:3.6.8-alpine3.10").libc == Libc("musl", 1, 1)


def test_an_image_without_setuptools_and_wheel():
    assert [one.name for one in target_of_base_image("python:3.13.0").base] == ["pip"]


@pytest.mark.parametrize(
    ("reference", "python"),
    [
        ("python:3.6", "3.6.15"),
        ("python:3.6-slim", "3.6.15"),
        ("python:3.6-stretch", "3.6.14"),
        ("python:2", "2.7.18"),
        ("python:3.15-rc", "3.15.0b3"),
        ("python:rc-slim", "3.15.0b3"),
        ("python:3.10-alpine3.16", None),
    ],
)
def test_a_floating_tag_is_the_newest_of_its_series_and_says_so(reference, python):
    target = target_of_base_image(reference)
    assert "floating" in dict(target.sources)["image"]
    if python:
        assert target.python == python


@pytest.mark.parametrize("reference", ["python", "python:latest", "python:3", "python:slim", "python:3-alpine"])
def test_floating_tags_without_a_series_stand_for_the_newest_release(reference):
    versions = [row["python"] for row in rows() if row["python"].replace(".", "").isdigit()]
    assert target_of_base_image(reference).python == max(versions, key=version_key)


def test_a_series_of_pre_releases_alone_is_no_floating_tag():
    with pytest.raises(UsageError) as error:
        target_of_base_image("python:3.15")
    assert "`python:3.15.0b3`" in error.value.hints[0]


@pytest.mark.parametrize(
    "reference",
    [
        "ubuntu:22.04",
        "registry.example/python:3.6.8",
        "localhost:5000/library/python:3.6.8",
        "team/python:3.6.8",
        "docker.io/team/python",
        f"registry.example:5000/a/b/c@{DIGEST}",
    ],
)
def test_other_images_have_no_row(reference):
    assert target_of_base_image(reference) is None


@pytest.mark.parametrize(
    ("reference", "near"),
    [
        ("python:3.6.99", "python:3.6.15"),
        ("python:3.6.99-slim", "python:3.6.15-slim"),
        ("python:3.6.8-strech", "python:3.6.8-stretch"),
        ("python:3.66", "python:3.6.6"),
    ],
)
def test_unknown_tags_are_refused_with_the_nearest(reference, near):
    with pytest.raises(UsageError) as error:
        target_of_base_image(reference)
    assert reference in error.value.message
    assert error.value.hints[0].startswith(f"The nearest tags in it: `{near}`")


@pytest.mark.parametrize("reference", ["", "python:", "Python:3.6", "python 3.6", "python:3.6@sha256:12", "-python"])
def test_what_is_no_reference(reference):
    with pytest.raises(UsageError, match="is not an image reference"):
        target_of_base_image(reference)


def test_a_digest_alone_says_no_tag():
    with pytest.raises(UsageError, match="no tag"):
        target_of_base_image(f"python@{DIGEST}")


def test_a_digest_beside_a_tag_is_said_not_to_be_compared():
    assert "digest was not compared" in sources(f"python:3.6.8@{DIGEST}")["image"]


def test_newest_python_of():
    assert newest_python_of("3.6") == "3.6.15"
    assert newest_python_of("9.9") is None


def test_every_row_is_found_and_read():
    table = rows()
    assert len(table) > 2600
    for row in table:
        tag = f"{row['python']}-{row['variant']}".removesuffix("-")
        image = known_image(tag)
        assert (image.python, image.variant, image.pip) == (row["python"], row["variant"], row["pip"])
        assert image.tag == tag


def test_the_last_row_and_the_first():
    first, *_, last = rows()
    for row in (first, last):
        assert newest_of_series(
            f"{row['python'].rpartition('.')[0]}-{row['variant']}".removesuffix("-")
        ) is not None or (not row["python"].replace(".", "").isdigit())


def rows() -> list[dict[str, str]]:
    with base_images._TABLE.open(encoding="ascii", newline="") as stream:
        return list(csv.DictReader(stream))
