"""Setup scripts: what is proven of them, what is not, and that what is proven is what running them gives."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import pytest
from support.index_files import make_target
from support.metadata_parts import flat, make_tree

from pipfreeze_lock.metadata.pyproject import NotStaticError
from pipfreeze_lock.metadata.setup_py import BuildEnvironment, read_setup_script

HERE = make_target(
    python=".".join(map(str, sys.version_info[:3])),
    implementation_version=".".join(map(str, sys.version_info[:3])),
)
ENVIRONMENT = BuildEnvironment(setuptools="41.0.1", local_imports=True, build_requires=("setuptools", "wheel"))


def read(script, files=None, target=HERE, environment=ENVIRONMENT):
    return read_setup_script(make_tree({"setup.py": textwrap.dedent(script), **(files or {})}), target, environment)


PROVEN = {
    "literal": """
        from setuptools import setup
        setup(name="demo", version="1", install_requires=["six", "idna>=2"], python_requires=">=3.6",
              extras_require={"x": ["a"], ":python_version < '3'": "b"})
        """,
    "names": """
        import setuptools
        BASE = ("six",)
        requires = list(BASE) + ["idna"]
        requires.append("a>=%s" % "1")
        requires += ["b"]
        requires.extend(x for x in ["c", "d"] if x != "d")
        extras = dict(test=requires[:1])
        extras["all"] = sorted(set(sum(extras.values(), [])))
        extras.update({"more": f"{BASE[0]}>1"})
        setuptools.setup(name="demo", install_requires=requires, extras_require=extras)
        """,
    "text": r"""
        from distutils.core import setup
        setup(name="demo", install_requires="six\n# no\nidna  # why\n")
        """,
    "file": """
        import io, os
        from os.path import abspath, dirname, join
        from setuptools import find_packages, setup
        here = dirname(abspath(__file__))
        def read(*parts):
            with io.open(join(here, *parts), encoding="utf-8") as stream:
                return stream.read()
        requires = [line.strip() for line in read("req.txt").splitlines() if line and not line.startswith("#")]
        setup(name="demo", packages=find_packages(), long_description=read("README"), install_requires=requires)
        """,
    "path": """
        import pathlib
        from setuptools import setup
        setup(name="demo", install_requires=(pathlib.Path(__file__).parent / "req.txt").read_text().split())
        """,
    "lines": """
        from setuptools import setup
        requires = []
        for line in open("req.txt"):
            line = line.split("#")[0].strip()
            if not line:
                continue
            requires.append(line)
        setup(name="demo", install_requires=requires)
        """,
    "version": """
        import re, sys
        from setuptools import setup
        with open("demo/__init__.py") as stream:
            match = re.search("__version__ = '(.*)'", stream.read())
        if not match:
            raise RuntimeError("no version")
        if sys.version_info < (2, 7):
            sys.exit("too old")
        elif sys.version_info >= (3,):
            requires = ["six"]
        setup(name="demo", version=match.group(1), install_requires=requires)
        """,
    "try": """
        try:
            from setuptools import setup
            extra = {"install_requires": ["six"]}
        except ImportError:
            from distutils.core import setup
            extra = {}
        try:
            import there_is_no_such_module
        except ImportError:
            there_is_no_such_module = None
        setup(name="demo", **extra)
        """,
    "function": """
        import os
        from setuptools import Extension, setup
        arguments = dict(name="demo", install_requires=["six"])
        def run(with_extension):
            mine = dict(arguments)
            if with_extension:
                mine["ext_modules"] = [Extension("demo.x", ["x.c"])]
            setup(**mine)
        if os.environ.get("DEMO_X_PURE"):
            run(False)
        else:
            run(True)
        """,
    "local module": """
        from setuptools import setup
        from demo import __version__
        import demo.requirements as wanted
        setup(name="demo", version=__version__, install_requires=wanted.REQUIRES)
        """,
    "exec": """
        from setuptools import setup
        about = {}
        with open("demo/__init__.py") as stream:
            exec(stream.read(), about)
        exec(open("demo/requirements.py").read())
        setup(name="demo", version=about["__version__"], install_requires=REQUIRES)
        """,
    "environment marker support": """
        import setuptools
        from pkg_resources import parse_version
        requires, extras = ["six"], {}
        if parse_version(setuptools.__version__) < parse_version("18.5"):
            requires.append("enum34")
        else:
            extras[":python_version < '3.4'"] = ["enum34"]
        setuptools.setup(name="demo", install_requires=requires, extras_require=extras)
        """,
    "command line": """
        import os, sys
        from setuptools import setup
        if sys.argv[-1] == "publish":
            os.system("python setup.py sdist upload")
            sys.exit()
        needs_pytest = {"pytest", "test"}.intersection(sys.argv)
        setup(name="demo", install_requires=["six"], setup_requires=["pytest-runner"] if needs_pytest else [])
        """,
    "main": """
        import sys
        from setuptools import setup
        def main(argv=None):
            kw = {}
            for name, items in {"install_requires": ("six",)}.items():
                kw[name] = list(items)
            return setup(name="demo", **kw)
        if __name__ == "__main__":
            sys.exit(main())
        """,
    "loop": """
        import os
        from setuptools import setup
        packages = []
        for folder, _, names in os.walk("demo"):
            packages.append(folder)
        while packages and len(packages) > 100:
            packages.pop()
        setup(name="demo", packages=packages, install_requires=["six"])
        """,
    "lambda": """
        from setuptools import setup
        only = lambda names, *ends: [name for name in names if name.endswith(ends)]
        setup(name="demo", install_requires=list(map(str.strip if False else str, only(["six", "a.b"], "x", "y"))))
        """,
}
FILES = {
    "req.txt": "six\n# a comment\n\nidna>=2\n",
    "README": "Grüße\n",
    "demo": {"__init__.py": "__version__ = '1.5'\n", "requirements.py": "REQUIRES = ['six', 'idna']\n"},
}
FILES_WITHOUT_COMMENT = FILES | {"req.txt": "six\nidna>=2\n"}

RECORDER = """
import json, sys, types
calls = []
def setup(**words):
    calls.append(words)
