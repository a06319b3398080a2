"""The same files read by real pips and by us: the same requirements, on the same lines, and the same options."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from support import needs

from pipfreeze_lock.errors import InputError
from pipfreeze_lock.requirements.loader import load_requirements, read_location

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipfreeze_lock.model.requirement import Requirement, RequirementSet

A, B, C = "a" * 64, "b" * 64, "c" * 64


@dataclass(frozen=True)
class Case:
    """Files of a folder; ``requirements.txt`` is the one that is read."""

    name: str
    files: dict[str, str | bytes]
    environment: dict[str, str] = field(default_factory=dict)
    since: tuple[int, ...] = (9,)
    """The first pip that reads it as the newest does."""
    until: tuple[int, ...] = (99,)
    """The first pip that does not any more."""
    refused: bool = False
    """Ours alone refuses it, on purpose: hash mode could not take it, or pip would drop a line in silence."""


def case(name: str, requirements: str | bytes, **more: Any) -> Case:
    files = {"requirements.txt": requirements} | more.pop("files", {})
    return Case(name, files, **more)


CASES = [
    case("plain", "a\nb==1.0\nc >= 1, < 2\n  d~=1.4.2  \ne!=1.*\n"),
    case("comments", "# head\na # tail\nb#notacomment\n"),
    case("kinds of comments", "a==1.0 #x\n#b\n  # c\n\t# d\ne\t# f\n"),
    case("continued", "a \\\n  >= 1 \\\n  , < 2\nb\n"),
    case("a comment ends a continuation", "a==1.0 \\\n# comment \\\nb==2.0\n"),
    case("a comment inside a continuation", f"a==1.0 \\\n    # comment\n    --hash=sha256:{A}\nb\n"),
    case("a comment after hashes", f"a==1.0 \\\n    --hash=sha256:{A} \\\n    --hash=sha256:{B}\n    # via b\nb\n"),
    case("the last line continued", "a\nb \\"),
    case("a backslash at the start", "\\\\a\\\n==1.0\nb\\\\\\\n==2\n"),
    case("an empty line continued", "a==1.0 \\\n\nb==2.0\n"),
    case("only continued lines", "\\\n\\\n\\\na\n"),
    case("windows line ends", b"a==1.0 \\\r\n  --pre\r\n# c\r\nb==2.0\r\n"),
    case("old mac line ends", b"a==1.0\rb==2.0\r# c\r"),
    case("form feed and line separator", "a==1.0\fb==2.0\nc==3.0\u2028d==4.0\n".encode()),
    case("byte order mark", b"\xef\xbb\xbfa==1.0\n"),
    case("utf-16", "a==1.0\nb # é\n".encode("utf-16")),
    case("utf-16 big-endian", b"\xfe\xff" + "a==1.0\n".encode("utf-16-be"), since=(10,)),
    case("utf-32", "a==1.0\n".encode("utf-32"), since=(25,)),  # older pips take its mark for that of UTF-16
    case("coding comment", b"# -*- coding: latin-1 -*-\na==1.0 # \xe9\n"),
    case("coding comment on line two", b"# x\n# coding=cp1252\na==1.0 # \x80\n"),
    case("coding comment on line three is none", "# x\n# y\n# coding: utf-16\na==1.0 # é\n"),
    case("not utf-8", b"a==1.0 # \xff\n"),
    case("unknown coding", b"# coding: nonsense\na==1.0\n"),
    case("variables", "${NAME}==${VERSION}\nb==1.0 # ${X}\n", environment={"NAME": "a", "VERSION": "2.0"}, since=(10,)),
    case("unknown variable", "a==1.0\n--index-url https://${NOT_SET}@h/simple\n"),
    case("empty variable", "--index-url https://${EMPTY}h/simple\n", environment={"EMPTY": ""}),
    case("lower-case variable", "--index-url https://${lower}/simple\n", environment={"lower": "x"}),
    case(
        "a variable that holds another",
        "${FIRST}\n${SECOND} ${FIRST}\n",
        since=(10,),
        environment={"FIRST": "b>=${SECOND}", "SECOND": "a"},
    ),
    case("a variable that holds a comment", "a${TAIL}\n", environment={"TAIL": " # no comment any more"}, since=(10,)),
    case("extras", "a[x]\nb[x,y]>=1\nc [ x , y ] == 1.0\nd[]\n"),
    case("parenthesised", "a (>=1.0)\nb(>=1,<2)\nc[x] (==1.0) ; python_version > '3'\n"),
    case(
        "markers",
        "a; python_version < '3'\nb==1.0 ; sys_platform == \"linux\" and (os_name=='posix' or extra == 'x')\nc;python_version in '2.7 3.6'\n",
    ),
    case("empty marker", "a==1.0 ;\n", since=(10,)),
    case("marker on a url", "https://h.example/a-1.0-py3-none-any.whl ; python_version < '3'\n"),
    case("a semicolon in a url", "https://h.example/x;y/a-1.0-py3-none-any.whl\n"),
    case("invalid marker", "a; nonsense < '3'\n"),
    case("unquoted marker", "a; python_version < 3\n"),
    case("one equals sign", "a=1.0\n"),
    case("two words", "a b\n"),
    case("no version", "a==\n", since=(24, 1)),
    case("no comma", "a>=1 <2\n"),
    case("arbitrary equality", "a===1.0-foo\n"),
    case("trailing comma", "a>=1,\n", since=(24, 1)),
    case(
        "hashes", f"a==1.0 --hash=sha256:{A} --hash sha256:{B} --hash=sha512:{A + B}\nb --hash=sha384:{(A + B)[:96]}\n"
    ),
    case("hash in capitals", f"a==1.0 --hash=sha256:{A.upper()}\n"),
    case("weak hash", f"a==1.0 --hash=md5:{A[:32]}\n"),
    case("hash with a dash", f"a==1.0 --hash sha256-{A}\n"),
    case("hash of nothing", f"--hash=sha256:{A}\na\n"),
    case("quoted hash", f"a==1.0 --hash='sha256:{A}' --hash \"sha256:{B}\"\n"),
    case("abbreviated options", f"a==1.0 --ha=sha256:{A}\n--extra https://e.example/simple\n--find links\n"),
    case("ambiguous option", "--no\n"),
    case("ambiguous among the newest", "--require x\n"),
    case("unknown option", "--nonsense\n"),
    case("command line option", "--upgrade\n"),
    case("short options", "-i https://i.example/simple\n-fhttps://l.example/\n"),
    case("short option with an equals sign", "-i=https://i.example/simple\n"),
    case("value missing", "--index-url\n"),
    case("surplus value", "--pre=yes\n"),
    case("a value that looks like an option", "--find-links --pre\n"),
    case("quoted value", "--index-url 'https://i.example/simple'\n-f \"a b\"\n--extra-index-url=https://'x'.example\n"),
    case("escaped blank", "-f a\\ b\n"),
    case("unclosed quote", "--index-url 'https://i.example/simple\n"),
    case("double dash", "--pre -- --no-index\n"),
    case("loose words", "--pre a b\n"),
    case("loose words after a requirement", f"a==1.0 --hash=sha256:{A} ; python_version < '3'\n"),
    case("a tab before an option", f"a==1.0\t--hash=sha256:{A}\n"),
    case("a tab between options", "--index-url\thttps://i.example/simple\t--pre\n", since=(20,)),
    case("global options beside a requirement", "a==1.0 --index-url https://i.example/simple --pre --trusted-host h\n"),
    case("a file beside a requirement", "a==1.0 -r missing.txt\n"),
    case("format control beside a requirement", "a==1.0 --no-binary b\n"),
    case("format control", "--no-binary a,b\n--only-binary b,C_d\n--no-binary=c-d\n"),
    case("format control of all", "--only-binary :all:\n--no-binary a\n"),
    case("format control of none", "--no-binary a,b,:none:,c\n--only-binary :all:,:none:,x\n"),
    case("format control, all twice", "--no-binary :all:,a\n--only-binary b,:all:,:none:,c\n"),
    case("format control like an option", "--no-binary -x\n", since=(20,)),
    case(
        "index replaced",
        "--extra-index-url https://e.example/1\n--index-url https://i.example/\n--extra-index-url https://e.example/2\n",
    ),
    case(
        "index and extra on one line",
        "--extra-index-url https://e.example/ --index-url https://i.example/ --pypi-url https://j.example/\n",
    ),
    case("no index", "--no-index\n--find-links l\n"),
    case(
        "no index, then an index",
        "--no-index\n--index-url https://i.example/\n--extra-index-url https://e.example/\n",
        since=(22, 3),
    ),
    case("no index and an index on one line", "--index-url https://i.example/ --no-index\n", since=(22, 3)),
    case(
        "find-links beside the file",
        "-r sub/r.txt\n--find-links nowhere\n--find-links https://l.example/\n",
        files={"sub/r.txt": "--find-links links\n--find-links nowhere\n", "sub/links/keep": ""},
    ),
    case("find-links twice on a line", "-f one -f two\n"),
    case("trusted hosts", "--trusted-host h.example\n--trusted-host=h.example:8080\n"),
    case("pre", "--pre\na\n"),
    case("prefer binary", "--prefer-binary\n", since=(20, 2)),
    case("require hashes", f"--require-hashes\na==1.0 --hash=sha256:{A}\n"),
    case("nested", "a\n-r b.txt\nc\n", files={"b.txt": "b\n"}),
    case("nested upwards", "-r sub/one.txt\n", files={"sub/one.txt": "a\n-r ../top.txt\n", "top.txt": "c\n"}),
    case("nested twice on a line", "-r one.txt -r two.txt\n", files={"one.txt": "a\n", "two.txt": "b\n"}),
    case("both kinds on a line", "-c one.txt -r two.txt\n", files={"one.txt": "a\n", "two.txt": "b\n"}),
    case("options beside a file", "-r one.txt --pre --no-binary x\n", files={"one.txt": "a\n"}),
    case("quoted file", "-r 'one two.txt'\n", files={"one two.txt": "a\n"}),
    case("constraints", "a\n-c c.txt\n", files={"c.txt": "a<2 # c\n"}),
    case(
        "requirements inside constraints",
        "a\n-c sub/c.txt\n",
        files={"sub/c.txt": "a<2\n-r r.txt\n", "sub/r.txt": "b\n-c d.txt\n", "sub/d.txt": "b<3\n"},
    ),
    case("options inside constraints", "-c c.txt\n", files={"c.txt": "--pre\na<2\n"}),
    case("a file that is missing", "a\n-r missing.txt\n"),
    case("a file of itself", "a\n-r requirements.txt\n", since=(24,)),
    case("a cycle", "-r b.txt\n", files={"b.txt": "-c sub/c.txt\n", "sub/c.txt": "-r ../b.txt\n"}, since=(24,)),
    case(
        "a variable in a path", "-r ${SUB}/b.txt\n", files={"sub/b.txt": "b\n"}, environment={"SUB": "sub"}, since=(10,)
    ),
    case("wheel url", "https://h.example/d/A_b-1.0-py3-none-any.whl\n"),
    case("wheel url with hash", f"https://h.example/a-1.0-py3-none-any.whl#sha256={A} --hash=sha256:{B}\n"),
    case("sdist url", "https://h.example/a-b-1.0.tar.gz\n"),
    case("egg fragment", f"https://h.example/x.zip#egg=a&subdirectory=s\nhttps://h.example/y.zip#sha256={A}&egg=b\n"),
    case(
        "named url",
        "a @ https://h.example/a-1.0-py3-none-any.whl\nb@ https://h.example/b.zip ; python_version < '3'\nc[x]@https://h.example/c.tgz#sha256="
        + A
        + "\n",
        since=(20,),
    ),
    case(
        "wheel path",
        "./w/a-1.0-py3-none-any.whl\nw/b-2.0-py3-none-any.whl[x,Y]\nc-3.0-py3-none-any.whl\n../d-1.0-py3-none-any.whl\n",
        since=(20,),
    ),
    case("sdist path", "./w/a-1.0.tar.gz\nw/b-1.0.zip ; python_version < '3'\n"),
    case("a wheel of no valid name", "./w/x.whl\n"),
    case("a directory that is missing", "./missing\n"),
    case("a directory", "./d\n", files={"d/setup.py": ""}, refused=True),
    case("an editable directory", "-e d\n", files={"d/setup.py": ""}, refused=True),
    case("a repository", "git+https://h.example/a#egg=a\n", refused=True),
    case("a named repository", "a @ git+https://h.example/a\n", refused=True, since=(20,)),
    case("an editable constraint", "-c c.txt\n", files={"c.txt": "-e git+https://h.example/a#egg=a\n"}, refused=True),
    case("a dash", "a\n- b\n", refused=True),
    case("settings of a build", "a==1.0 --config-settings x=y -C z=1\n", since=(23, 1)),
    case("settings of no value", "a==1.0 --config-settings x\n", since=(23, 1)),
    # Before, it meant `--no-binary :all:` too, as the note says.
    case("global option", "a==1.0 --global-option=x\n", since=(22, 3), until=(25, 3)),
    case("install option", "a==1.0 --install-option x\n", since=(22, 3), until=(23, 1)),
    case("always unzip", "-Z\n--always-unzip\na\n", until=(20, 2)),
    case("dependency links", "--process-dependency-links\na\n", until=(19, 0)),
    case("no wheels", "--no-use-wheel\na\n", until=(10,)),
    case("wheels", "--use-wheel\n--allow-external x\n--allow-all-external\n--allow-unverified y\na\n", until=(10,)),
    case("all releases", "--all-releases :all:\n", since=(26,)),
    case("a TOML file", "[tool.x]\na = 1\n"),
]

PIPS = [
    ("3.6", "9.0.3"),
    ("3.6", "19.1.1"),
    ("3.6", "21.3.1"),
    ("3.8", "23.0.1"),
    ("3.11", "24.3.1"),
    ("3.12", "26.3"),
    ("running", version("pip")),
]


def numbers(pip: str) -> tuple[int, ...]:
    return tuple(map(int, pip.split(".")[:2]))


QUESTIONS = [
    pytest.param(pair, one, id=f"pip {pair[1]}{' here' if pair[0] == 'running' else ''}: {one.name}")
    for pair in PIPS
    for one in CASES
    if one.since <= numbers(pair[1]) < one.until
]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = {}
    for number, one in enumerate(CASES):
        folder = tmp_path_factory.mktemp(f"case{number}").resolve()
        for path, content in one.files.items():
            folder.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
            folder.joinpath(path).write_bytes(content.encode() if isinstance(content, str) else content)
        made[one.name] = folder
    return made


def ask(interpreter: str, pip: str, folders: dict[str, Path]) -> dict[str, dict[str, Any]]:
    script = Path(__file__).with_name("ask_pip_for_requirements.py")
    questions = [{"folder": str(folders[one.name]), "environment": one.environment} for one in CASES]
    asked = subprocess.run(
        [interpreter, "-W", "ignore", script, pip],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folders[CASES[0].name]),
            "PIP_CONFIG_FILE": os.devnull,
            "LC_ALL": "C.UTF-8",
        },
    )
    assert asked.returncode == 0, asked.stderr
    return dict(zip((one.name for one in CASES), json.loads(asked.stdout), strict=True))


@pytest.fixture(scope="module")
def answer(folders: dict[str, Path]) -> Callable[[tuple[str, str]], dict[str, dict[str, Any]]]:
    """Ask each pip once, for all cases."""

    @functools.cache
    def asked(pair: tuple[str, str]) -> dict[str, dict[str, Any]]:
        python, pip = pair
        if python == "running":
            return ask(sys.executable, str(Path(str(needs.module("pip").__file__)).parents[1]), folders)
        return ask(str(needs.interpreter(python)), str(needs.pip_folder(pip)), folders)

    return asked


def ours(one: Case) -> RequirementSet:
    def read(location: str) -> bytes:
        return read_location(location, client=None, stdin=bytes)

    return load_requirements(["requirements.txt"], read=read, environment=one.environment)


@pytest.mark.parametrize(("pair", "one"), QUESTIONS)
def test_same_as_pip(
    pair: tuple[str, str],
    one: Case,
    answer: Callable[[tuple[str, str]], dict[str, dict[str, Any]]],
    folders: dict[str, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theirs = answer(pair)[one.name]
    monkeypatch.chdir(folders[one.name])
    if one.refused or "error" in theirs:
        with pytest.raises(InputError):
            ours(one)
        return
    result = ours(one)
    assert list(map(described, in_order(result))) == list(map(normalised, in_order_of_pip(theirs)))
    assert options(result) == {**theirs["options"], "find_links": list(map(shortened, theirs["options"]["find_links"]))}


def shortened(link: str) -> str:
    return os.path.relpath(link) if link.startswith(os.sep) else link


def in_order(result: RequirementSet) -> list[Requirement]:
    return sorted((*result.requirements, *result.constraints), key=lambda one: (one.source.file, one.source.line))


def in_order_of_pip(theirs: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted(theirs["requirements"], key=lambda one: (os.path.relpath(one["file"]), one["line"]))


def described(one: Requirement) -> dict[str, Any]:
    url = one.url.reveal().partition("#")[0] if one.url else None
    fragment = one.url.reveal().partition("#")[2] if one.url else ""
    return {
        "name": one.name if not url or url.endswith(".whl") else None,
        "extras": sorted(one.extras),
        "specifier": None if url else one.specifier,
        "marker": str(one.marker) if one.marker else None,
        "url": url,
        "subdirectory": fragment.partition("=")[2],
        "hashes": sorted(map(list, one.hashes)),
        "constraint": one.is_constraint,
        "line": one.source.line,
        "file": one.source.file,
    }


def normalised(theirs: dict[str, Any]) -> dict[str, Any]:
    """Bring pip's answer to our words: it names a URL by its file name alone when that is a wheel."""
    url, _, fragment = (theirs["url"] or "").partition("#")
    parts = dict(part.partition("=")[::2] for part in fragment.split("&") if part)
    named = theirs["name"] and (not url or url.endswith(".whl"))
    link_hash = [["sha256", parts["sha256"]]] if "sha256" in parts else []
    return {
        "name": canonicalize_name(theirs["name"]) if named else None,
        "extras": sorted(map(canonicalize_name, theirs["extras"])),
        "specifier": None if url else SpecifierSet(theirs["specifier"]),
        "marker": str(Marker(theirs["marker"])) if theirs["marker"] else None,
        "url": url or None,
        "subdirectory": parts.get("subdirectory", ""),
        "hashes": sorted(theirs["hashes"] + link_hash),
        "constraint": theirs["constraint"],
        "line": theirs["line"],
        "file": os.path.relpath(theirs["file"]),
    }


def options(result: RequirementSet) -> dict[str, Any]:
    given = result.options
    indexes = (
        []
        if given.no_index
        else [
            given.index_url.reveal() if given.index_url else "DEFAULT",
            *(url.reveal() for url in given.extra_index_urls),
        ]
    )
    return {
        "index_urls": indexes,
        "find_links": list(given.find_links),
        "no_binary": sorted(given.format_control.no_binary),
        "only_binary": sorted(given.format_control.only_binary),
        "pre": given.pre,
        "prefer_binary": given.prefer_binary,
        "hosts": list(given.trusted_hosts),
        "require_hashes": given.require_hashes,
    }
