"""Whether pip compiles and keeps a cache: by the command line, the environment, configuration files, instructions."""

from __future__ import annotations

import pytest

from pipfreeze_lock.footprint.switches import PipSwitches, pip_switches
from pipfreeze_lock.image.interface import ImageConfig, LayerContents, LayerFile, ScannedLayer
from pipfreeze_lock.image.layers import FileTree
from pipfreeze_lock.model.image import LayerInfo

HOME = "/root"
CACHE = f"{HOME}/.cache/pip"


def switches(
    *instructions: str, pip: str = "21.3.1", user: str = "", files: dict[str, str] | None = None, **environment: str
) -> PipSwitches:
    layer = ScannedLayer(
        info=LayerInfo(index=0, digest=None, diff_id=None, instruction=None),
        contents=LayerContents(
            files={path: LayerFile("file", content=text.encode()) for path, text in (files or {}).items()}
        ),
    )
    config = ImageConfig(environment={"HOME": HOME, **environment}, user=user)
    return pip_switches(config, FileTree([layer]), pip=pip, instructions=instructions)


@pytest.mark.parametrize(
    ("instruction", "folder"),
    [
        ("RUN pip install flask", CACHE),
        ("RUN pip install --cache-dir /var/pip flask", "/var/pip"),
        ("RUN pip install --cache-dir=cache flask", "/cache"),
        ("RUN PIP_CACHE_DIR=/var/pip pip install flask", "/var/pip"),
        ("RUN apt-get update && rm -rf /var/cache/apt && python -m pip install flask", CACHE),
        ("RUN pip install --no-cache-dir flask", None),
        ("RUN pip --no-cache-dir install flask", None),
        ("RUN PIP_NO_CACHE_DIR=1 pip3.9 install flask", None),
        ("RUN pip install flask \\\n && rm -rf ~/.cache", None),
        ("RUN pip install flask; pip cache purge", None),
        (f"RUN --mount=type=cache,target={CACHE} pip install flask", None),
        ("COPY pip install", CACHE),
        ("RUN echo 'not closed; pip install --no-cache-dir", CACHE),
    ],
)
def test_an_instruction_tells_of_the_cache(instruction, folder):
    cache = switches(instruction).cache
    assert (cache.folder if cache else None) == folder


def test_the_last_instruction_that_installs_counts():
    assert switches("RUN pip install --no-cache-dir a", "RUN pip install b", "RUN ls").cache is not None
    assert switches("RUN pip install a", "RUN pip install --no-cache-dir b").cache is None


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"XDG_CACHE_HOME": "/var/cache"}, "/var/cache/pip"),
        ({"HOME": "/home/app"}, "/home/app/.cache/pip"),
        ({"PIP_CACHE_DIR": "/var/pip"}, "/var/pip"),
        ({"PIP_NO_CACHE_DIR": ""}, CACHE),
        ({"PIP_NO_CACHE_DIR": "1"}, None),
        ({"PIP_NO_CACHE_DIR": "off"}, None),
    ],
)
def test_the_environment_tells_of_the_cache(environment, folder):
    cache = switches(**environment).cache
    assert (cache.folder if cache else None) == folder


def test_a_pip_that_fails_on_the_switch_is_said_to():
    assert "pip 18.1 fails" in switches(pip="18.1", PIP_NO_CACHE_DIR="1").cache_reason
    assert "fails" not in switches(pip="18.1", PIP_NO_CACHE_DIR="0").cache_reason


def test_a_cache_in_the_home_of_another_is_none():
    assert switches(user="app").cache is None
    assert switches(user="app", HOME="/home/app").cache is not None


@pytest.mark.parametrize(
    ("environment", "is_compiled"),
    [
        ({}, True),
        ({"PIP_NO_COMPILE": "1"}, True),  # the value is that of `compile`
        ({"PIP_NO_COMPILE": "0"}, False),
        ({"PIP_COMPILE": "0"}, False),
        ({"PIP_COMPILE": "nonsense"}, True),
        ({"PYTHONDONTWRITEBYTECODE": "1"}, True),
    ],
)
def test_the_environment_tells_of_compiling(environment, is_compiled):
    assert switches(**environment).is_compiled is is_compiled


def test_the_command_line_is_stronger_than_the_environment():
    found = switches("RUN pip install --no-compile flask", PIP_COMPILE="1")
    assert (found.is_compiled, found.compile_reason) == (False, "`--no-compile` is given")


def test_configuration_files_are_read_the_weakest_first():
    files = {
        "etc/pip.conf": "[global]\nno-cache-dir = true\n",
        "root/.config/pip/pip.conf": "[install]\ncompile = no\n",
    }
    found = switches(files=files)
    assert (found.cache, found.is_compiled) == (None, False)
    assert "`/etc/pip.conf`" in found.cache_reason
    files["usr/local/pip.conf"] = "[install]\ncompile = yes\n"
    assert switches(files=files).is_compiled
    assert switches(files=files, PIP_CONFIG_FILE="/dev/null").cache is not None


def test_what_pip_imports_leaves_bytecode_unless_it_is_told_not_to():
    assert switches().is_bytecode_written
    assert not switches(PYTHONDONTWRITEBYTECODE="1").is_bytecode_written