modules = {name: types.ModuleType(name) for name in ("setuptools", "distutils", "distutils.core", "pkg_resources")}
modules["setuptools"].setup = modules["distutils.core"].setup = setup
modules["setuptools"].find_packages = modules["setuptools"].Extension = lambda *_, **__: []
modules["setuptools"].__version__ = "41.0.1"
modules["distutils"].core = modules["distutils.core"]
modules["pkg_resources"].parse_version = lambda text: tuple(map(int, text.split(".")))
sys.modules.update(modules)
sys.path.insert(0, "")
sys.argv = ["setup.py", "egg_info"]
try:
    exec(compile(open("setup.py").read(), "setup.py", "exec"), {"__name__": "__main__", "__file__": "setup.py"})
except SystemExit:
    pass
words = calls[-1]
print(json.dumps({key: words.get(key) for key in ("name", "install_requires", "extras_require", "python_requires")}))
"""


@pytest.mark.parametrize("name", list(PROVEN))
def test_what_is_proven_is_what_running_gives(name, tmp_path):
    files = FILES_WITHOUT_COMMENT if name == "path" else FILES
    script = textwrap.dedent(PROVEN[name])
    for path, content in flat({"setup.py": script, **files}).items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    run = subprocess.run([sys.executable, "-c", RECORDER], cwd=tmp_path, check=True, capture_output=True, text=True)
    words = json.loads(run.stdout)
    found = read(script, files)
    assert found.name == words["name"] == "demo"
    assert found.python_requires == words["python_requires"]
    assert list(found.install_requires or ()) == as_lines(words["install_requires"])
    assert {key: list(items) for key, items in found.extras_require or ()} == {
        key: as_lines(items) for key, items in (words["extras_require"] or {}).items()
    }


def as_lines(value):
    lines = value.splitlines() if isinstance(value, str) else value or []
    return [line.split(" #")[0].strip() for line in lines if line.strip() and not line.startswith("#")]


CONDITIONAL = """
import os, platform, sys
from setuptools import setup
requires = ["requests"]
if sys.version_info[0] == 2:
    requires.append("two")
if sys.version_info < (3, 8) and platform.python_implementation() != "PyPy":
    requires += ["old"]
if sys.version[0] == "3":
    requires.append("three")
if sys.platform.startswith("win") or os.name == "nt":
    requires.append("windows")
if platform.system() == "Darwin":
    requires.append("mac")
if platform.machine() in ("x86_64", "AMD64"):
    requires.append("x86")
