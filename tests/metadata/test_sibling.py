from __future__ import annotations

import msgspec
import pytest
from support.index_files import index_file, make_target, project_page

from pipfreeze_lock.metadata.sibling import sibling_wheels, twin_wheel


def siblings(*filenames, sdist="demo-1.0.tar.gz", target=None):
    page = project_page(sdist, *filenames, name="demo")
    return [file.filename for file in sibling_wheels(page, index_file(sdist), target or make_target())]


def test_the_nearest_comes_first():
    assert siblings(
        "demo-1.0-cp36-cp36m-win_amd64.whl",
        "demo-1.0-cp36-cp36m-manylinux2014_aarch64.whl",
        "demo-1.0-py3-none-any.whl",
        "demo-1.0-cp36-cp36m-manylinux2014_x86_64.whl",
    ) == [
        "demo-1.0-cp36-cp36m-manylinux2014_x86_64.whl",
        "demo-1.0-py3-none-any.whl",
        "demo-1.0-cp36-cp36m-manylinux2014_aarch64.whl",
        "demo-1.0-cp36-cp36m-win_amd64.whl",
    ]


@pytest.mark.parametrize(
    "filename",
    [
        "demo-1.0-cp37-cp37m-manylinux2014_x86_64.whl",
        "demo-1.0-cp36-cp36-manylinux2014_x86_64.whl",
        "demo-1.0-cp37-abi3-manylinux2014_x86_64.whl",
        "demo-1.0-py2-none-any.whl",
        "demo-1.1-py3-none-any.whl",
        "demo_more-1.0-py3-none-any.whl",
        "demo-1.0-nonsense.whl",
    ],
)
def test_another_python_release_or_project_is_no_sibling(filename):
    assert siblings(filename) == []


def test_a_stable_abi_and_another_spelling_of_the_version_are():
    assert siblings("demo-1.0.0-cp35-abi3-macosx_10_9_x86_64.whl", "demo-1-cp36-none-any.whl")


@pytest.mark.parametrize("sdist", ["demo-1.0.zip", "demo-1.0.tar.bz2", "demo-1.0.tgz"])
def test_any_suffix_of_the_sdist(sdist):
    assert siblings("demo-1.0-py3-none-any.whl", sdist=sdist)


def test_a_name_that_is_none_has_no_siblings():
    assert siblings("demo-1.0-py3-none-any.whl", sdist="demo.tar.gz") == []


def twin(*filenames, pip="19.1.1"):
    page = project_page("demo-1.0.tar.gz", *filenames, name="demo")
    found = twin_wheel(page, index_file("demo-1.0.tar.gz"), make_target(pip=pip))
    return found and found.filename


def test_a_twin_is_what_only_this_pip_cannot_read():
    wheel = "demo-1.0-cp36-cp36m-manylinux2014_x86_64.whl"
    assert twin("demo-1.1-cp36-cp36m-manylinux2014_x86_64.whl", wheel) == wheel
    assert twin(wheel, pip="19.3") is None  # this pip takes the wheel itself


@pytest.mark.parametrize(
    "filename",
    [
        "demo-1.0-cp36-cp36m-manylinux2014_aarch64.whl",
        "demo-1.0-cp37-cp37m-manylinux2014_x86_64.whl",
        "demo-1.0-cp36-cp36m-win_amd64.whl",
        "demo-1.0-cp36-cp36m-manylinux_2_99_x86_64.whl",
    ],
)
def test_another_platform_is_no_twin(filename):
    assert twin(filename) is None


def test_a_wheel_for_other_pythons_than_its_sdist_was_made_of_another():
    page = project_page("demo-1.0.tar.gz", "demo-1.0-py3-none-any.whl", name="demo")
    sdist, wheel = (
        msgspec.structs.replace(file, requires_python=bounds)
        for file, bounds in zip(page.files, (">=3.5", ">=3.8"), strict=True)
    )
    page = msgspec.structs.replace(page, files=[sdist, wheel])
    assert sibling_wheels(page, sdist, make_target()) == []
    assert sibling_wheels(page, msgspec.structs.replace(sdist, requires_python=None), make_target()) == [wheel]
