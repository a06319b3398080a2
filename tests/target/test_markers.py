from __future__ import annotations

import json
import subprocess
from dataclasses import replace

import pytest
from packaging.markers import Marker, UndefinedComparison

from pipfreeze_lock.target import markers as markers_module
from pipfreeze_lock.target.base_images import target_of_base_image
from pipfreeze_lock.target.from_flags import target_from_flags
from pipfreeze_lock.target.marker_rules import MarkerRules
from pipfreeze_lock.target.markers import evaluate, marker_environment, unknowable_markers, uses_unknowable

NEWEST_PIP = "26.3"


@pytest.fixture
def environment():
    return marker_environment(target_of_base_image("python:3.6.8"))


def test_every_variable_has_a_value(environment):
    assert environment == {
        "implementation_name": "cpython",
        "implementation_version": "3.6.8",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": "3.6.8",
        "python_version": "3.6",
        "sys_platform": "linux",
    }


def test_other_systems():
    flags = {"python_version": "3.10.1", "pip_version": "22.0"}
    windows = marker_environment(target_from_flags(**flags, platform="win_amd64"))
    names = ("os_name", "sys_platform", "platform_system", "platform_machine")
    assert [windows[name] for name in names] == ["nt", "win32", "Windows", "AMD64"]
    macos = marker_environment(target_from_flags(**flags, platform="macosx_11_0_arm64"))
    assert [macos[name] for name in names] == ["posix", "darwin", "Darwin", "arm64"]
    pypy = marker_environment(target_from_flags(**flags, platform="win_amd64", implementation="pypy-7.3.9"))
    assert (pypy["implementation_name"], pypy["implementation_version"]) == ("pypy", "7.3.9")
    assert pypy["platform_python_implementation"] == "PyPy"


def test_pre_releases_are_spelt_as_cpython_and_packaging_spell_them():
    environment = marker_environment(target_of_base_image("python:3.14.0rc3"))
    assert environment["python_full_version"] == "3.14.0rc3"
    assert environment["implementation_version"] == "3.14.0c3"


def test_what_real_interpreters_and_the_packaging_of_pips_say(interpreters, unpacked_pips):
    """Each interpreter's own answer, by the packaging that some pip vendors."""
    asked = 0
    for python, executable in interpreters.items():
        pip = "20.3.4" if python == "2.7" else "19.1.1" if python == "3.6" else "24.0" if python < "3.8" else NEWEST_PIP
        pip = "24.0" if python in ("3.7", "3.8", "3.9") else pip
        if pip not in unpacked_pips:
            continue
        code = (
            "import sys, json, platform; sys.path.insert(0, sys.argv[1]);"
            "from pip._vendor.packaging.markers import default_environment as d;"
            "print(json.dumps([platform.python_version(), dict(d())]))"
        )
        command = [executable, "-W", "ignore", "-c", code, str(unpacked_pips[pip])]
        version, theirs = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        machine = theirs["platform_machine"]
        ours = marker_environment(
            target_from_flags(python_version=version, pip_version=pip, platform=f"linux/{machine}", libc="glibc-2.36")
        )
        known = theirs.keys() - unknowable_markers
        assert {name: ours[name] for name in known} == {name: theirs[name] for name in known}, python
        asked += 1
    if not asked:
        pytest.skip("no wheel of any pip could be had from the index")


def test_this_machine_has_no_say(environment, monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "vax")
    monkeypatch.setattr("sys.platform", "win32")
    assert evaluate(Marker('sys_platform == "linux" and platform_machine == "x86_64"'), environment)
    assert evaluate(Marker('python_version < "3.7" and python_full_version == "3.6.8"'), environment)
    assert not evaluate(Marker('os_name == "nt" or platform_release != ""'), environment)


@pytest.mark.parametrize(
    ("text", "extras", "holds"),
    [
        ('extra == "socks"', (), False),
        ('extra == "socks"', ("socks",), True),
        ('extra == "Socks_5"', ("socks-5",), True),
        ('extra == "socks-5"', ("SOCKS.5",), True),
        ('extra == "a"', ("b", "a"), True),
        ('extra == "a" and extra == "b"', ("b", "a"), False),
        ('extra != "a"', ("a",), False),
        ('extra != "a"', (), True),
        ('extra == "a" and python_version < "3"', ("a",), False),
    ],
)
def test_extras_are_asked_one_by_one(environment, text, extras, holds):
    assert evaluate(Marker(text), environment, extras) is holds
    assert evaluate(Marker(text), environment, extras) is holds  # from memory


def test_answers_are_remembered_by_text(environment, monkeypatch):
    assert not evaluate(Marker('python_version > "3.7"'), environment)
    monkeypatch.setattr(MarkerRules, "holds", lambda *_: pytest.fail("worked out twice"))
    assert not evaluate(Marker("python_version>'3.7'"), environment)


def test_a_comparison_without_meaning_is_an_error(environment):
    with pytest.raises(UndefinedComparison):
        evaluate(Marker('os_name ~= "posix"'), environment)


def test_given_markers_win_and_are_known_then():
    target = replace(target_of_base_image("python:3.6.8"), markers=(("platform_release", "5.10"),))
    environment = marker_environment(target)
    marker = Marker('platform_release >= "5" and platform_version != "platform_release"')
    assert environment["platform_release"] == "5.10"
    assert uses_unknowable(marker, environment) == ("platform_version",)
    assert uses_unknowable(Marker('os_name == "platform_version"'), environment) == ()
    assert markers_module.unknowable_markers == {"platform_release", "platform_version"}