requires.append("wide" if sys.maxsize > 2 ** 32 else "narrow")
setup(name="demo", install_requires=requires)
"""


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (make_target(), ["requests", "old", "three", "x86", "wide"]),
        (
            make_target(python="3.12.1", implementation_version="3.12.1", machine="aarch64"),
            ["requests", "three", "wide"],
        ),
        (make_target(machine="i686"), ["requests", "old", "three", "narrow"]),
        (
            make_target(operating_system="windows", machine="AMD64", libc=None),
            ["requests", "old", "three", "windows", "x86", "wide"],
        ),
        (
            make_target(operating_system="macos", machine="arm64", libc=None, implementation="pypy"),
            ["requests", "three", "mac", "wide"],
        ),
    ],
    ids=["linux 3.6", "linux 3.12", "32 bits", "windows", "pypy on macos"],
)
def test_conditions_are_those_of_the_target(target, expected):
    found = read(CONDITIONAL, target=target)
    assert list(found.install_requires) == expected
    assert {"sys.version_info", "sys.platform"} <= found.consulted


def test_an_older_setuptools_is_asked_for_its_version():
    script = PROVEN["environment marker support"]
    old = BuildEnvironment(setuptools="12.0", local_imports=True)
    assert read(script, environment=old).install_requires == ("six", "enum34")


NOT_PROVEN = {
    "environment": (
        "import os\nfrom setuptools import setup\nsetup(name='demo', install_requires=[os.environ['HOME']])",
        "install_requires",
    ),
    "common variable": (
        "import os\nfrom setuptools import setup\nsetup(install_requires=['a'] if os.environ.get('CI') else [])",
        "`CI` is not known",
    ),
    "unknown loop": (
        (
            "import os\nfrom setuptools import setup\nextras = {}\nfor name in os.listdir('.'):\n"
            "    extras[name] = ['six']\nsetup(name='demo', extras_require=extras)"
        ),
        "extras_require",
    ),
    "unknown loop, known key": (
        (
            "import os\nfrom setuptools import setup\nextras = {}\nfor name in os.listdir('.'):\n"
            "    extras['x'] = ['six']\nsetup(name='demo', extras_require=extras)"
        ),
        "extras_require",
    ),
    "given to something unknown": (
        (
            "import socket\nfrom setuptools import setup\nrequires = ['six']\nsocket.gethostname(requires)\n"
            "setup(name='demo', install_requires=requires)"
        ),
        "something unknown",
    ),
    "through a closure": (
        (
            "import socket\nfrom setuptools import setup\nrequires = []\ndef add(*names):\n    requires.extend(['six'])\n"
            "socket.call(add)\nsetup(name='demo', install_requires=requires)"
        ),
        "install_requires",
    ),
    "alias": (
        (
            "import os\nfrom setuptools import setup\nrequires = ['six']\nother = requires\n"
            "if os.getuid():\n    other.append('a')\nsetup(name='demo', install_requires=requires)"
        ),
        "install_requires",
    ),
    "early return": (
        (
            "import os\nfrom setuptools import setup\nrequires = []\ndef fill():\n    if os.getuid():\n        return\n"
            "    requires.append('six')\nfill()\nsetup(name='demo', install_requires=requires)"
        ),
        "install_requires",
    ),
    "break": (
        (
            "import os\nfrom setuptools import setup\nrequires = []\nfor name in ['a', 'b']:\n    if os.getuid():\n"
            "        break\n    requires.append(name)\nsetup(name='demo', install_requires=requires)"
        ),
        "install_requires",
    ),
    "exception": (
        (
            "import socket\nfrom setuptools import setup\nrequires = []\ntry:\n    requires.append('a')\n"
            "    socket.gethostname()\n    requires.append('b')\nexcept OSError:\n    pass\n"
            "setup(name='demo', install_requires=requires)"
        ),
        "install_requires",
    ),
    "two ways": (
        (
            "import os\nfrom setuptools import setup\nif os.getuid():\n    setup(name='demo', install_requires=['six'])\n"
            "else:\n    setup(name='demo')"
        ),
        "different",
    ),
    "may exit": (
        "import os, sys\nfrom setuptools import setup\nif os.getuid():\n    sys.exit(1)\nsetup(name='demo')",
        "may raise",
    ),
    "raises": ("raise RuntimeError('not for you')", "raises"),
    "needs what the build lacks": ("import numpy\nfrom setuptools import setup\nsetup(name='demo')", "imports `numpy`"),
    "local module needs it": ("import needy\nfrom setuptools import setup\nsetup(name='demo')", "imports `numpy`"),
    "hooks": (
        (
            "from setuptools import setup\nfrom setuptools.command.egg_info import egg_info\nclass mine(egg_info):\n"
            "    def run(self):\n        self.distribution.install_requires.append('six')\n"
            "setup(name='demo', cmdclass={'egg_info': mine})"
        ),
        r"\.install_requires",
    ),
    "pbr": ("from setuptools import setup\nsetup(setup_requires=['pbr'], pbr=True)", "`pbr`"),
    "replaced": ("import setuptools\nsetuptools.setup = print\nsetuptools.setup()", "replaces `setuptools.setup`"),
    "computed code": ("import sys\nexec(sys.stdin.read())", "code that is not known"),
    "eval": ("eval('1')", "evaluates"),
    "unordered": ("from setuptools import setup\nsetup(install_requires={'six', 'idna'})", "unordered"),
    "invalid": ("from setuptools import setup\nsetup(install_requires=['six=1'])", "not a requirement"),
    "invalid specifier": ("from setuptools import setup\nsetup(python_requires='3+')", "not valid"),
    "its own folder": (
        "import os\nfrom setuptools import setup\nsetup(install_requires=['demo @ file://' + os.path.abspath('demo')])",
        "path of the machine",
    ),
    "missing file": (
        "from setuptools import setup\nsetup(install_requires=open('absent.txt').read())",
        "not in the sdist",
    ),
    "written file": (
        (
            "from setuptools import setup\nopen('req.txt', 'w').write('six')\n"
            "setup(name='demo', install_requires=open('req.txt').read())"
        ),
        "may have written",
    ),
    "Python 2": ("print 'hello'", "not Python"),
    "newer syntax": ("if (n := 1):\n    pass", "not Python 3.6"),
    "no call": ("import setuptools", "does not call"),
    "unknown arguments": ("import os\nfrom setuptools import setup\nsetup(**os.environ)", "arguments of `setup"),
    "endless": (
        "from setuptools import setup\nn = 0\nfor a in range(9999):\n  for b in range(9999):\n    n += 1",
        "too long",
    ),
    "recursion": ("def f(x):\n    return f(x) + f(x)\nf(1)", "too|not call"),
}


@pytest.mark.parametrize("name", list(NOT_PROVEN))
def test_what_is_not_proven_says_why(name):
    script, reason = NOT_PROVEN[name]
    files = {"needy.py": "import numpy\n", "req.txt": "a\n"}
    with pytest.raises(NotStaticError, match=reason):
        read(script, files, target=make_target())


def test_what_follows_from_the_archive_is_left_to_the_egg_info():
    script = "import re\nfrom setuptools import setup\nsetup(name='demo', install_requires=re.findall('\\\\w+', open('r').read()))"
    found = read(script, {"r": "six"})
    assert found.undecided is not None
    assert "re.findall" in found.undecided
    with pytest.raises(NotStaticError, match=r"re\.findall"):
        read("import sys\nPY2 = sys.version_info[0] == 2\n" + script, {"r": "six"})


def test_a_variable_that_only_the_script_knows_is_taken_to_be_unset():
    script = """
        import os
        from setuptools import setup
        requires = ["six"]
        if os.environ.get("DEMO_WITHOUT_SIX") or "DEMO_BARE" in os.environ:
            requires = []
        setup(name="demo", install_requires=requires)
        """
    found = read(script)
    assert found.install_requires == ("six",)
    assert found.assumed_unset == ("DEMO_BARE", "DEMO_WITHOUT_SIX")


def test_without_local_imports_a_module_beside_the_script_is_not_found():
    bare = BuildEnvironment(setuptools="80", local_imports=False, build_requires=("setuptools",))
    with pytest.raises(NotStaticError, match="imports `demo`"):
        read(PROVEN["local module"], FILES, environment=bare)
    with_path = "import os, sys\nsys.path.insert(0, os.path.dirname(__file__))\n" + textwrap.dedent(
        PROVEN["local module"]
    )
    assert read(with_path, FILES, environment=bare).install_requires == ("six", "idna")


def test_declared_build_requirements_can_be_imported():
    environment = BuildEnvironment(
        setuptools="80", local_imports=True, build_requires=("setuptools", "cython", "numpy")
    )
    script = "import numpy\nfrom Cython.Build import cythonize\nfrom setuptools import setup\nsetup(ext_modules=cythonize('x'))"
    assert read(script, environment=environment).install_requires is None
    hooking = BuildEnvironment(setuptools="80", local_imports=True, build_requires=("pbr",))
    with pytest.raises(NotStaticError, match="`pbr`"):
        read(script, environment=hooking)
