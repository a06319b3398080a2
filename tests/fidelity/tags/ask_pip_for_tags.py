# ruff: noqa: PLC0415, ARG005, RUF005, UP004, UP031, PTH101, PTH118, PTH123, EM101, TRY003, PYI024
# This runs on Python 2.7 too, inside old interpreters, and imports the pip it is told to.
"""Prints the wheel tags that real pips compute on interpreters that are described to them.

    python ask_pip_for_tags.py < questions.json > answers.json

A question is ``{"pip": FOLDER, "cases": [{"facts": FACTS, "expected": DIGEST}, ...]}``; answers stand in the same order:
a list of lists of tags (None where `expected` is their digest: all of them would be hundreds of megabytes), or
``{"error": TEXT}`` where that pip's tags do not even import on this Python.

FACTS (see `interpreters.py`) replace what an interpreter says of itself and its machine: sys, sysconfig, platform,
os.confstr, the C library, the header of its own executable and the loader named there. What pip makes of that is its own:
no function of pip's is touched.
"""

import collections
import ctypes
import hashlib
import importlib
import json
import os
import platform
import shutil
import struct
import subprocess  # noqa: F401  pip imports it when everything is replaced already
import sys
import sysconfig
import tempfile
import traceback

try:
    import imp
except ImportError:  # Python 3.12
    imp = None
try:
    from importlib.machinery import EXTENSION_SUFFIXES
except ImportError:  # Python 2
    EXTENSION_SUFFIXES = []

sysconfig.get_config_vars()  # read while the platform is still the real one; remembered by sysconfig
REAL_CONFIG_VAR = sysconfig.get_config_var
REAL_CALCSIZE = struct.calcsize
VersionInfo = collections.namedtuple("VersionInfo", "major minor micro releaselevel serial")


def forget_pip():
    for name in [name for name in sys.modules if name == "pip" or name.startswith("pip.")]:
        del sys.modules[name]


def import_tags(folder):
    """Give that pip's module with get_supported."""
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
        return tags
    finally:
        sys.path.remove(folder)


def imported_anew(tags_module):
    """Import the module and packaging once more, into the pip that is there."""
    name = tags_module.__name__
    for one in [name] + [one for one in sys.modules if one.startswith("pip._vendor.packaging")]:
        sys.modules.pop(one, None)
    return importlib.import_module(name)


class Absent(object):
    """Of a C library: has none of the functions asked for."""


class ProcessNamespace(object):
    """Of glibc: has gnu_get_libc_version."""

    def __init__(self, version):
        self.gnu_get_libc_version = lambda: version


def fake_libc(facts):
    glibc = facts["glibc"]

    def confstr(name):
        if name == "CS_GNU_LIBC_VERSION" and glibc:
            return "glibc " + glibc
        raise ValueError("unrecognized configuration name")  # as on musl

    os.confstr = confstr
    namespace = ProcessNamespace(glibc.encode("ascii")) if glibc else Absent()
    ctypes.CDLL = lambda name, *arguments, **options: namespace


def fake_executable(facts, folder):
    """Write what the interpreter's own file begins with, and for musl the loader that it names."""
    loader = ""
    if facts["musl"]:
        loader = os.path.join(folder, "ld-musl.so.1")
        with open(loader, "w") as stream:
            stream.write("#!/bin/sh\nprintf 'musl libc\\nVersion %s\\nDynamic Program Loader\\n' >&2\n" % facts["musl"])
        os.chmod(loader, 0o755)
    elif facts["glibc"]:
        loader = "/lib/ld-linux.so.2"
    sys.executable = os.path.join(folder, "python")
    with open(sys.executable, "wb") as stream:
        stream.write(elf_file(facts, loader.encode("utf-8") + b"\0"))


def elf_file(facts, loader):
    """Give an ELF header with one program header, PT_INTERP; little-endian, as pips 21.2 to 24.0 read it here."""
    wide = facts["bits"] == 64
    identification = b"\x7fELF" + struct.pack("<BBBB8x", 2 if wide else 1, 1, 1, 0)
    header, program = ("<HHIQQQIHHHHHH", 56) if wide else ("<HHIIIIIHHHHHH", 32)
    size = 16 + REAL_CALCSIZE(header)
    fields = (2, facts["elf_machine"], 1, 0, size, 0, facts["elf_flags"], size, program, 1, 0, 0, 0)
    offset, length = size + program, len(loader)
    if wide:
        interpreter = struct.pack("<IIQQQQQQ", 3, 4, offset, 0, 0, length, length, 1)
    else:
        interpreter = struct.pack("<IIIIIIII", 3, offset, 0, 0, length, length, 4, 1)
    return identification + struct.pack(header, *fields) + interpreter + loader


def fake_platform(facts):
    sys.platform = facts["sys_platform"]
    platform.system = lambda: facts["system"]
    platform.machine = lambda: facts["machine"]
    platform.mac_ver = lambda: (facts["mac_version"], ("", "", ""), facts["machine"])
    sysconfig.get_platform = lambda: facts["platform"]
    distutils_util = sys.modules.get("distutils.util")
    if distutils_util:
        distutils_util.get_platform = sysconfig.get_platform


def fake_interpreter(facts):
    release = facts["python"]
    sys.version_info = VersionInfo(release[0], release[1], release[2], "final", 0)
    sys.maxunicode = facts["maxunicode"]
    sys.maxsize = 2 ** (facts["bits"] - 1) - 1
    struct.calcsize = lambda text: facts["bits"] // 8 if text == "P" else REAL_CALCSIZE(text)
    platform.python_implementation = lambda: {"cpython": "CPython", "pypy": "PyPy"}[facts["implementation"]]
    if facts["pypy"]:
        sys.pypy_version_info = VersionInfo(*(tuple(facts["pypy"]) + ("final", 0)))
    if hasattr(sys, "implementation"):
        sys.implementation.name = facts["implementation"]
    sys.abiflags = facts["abiflags"]
    variables = facts["config_vars"]
    sysconfig.get_config_var = lambda name: variables[name] if name in variables else REAL_CONFIG_VAR(name)
    EXTENSION_SUFFIXES[:] = facts["suffixes"]
    if imp:
        imp.get_suffixes = lambda: [(suffix, "rb", 3) for suffix in facts["suffixes"]]


def tags_of(tags_module, facts, expected):
    scratch = tempfile.mkdtemp(prefix="tags-")
    try:
        fake_executable(facts, scratch)
        fake_libc(facts)
        fake_interpreter(facts)
        fake_platform(facts)
        if facts["bits"] == 32:  # packaging notes it when it is imported
            tags_module = imported_anew(tags_module)
        tags = ["-".join(tag) if isinstance(tag, tuple) else str(tag) for tag in tags_module.get_supported()]
    finally:
        shutil.rmtree(scratch)
    digest = hashlib.sha256(" ".join(tags).encode("ascii")).hexdigest()
    return None if digest == expected else tags


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
        tags_module = import_tags(question["pip"])
    except Exception:  # noqa: BLE001  whatever makes this pip unable to run here is the answer
        return {"error": traceback.format_exc()}
    return [in_a_child(tags_of, tags_module, one["facts"], one["expected"]) for one in question["cases"]]


if __name__ == "__main__":
    json.dump([answer(question) for question in json.load(sys.stdin)], sys.stdout)
