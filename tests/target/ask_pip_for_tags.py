# ruff: noqa: PLC0415, ARG005, RUF005
# This runs on Python 2.7 too, inside old interpreters, and imports the pip it is told to.
"""Prints the wheel tags that real pips compute, on a platform that is made up for them.

    python ask_pip_for_tags.py < questions.json > answers.json

A question is ``{"pip": FOLDER, "cases": [CASE, ...]}``; answers stand in the same order: a list of lists of tags (None
where the case's ``expected`` is their digest: all of them would be hundreds of megabytes), or ``{"error": TEXT}`` where
that pip does not even import on this Python. What pip asks of the machine (libc, platform,
sysconfig) is replaced; how it makes tags of that is its own.
"""

import hashlib
import json
import os
import platform
import sys
import sysconfig
import traceback
import types

sysconfig.get_config_vars()  # read while the platform is still the real one; remembered by sysconfig
REAL_CONFIG_VAR = sysconfig.get_config_var


def forget_pip():
    for name in [name for name in sys.modules if name == "pip" or name.startswith("pip.")]:
        del sys.modules[name]


def import_pip(folder):
    """Give (module with get_supported, modules in which the machine is asked)."""
    forget_pip()
    sys.path.insert(0, folder)
    try:
        try:
            import pip._internal.utils.compatibility_tags as tags
        except ImportError:
            try:
                import pip._internal.pep425tags as tags
            except ImportError:
                import pip.pep425tags as tags
        names = [
            "pip.pep425tags",
            "pip.utils.glibc",
            "pip._internal.utils.glibc",
            "pip._internal.pep425tags",
            "pip._vendor.packaging.tags",
            "pip._vendor.packaging._manylinux",
            "pip._vendor.packaging._musllinux",
        ]
        return tags, [sys.modules[name] for name in names if name in sys.modules]
    finally:
        sys.path.remove(folder)


def replace(modules, name, value):
    for module in modules:
        if hasattr(module, name):
            setattr(module, name, value)


def compatible_glibc(version, major, minor):
    running = [int(part) for part in (version or "0.0").split(".")]
    return running[0] == major and running[1] >= minor


def fake_libc(modules, case):
    glibc = case["glibc"]
    replace(modules, "glibc_version_string", lambda: glibc)
    replace(modules, "_glibc_version_string", lambda: glibc)
    replace(  # pip 8.1 asks in one function
        modules, "have_compatible_glibc", lambda major, minor: compatible_glibc(glibc, major, minor)
    )
    musl = case["musl"]
    fake_musl = types.ModuleType("fake")
    fake_musl.major, fake_musl.minor = musl or (0, 0)
    replace(modules, "_get_musl_version", lambda executable: fake_musl if musl else None)
    for module in modules:
        if hasattr(module, "_glibc_version"):  # pip 20.3 to 21.1 remember it in a list
            del module._glibc_version[:]
        if hasattr(getattr(module, "_get_glibc_version", None), "cache_clear"):
            module._get_glibc_version.cache_clear()
    for elf_check in ("is_linux_armhf", "_is_linux_armhf", "_is_linux_i686"):
        replace(modules, elf_check, lambda *executable: True)


def fake_platform(modules, case):
    system = case["system"]
    sys.platform = {"linux": "linux", "macos": "darwin", "windows": "win32"}[system]
    platform.system = lambda: {"linux": "Linux", "macos": "Darwin", "windows": "Windows"}[system]
    platform.mac_ver = lambda: (case["os_version"], ("", "", ""), case["machine"])
    sysconfig.get_platform = lambda: case["platform"]
    for module in modules:  # not ours: setuptools may have put its own distutils in the place of ours
        if hasattr(module, "distutils"):
            module.distutils.util.get_platform = lambda: case["platform"]


def fake_config_vars(case):
    values = dict(case["config_vars"])
    sysconfig.get_config_var = lambda name: values[name] if name in values else REAL_CONFIG_VAR(name)
    if case["system"] == "windows":
        sys.maxunicode = 0xFFFF if sys.version_info < (3, 3) else 0x10FFFF


def fake_extension_suffixes(tags_module, case):
    """pep425tags reads abi3 off the suffixes; Windows and PyPy have none with abi3."""
    if case["abi3_suffix"]:
        return
    if hasattr(tags_module, "get_extension_suffixes"):
        tags_module.get_extension_suffixes = lambda: [".pyd"]
    try:
        import imp
    except ImportError:
        return
    imp.get_suffixes = lambda: [(".pyd", "rb", 3)]


def fake_pypy(modules, case):
    version = case["pypy"]
    if not version:
        return
    sys.pypy_version_info = types.ModuleType("pypy_version_info")
    sys.pypy_version_info.major, sys.pypy_version_info.minor = version
    replace(modules, "interpreter_name", lambda: "pp")


def tags_of(tags_module, modules, case):
    fake_libc(modules, case)
    fake_platform(modules, case)
    fake_config_vars(case)
    fake_extension_suffixes(tags_module, case)
    fake_pypy(modules + [tags_module], case)
    tags = ["-".join(tag) if isinstance(tag, tuple) else str(tag) for tag in tags_module.get_supported()]
    digest = hashlib.sha256(" ".join(tags).encode("ascii")).hexdigest()
    return None if digest == case["expected"] else tags


def in_a_child(function, *arguments):
    """Call a function in a forked child, so that what it replaces is gone afterwards."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            os.close(reading)
            with os.fdopen(writing, "w") as stream:
                json.dump(function(*arguments), stream)
            status = 0
        except Exception:  # noqa: BLE001  the parent sees the exit status, the person the traceback
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as stream:
        text = stream.read()
    _, status = os.waitpid(child, 0)
    if status:
        sys.exit("a question could not be answered")
    return json.loads(text)


def answer(question):
    try:
        tags_module, modules = import_pip(question["pip"])
    except Exception:  # noqa: BLE001  whatever makes this pip unable to run here is the answer
        return {"error": traceback.format_exc()}
    return [in_a_child(tags_of, tags_module, modules, case) for case in question["cases"]]


if __name__ == "__main__":
    json.dump([answer(question) for question in json.load(sys.stdin)], sys.stdout)
