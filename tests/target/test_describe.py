from __future__ import annotations

import json

from pipfreeze_lock.target.base_images import target_of_base_image
from pipfreeze_lock.target.describe import as_json, as_text
from pipfreeze_lock.target.from_flags import target_from_flags

EXPECTED = """\
image           `python:3.6.8`
python          3.6.8
                from: `python:3.6.8` in the table of base images
implementation  CPython
                from: the official images have CPython
abi             cp36m
                from: the usual one of CPython 3.6.8
platform        linux/amd64 (x86_64)
                from: the default
libc            glibc-2.24
                from: `python:3.6.8` in the table of base images
pip             19.1.1
                from: `python:3.6.8` in the table of base images
base            pip 19.1.1, setuptools 41.0.1 (estimated), wheel 0.33.4 (estimated)
                from: `python:3.6.8` in the table of base images; estimated: setuptools, wheel (the newest
                release 14 days before the tag was last rebuilt)
tags            34, the most wanted first
                cp36-cp36m-manylinux2010_x86_64
                cp36-cp36m-manylinux1_x86_64
                cp36-cp36m-linux_x86_64
                cp36-abi3-manylinux2010_x86_64
                cp36-abi3-manylinux1_x86_64
                cp36-abi3-linux_x86_64
                cp36-none-manylinux2010_x86_64
                cp36-none-manylinux1_x86_64
                cp36-none-linux_x86_64
                cp35-abi3-manylinux2010_x86_64
                and 24 more (`-v` shows all)
"""


def test_text():
    assert as_text(target_of_base_image("python:3.6.8")) == EXPECTED


def test_verbose_text_has_all_tags_and_the_markers():
    text = as_text(target_of_base_image("python:3.6.8"), verbose=True)
    assert "py30-none-any" in text
    assert 'python_full_version = "3.6.8"' in text
    assert "platform_release = unknown" in text


def test_text_of_other_kinds():
    macos = target_from_flags(python_version="3.10.1", pip_version="22.0", platform="macosx_12_0_arm64")
    assert "macos/arm64 (arm64, macOS 12.0)" in as_text(macos)
    pypy = target_from_flags(
        python_version="3.10.1",
        implementation="pypy-7.3.12",
        pip_version="22.0",
        libc="glibc-2.36",
        no_base=True,
        markers=["platform_release=5.10"],
    )
    text = as_text(pypy)
    assert "PyPy 7.3.12" in text
    assert "base            nothing" in text
    assert "platform_release=5.10" in text


def test_json():
    document = json.loads(json.dumps(as_json(target_of_base_image("python:3.6.8"))))
    assert {"python", "implementation", "platform", "libc", "pip", "tags", "base", "sources"} <= document.keys()
    assert (document["python"], document["implementation"], document["platform"]) == ("3.6.8", "cpython", "linux/amd64")
    assert (document["libc"], document["pip"]) == ("glibc-2.24", "19.1.1")
    assert document["tags"][0] == "cp36-cp36m-manylinux2010_x86_64"
    assert document["base"] == {"pip": "19.1.1", "setuptools": "41.0.1", "wheel": "0.33.4"}
    assert document["estimated"] == ["setuptools", "wheel"]
    assert document["markers"]["platform_release"] is None
    assert document["markers"]["python_version"] == "3.6"
