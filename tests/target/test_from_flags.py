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


@pytest.mark.parametrize(
    ("python", "implementation", "abi"),
    [
        ("3.13.0", None, "cp313t"),
        ("3.14.0", None, "cp314td"),
        ("3.12.1", None, "cp312d"),
        ("3.6.15", None, "cp36"),
        ("3.6.15", None, "cp36dm"),
        ("2.7.18", None, "cp27m"),
        ("2.7.18", None, "cp27mu"),
        ("3.9.19", "pypy-7.3.16", "pypy39_pp73"),
        ("3.6.9", "pypy-7.2.0", "pypy3_72"),
        ("2.7.18", "pypy", "pypy_73"),
    ],
)
def test_an_abi_that_a_build_of_it_has(python, implementation, abi):
    flags = {"python_version": python, "implementation": implementation}
    assert target_from_flags(**FLAGS | flags, abi=abi).abi == abi


@pytest.mark.parametrize(
    ("python", "implementation", "abi", "why"),
    [
        ("3.6.15", None, "cp37m", "which is `cp36m` as a rule"),
        ("3.12.1", None, "cp312t", "begin with Python 3.13"),
        ("3.8.18", None, "cp38m", "no part of the ABI from Python 3.8 on"),
        ("3.6.15", None, "cp36mu", "no part of the ABI from Python 3.3 on"),
        ("3.13.0", None, "cp313dt", "which is `cp313` as a rule"),
        ("3.11.7", None, "cp3117", "which is `cp311` as a rule"),
        ("3.11.7", None, "abi3", "which is `cp311` as a rule"),
        ("3.11.7", None, "cp1", "which is `cp311` as a rule"),
        ("3.9.19", "pypy", "pypy38_pp73", "which is `pypy39_pp73` as a rule"),
        ("3.9.19", "pypy", "cp39", "which is `pypy39_pp73` as a rule"),
    ],
)
def test_an_abi_that_no_build_of_it_has(python, implementation, abi, why):
    flags = {"python_version": python, "implementation": implementation}
    with pytest.raises(UsageError, match=f"`--abi {abi}` is no ABI of") as error:
        target_from_flags(**FLAGS | flags, abi=abi)
    assert why in error.value.message
    assert error.value.hints


def test_pypy():
    flags = {"python_version": "3.10.14", "pip_version": "25.0", "libc": "glibc-2.36"}
    target = target_from_flags(**flags, implementation="pypy-7.3.17")
    assert (target.implementation, target.implementation_version, target.abi) == ("pypy", "7.3.17", "pypy310_pp73")
    old = target_from_flags(**FLAGS | {"python_version": "3.6.1"}, implementation="pp7.1.1")
    assert old.abi == "pypy3_71"


@pytest.mark.parametrize("name", ["pypy", "pp", "PyPy"])
def test_pypy_of_no_version_is_the_newest_of_that_python(name):
    flags = {"pip_version": "25.0", "libc": "glibc-2.36", "implementation": name}
    target = target_from_flags(**flags, python_version="3.9.18")
    assert (target.python, target.implementation_version, target.abi) == ("3.9.18", "7.3.16", "pypy39_pp73")
    assert "newest PyPy" in dict(target.sources)["implementation"]
    of_series = target_from_flags(**flags, python_version="3.9")
    assert (of_series.python, of_series.implementation_version) == ("3.9.19", "7.3.16")


def test_a_python_that_no_pypy_is_known_of():
    with pytest.raises(UsageError, match=r"no PyPy of Python 3.13.0 is known"):
        target_from_flags(**FLAGS | {"python_version": "3.13.0"}, implementation="pypy")


def test_a_fat_file_is_no_platform():
    with pytest.raises(UsageError, match="`universal2` is a kind of file"):
        parse_platform("macosx_11_0_universal2")


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
        {"preinstalled": ["pytz==2004d"]},
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
