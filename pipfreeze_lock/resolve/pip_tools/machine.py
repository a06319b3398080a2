"""What an interpreter of this machine is a target of: for whom pip-compile, which knows no other, answers."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.model.target import Libc, OperatingSystem
from pipfreeze_lock.resolve.pip_tools.programs import run_program
from pipfreeze_lock.target.abi import default_abi

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipfreeze_lock.model.target import Target
    from pipfreeze_lock.resolve.pip_tools.environment import PipToolsEnvironment

__all__ = ["on_this_machine"]

_QUESTION = """
import json, os, platform, struct, sys, sysconfig
def libc():
    if not sys.platform.startswith("linux"):
        return None
    try:
        return os.confstr("CS_GNU_LIBC_VERSION")
    except (AttributeError, ValueError, OSError):
        pass
    try:  # as pip asks where the C library has no such name
        import ctypes
        version = ctypes.CDLL(None).gnu_get_libc_version
        version.restype = ctypes.c_char_p
        return "glibc " + version().decode()
    except Exception:
        return None
def musl():
    try:
        from pip._vendor.packaging import _musllinux
        return list(_musllinux._get_musl_version(sys.executable))[:2]
    except Exception:
        return None
print(json.dumps({
    "abi": sysconfig.get_config_var("SOABI"),
    "bits": struct.calcsize("P") * 8,
    "implementation": getattr(getattr(sys, "implementation", None), "name", "cpython"),
    "implementation_version": ".".join(str(part) for part in getattr(sys, "pypy_version_info", sys.version_info)[:3]),
    "libc": libc(),
    "machine": platform.machine(),
    "macos": platform.mac_ver()[0],
    "musl": None if libc() else musl(),
    "python": platform.python_version(),
    "release": platform.release(),
    "system": platform.system(),
    "version": platform.version(),
}))
"""
_SYSTEMS: dict[str, OperatingSystem] = {"Linux": "linux", "Darwin": "macos", "Windows": "windows"}
_TIME_LIMIT = 60.0


def on_this_machine(target: Target, environment: PipToolsEnvironment, *, variables: Mapping[str, str]) -> Target:
    """Give the target with platform, ABI and libc of this machine, and what markers say of it; all else as it is.

    :raises ResolutionError: where the environment's Python does not answer.
    """
    ended = run_program(
        [*environment.python, "-c", _QUESTION],
        variables={**variables, **environment.variables},
        folder=environment.folder,
        time_limit=_TIME_LIMIT,
        purpose="to ask what it runs on",
    )
    if ended.returncode:
        message = f"Python {environment.interpreter.version} does not say what it runs on"
        raise ResolutionError(message, context=ended.last_lines or None, hints=["Check that this interpreter works."])
    answer: dict[str, Any] = json.loads(ended.output.splitlines()[-1])
    system = _SYSTEMS.get(answer["system"], "linux")
    machine = answer["machine"]
    if machine == "x86_64" and answer["bits"] == 32:
        machine = "i686"
    markers = dict(target.markers) | {"platform_release": answer["release"], "platform_version": answer["version"]}
    return replace(
        target,
        abi=_abi(answer, target, system),
        operating_system=system,
        os_version=".".join(answer["macos"].split(".")[:2]) if system == "macos" else "",
        machine=machine,
        libc=_libc(answer) if system == "linux" else None,
        markers=tuple(sorted(markers.items())),
    )


def _abi(answer: Mapping[str, Any], target: Target, system: OperatingSystem) -> str:
    """``cpython-36m-x86_64-linux-gnu`` is ``cp36m``; where there is no such word, the usual one."""
    words = str(answer["abi"] or "").split("-")
    if words[0] == "cpython" and len(words) > 1:
        return f"cp{words[1]}"
    return default_abi(target.python_release, target.implementation, answer["implementation_version"], system)


def _libc(answer: Mapping[str, Any]) -> Libc | None:
    """``glibc 2.36``, or what the pip beside it finds of musl; None where neither says."""
    glibc = re.match(r"glibc (\d+)\.(\d+)", answer["libc"] or "")
    if glibc:
        return Libc("glibc", int(glibc[1]), int(glibc[2]))
    return Libc("musl", *answer["musl"]) if answer["musl"] else None
