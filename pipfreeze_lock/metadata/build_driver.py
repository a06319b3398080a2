"""Runs inside the build environment, under the target's Python (2.7 or newer): the hooks of PEP 517, or egg_info.

Never imported by this package: its text is given to another interpreter. Usage::

    python build_driver.py REQUEST.json ANSWER.json

REQUEST: ``{"action": ..., "backend": ..., "backend_path": [...], "output": DIR}``, run in the source folder. ANSWER, by
the action: ``{"requires": [...]}`` of "requires" and "setup_requires"; ``{"folder": NAME}`` or ``{"wheel": NAME}`` of
"metadata"; ``{}`` of "egg_info".
"""

# It has to run under Python 2 too, which knows no annotations and no pathlib; running code is what a build is.
# ruff: noqa: ANN001, ANN201, ANN202, PTH100, PTH109, PTH118, PTH123, PLC0415, S102, D103
# mypy: allow-untyped-defs, allow-untyped-calls

import json
import os
import sys


def _load(name):
    import importlib

    module, _, attributes = name.partition(":")
    found = importlib.import_module(module)
    for attribute in attributes.split(".") if attributes else ():
        found = getattr(found, attribute)
    return found


def _requires(request):
    backend = _load(request["backend"])
    hook = getattr(backend, "get_requires_for_build_wheel", None)
    return {"requires": list(hook(None)) if hook else []}


def _metadata(request):
    backend = _load(request["backend"])
    hook = getattr(backend, "prepare_metadata_for_build_wheel", None)
    if hook is not None:
        return {"folder": hook(request["output"], None)}
    return {"wheel": backend.build_wheel(request["output"], None)}


def _egg_info(request):
    import setuptools  # type: ignore[import-untyped]

    del setuptools
    sys.argv = ["setup.py", "-q", "egg_info", "--egg-base", request["output"]]
    sys.path.insert(0, os.getcwd())
    path = os.path.join(os.getcwd(), "setup.py")
    with open(path, "rb") as script:
        code = compile(script.read().replace(b"\r\n", b"\n"), path, "exec")
    exec(code, {"__name__": "__main__", "__file__": path})
    return {}


def _setup_requires(request):
    """Run the setup script up to where setuptools would fetch what ``setup_requires`` names, and give that."""
    import setuptools.dist  # type: ignore[import-untyped]

    found = []  # type: list[str]

    def fetch_build_eggs(_distribution, requires):
        lines = requires.splitlines() if hasattr(requires, "splitlines") else requires
        found.extend(str(line).strip() for line in lines)
        return []

    setuptools.dist.Distribution.fetch_build_eggs = fetch_build_eggs
    try:
        _egg_info(request)
    except BaseException:  # what was named is not there, so that the rest of the script may well fail
        if not found:
            raise
    return {"requires": [line for line in found if line]}


def main():
    with open(sys.argv[1]) as stream:
        request = json.load(stream)
    answer_path = sys.argv[2]
    # The folder of this script is none of the backend's business.
    sys.path[0:1] = [os.path.abspath(path) for path in request["backend_path"]]
    sys.argv = ["setup.py"]
    actions = {
        "requires": _requires,
        "metadata": _metadata,
        "egg_info": _egg_info,
        "setup_requires": _setup_requires,
    }
    answer = actions[request["action"]](request)
    with open(answer_path, "w") as stream:
        json.dump(answer, stream)


main()
