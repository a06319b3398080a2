# ruff: noqa: UP031, UP004, PLC0415, BLE001, SIM105
# mypy: ignore-errors
# Runs on Python 2.7 too: what the linter asks of Python 3.11 cannot be written here.
"""Runs one pip many times: imports it once, then forks for each run (20 times quicker than a process of its own).

Arguments: a JSON object with ``folder`` (that has the package pip), ``base`` (a folder whose distributions count as
installed, or null), ``glibc`` ("2.24" or null) and ``machine`` ("aarch64" or null), which are what pip is told of this
machine, and ``renews`` (whether what is installed may change between runs). Then, on stdin, one JSON object a line for each run: ``arguments``, ``cwd``, ``stdout``, ``stderr`` (paths).
Answers with the exit code, a line each.
"""

import importlib
import json
import os
import runpy
import site
import sys

PRELOADED = [
    "pip._internal.cli.main",
    "pip._internal.cli.main_parser",
    "pip._internal.commands.download",
    "pip._internal.commands.install",
    "pip._internal.resolution.resolvelib.resolver",
    "pip._internal.resolution.legacy.resolver",
    "pip._internal.operations.prepare",
    "pip.commands.download",
    "pip.commands.install",
]


def fake_glibc(version):
    import ctypes

    confstr, dynamic_library = os.confstr, ctypes.CDLL

    class Function(object):
        restype = None

        def __call__(self):
            return version.encode("ascii")

    class ProcessNamespace(object):
        gnu_get_libc_version = Function()

    os.confstr = lambda name: "glibc " + version if name == "CS_GNU_LIBC_VERSION" else confstr(name)
    ctypes.CDLL = lambda name, *rest, **words: (
        ProcessNamespace() if name is None else dynamic_library(name, *rest, **words)
    )


def fake_machine(machine):
    import platform
    import sysconfig

    platform.machine = lambda: machine
    sysconfig.get_platform = lambda: "linux-" + machine
    try:
        import distutils.util
    except ImportError:
        return
    distutils.util.get_platform = sysconfig.get_platform


def tell_once_who_asks():
    """Let pip's User-Agent be made once: it asks two programs about this machine, which takes half of a short run."""
    for name in ("pip._internal.network.session", "pip._internal.download", "pip.download"):
        if hasattr(sys.modules.get(name), "user_agent"):  # pip 19.3 has both modules, and it in the first alone
            keep_user_agent(sys.modules[name])


def keep_user_agent(module):
    told = module.user_agent()
    module.user_agent = lambda: told


def renew_working_set():
    """Let pkg_resources look again at what is installed, which it does when it is imported."""
    module = sys.modules.get("pip._vendor.pkg_resources")
    if module is not None:
        module._initialize_master_working_set()


def run(request, renews):
    for descriptor, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, request["stdout"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        (2, request["stderr"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
    ):
        opened = os.open(path, flags, 0o644)
        os.dup2(opened, descriptor)
        os.close(opened)
    os.chdir(request["cwd"])
    if renews:
        renew_working_set()
    sys.argv = ["pip"] + [str(argument) for argument in request["arguments"]]
    code = 0
    try:
        runpy.run_module("pip", run_name="__main__", alter_sys=True)
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1 if error.code else 0
    except BaseException:
        import traceback

        traceback.print_exc()
        code = 120
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main():
    settings = json.loads(sys.argv[1])
    sys.path[0] = settings["folder"]  # instead of this file's own folder
    if settings["base"]:
        sys.path.append(settings["base"])
        site.getusersitepackages()  # pip 9 takes for granted that `site` has been at work, which -S prevents
    if settings["glibc"]:
        fake_glibc(settings["glibc"])
    if settings["machine"]:
        fake_machine(settings["machine"])
    for name in PRELOADED:
        try:
            importlib.import_module(name)
        except ImportError:
            pass  # each pip has some of them
    tell_once_who_asks()
    answers = os.fdopen(os.dup(1), "w")
    while True:
        line = sys.stdin.readline()
        if not line:
            return
        child = os.fork()
        if child == 0:
            run(json.loads(line), settings.get("renews"))
        status = os.waitpid(child, 0)[1]
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
        answers.write("%d\n" % code)
        answers.flush()


main()
