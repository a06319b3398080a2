from __future__ import annotations

import pytest

from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.target.base_images import target_of_base_image
from pipfreeze_lock.target.from_flags import target_from_flags
from pipfreeze_lock.target.platforms import parse_platform

FLAGS = {"python_version": "3.6.15", "pip_version": "21.3.1", "libc": "glibc-2.36"}


@pytest.fixture
def image():
    return target_of_base_image("python:3.6.8")


def test_flags_alone():
    target = target_from_flags(**FLAGS)
    assert str(target) == "cpython 3.6.15 cp36m linux/amd64 glibc-2.36 pip-21.3.1"
    assert [(one.name, one.version) for one in target.base] == [("pip", "21.3.1")]
    assert dict(target.sources)["base"] == "pip alone, since no image is given"
    assert dict(target.sources)["python"] == "`--python-version 3.6.15`"


def test_an_image_alone_is_what_it_is(image):
    assert target_from_flags(base=image) == image
    assert target_from_flags(base=image).sources == image.sources


def test_flags_are_stronger_than_the_image(image):
    target = target_from_flags(
        base=image,
        python_version="3.7.4",
        pip_version="20.3.4",
        platform="linux/arm64/v8",
        libc="glibc-2.28",
        preinstalled=["Wheel==0.40", "six==1.16"],
        markers=["platform_release=5.10"],
    )
    assert str(target) == "cpython 3.7.4 cp37m linux/arm64 glibc-2.28 pip-20.3.4"
    assert [f"{one.name} {one.version}" for one in target.base] == [
        "pip 20.3.4",
        "setuptools 41.0.1",
        "six 1.16",
        "wheel 0.40",
    ]
    assert target.markers == (("platform_release", "5.10"),)
    assert target.estimated == ("setuptools",)
    assert dict(target.sources)["pip"] == "`--pip-version 20.3.4`"
    assert dict(target.sources)["base"].endswith(
        "pip from `--pip-version 20.3.4`; `--preinstalled Wheel==0.40`; `--preinstalled six==1.16`"
    )


def test_no_base_empties_the_set_and_keeps_pip_s_version(image):
    target = target_from_flags(base=image, no_base=True)
    assert (target.base, target.pip) == ((), "19.1.1")
    assert target_from_flags(base=image, no_base=True, preinstalled=["six==1.16"]).base[0].name == "six"


def test_a_series_is_the_newest_release_known_and_said_to_be():
    target = target_from_flags(python_version="3.6", pip_version="21.3.1", libc="glibc-2.36")
    assert target.python == "3.6.15"
    assert "newest release" in dict(target.sources)["python"]


def test_a_series_that_the_image_is_of_keeps_the_image_s_release(image):
    assert target_from_flags(base=image, python_version="3.6").python == "3.6.8"


def test_everything_that_is_missing_is_named_at_once():
    with pytest.raises(UsageError, match="the Python version, the C library and the pip version are missing") as error:
        target_from_flags()
    assert len(error.value.hints) == 3


def test_hints_name_what_the_official_image_has():
    with pytest.raises(UsageError, match="the C library and the pip version are missing") as error:
        target_from_flags(python_version="3.6.8")
    assert error.value.hints == (
        (
            "Give `--libc`: the official image `python:3.6.8` has `glibc-2.24` and the official image "
            "`python:3.6.8-alpine` has `musl-1.1`."
        ),
        "Give `--pip-version`: the official image `python:3.6.8` ships 19.1.1.",
    )


@pytest.mark.parametrize(
    ("platform", "line"),
    [
        ("manylinux2014_aarch64", "linux/arm64 glibc-2.17"),
        ("manylinux_2_28_x86_64", "linux/amd64 glibc-2.28"),
        ("musllinux_1_2_x86_64", "linux/amd64 musl-1.2"),
        ("macosx_11_0_arm64", "macos/arm64 macos-11.0"),
        ("macos/arm64", "macos/arm64 macos-11.0"),
        ("darwin/amd64", "macos/amd64 macos-10.9"),
        ("win_amd64", "windows/amd64 -"),
        ("windows/arm64", "windows/arm64 -"),
    ],
)
def test_platforms_that_need_no_libc(platform, line):
    target = target_from_flags(python_version="3.10.1", pip_version="22.0", platform=platform)
    assert str(target) == f"cpython 3.10.1 cp310 {line} pip-22.0"


def test_a_platform_on_another_system_drops_the_image_s_libc_and_its_abi():
    image = target_of_base_image("python:2.7.18")
    assert image.abi == "cp27mu"
    target = target_from_flags(base=image, platform="win_amd64")
    assert (target.abi, target.libc, target.machine) == ("cp27m", None, "AMD64")


def test_linux_by_wheel_tag_alone_has_no_libc():
    with pytest.raises(UsageError, match="the C library is missing"):
        target_from_flags(python_version="3.10.1", pip_version="22.0", platform="linux_x86_64")


def test_abi():
    free_threaded = target_from_flags(python_version="3.13.0", abi="cp313t", pip_version="25.0", libc="glibc-2.36")
    assert free_threaded.abi == "cp313t"
    with pytest.raises(UsageError, match="`--abi cp37m` is no ABI"):
        target_from_flags(**FLAGS, abi="cp37m")


def test_pypy_needs_its_own_version():
    flags = {"python_version": "3.10.14", "pip_version": "25.0", "libc": "glibc-2.36"}
    target = target_from_flags(**flags, implementation="pypy-7.3.17")
    assert (target.implementation, target.implementation_version, target.abi) == ("pypy", "7.3.17", "pypy310_pp73")
    with pytest.raises(UsageError, match="PyPy's own version is missing"):
        target_from_flags(**flags, implementation="pypy")


def test_pip_among_the_preinstalled_is_the_pip():
    target = target_from_flags(python_version="3.6.15", libc="glibc-2.36", preinstalled=["pip==19.1.1"])
    assert target.pip == "19.1.1"
    with pytest.raises(UsageError, match="contradicts"):
        target_from_flags(**FLAGS, preinstalled=["pip==19.1.1"])


@pytest.mark.parametrize(
    "flags",
    [
        {"python_version": "3"},
        {"python_version": "three"},
        {"python_version": "3.99"},
        {"implementation": "jython"},
        {"platform": "linux"},
        {"platform": "plan9/amd64"},
        {"platform": "manylinux_2_28_vax"},
        {"platform": "any"},
        {"libc": "2.24"},
        {"libc": "musl-1.2", "platform": "manylinux2014_x86_64"},
        {"platform": "win_amd64"},
        {"pip_version": "newest"},
        {"preinstalled": ["setuptools"]},
        {"preinstalled": ["setuptools>=1"]},
        {"markers": ["extra=a"]},
        {"markers": ["platform_release"]},
    ],
)
def test_flags_that_cannot_be(flags):
    with pytest.raises(UsageError) as error:
        target_from_flags(**(FLAGS | flags))
    assert error.value.hints
    assert not error.value.message.endswith(".")


@pytest.mark.parametrize(
    ("text", "machine"),
    [("linux/arm", "armv7l"), ("linux/386", "i686"), ("Linux/AMD64", "x86_64"), ("linux/ppc64le", "ppc64le")],
)
def test_docker_s_words_for_machines(text, machine):
    assert parse_platform(text).machine == machine
