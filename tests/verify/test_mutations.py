"""What somebody did to a good image is found, and named rightly: the rule, the distribution, the path and the layer."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from support.command_line import run
from support.file_trees import merged, python
from support.good_image import SITE, GoodImage, record_with
from support.image_archives import Link

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TOP = "4"
"""The layer that a mutation adds, counted from 1: Python, pip and the rest, the lock's, its own."""
INSTRUCTION = "RUN make it worse"
CORE = f"{SITE}/idna/core.py"
IDNA = f"{SITE}/idna-2.8.dist-info"
OF_LOWER_LAYERS = {("two-versions", IDNA), ("unowned-file", f"{SITE}/click")}
"""What the lock's own layer brought, and somebody else put into the wrong."""
EVIL = b"print('owned')\n"


@dataclass(frozen=True)
class Mutation:
    """What is done, and what ``verify`` has to say: (rule, distribution or None, end of the path or None)."""

    name: str
    files: Callable[[GoodImage], dict[str, Any]] | None
    found: set[tuple[str, str | None, str | None]]
    options: tuple[str, ...] = ()
    config: dict[str, Any] = field(default_factory=dict)
    architecture: str = "amd64"
    exit: int = 1
    at_least: bool = False
    """Whether more may be found."""


def metadata(name: str, version: str) -> str:
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\n"


def distribution(name: str, version: str, site: str = SITE) -> dict[str, Any]:
    folder = f"{site}/{name}-{version}.dist-info"
    return {
        f"{site}/{name}/__init__.py": "",
        f"{folder}/METADATA": metadata(name, version),
        f"{folder}/INSTALLER": "pip\n",
        f"{folder}/RECORD": f"{name}/__init__.py,,\n{name}-{version}.dist-info/RECORD,,\n",
    }


def removed(*paths: str) -> dict[str, Any]:
    return {f"{path.rpartition('/')[0]}/.wh.{path.rpartition('/')[2]}": "" for path in paths}


def forged(good: GoodImage) -> dict[str, Any]:
    content = good.read(CORE) + EVIL
    return {CORE: content, f"{IDNA}/RECORD": record_with(good.read(f"{IDNA}/RECORD"), [("idna/core.py", content)])}


def forged_addition(good: GoodImage) -> dict[str, Any]:
    return {
        f"{SITE}/idna/evil.py": EVIL,
        f"{IDNA}/RECORD": record_with(good.read(f"{IDNA}/RECORD"), [("idna/evil.py", EVIL)]),
    }


def forged_removal(good: GoodImage) -> dict[str, Any]:
    lines = [line for line in good.read(f"{IDNA}/RECORD").decode().splitlines() if not line.startswith("idna/core.py")]
    return {**removed(CORE), f"{IDNA}/RECORD": "\n".join(lines) + "\n"}


def forged_script(good: GoodImage) -> dict[str, Any]:
    record = good.read(f"{IDNA}/RECORD")
    return {
        "usr/local/bin/evil": EVIL,
        f"{IDNA}/RECORD": record_with(record, [("../../../bin/evil", EVIL)]),
    }


def zipped_egg() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as egg:
        egg.writestr("EGG-INFO/PKG-INFO", metadata("zipped", "1.0"))
        egg.writestr("zipped.py", "")
    return buffer.getvalue()


def direct_url(url: str, **more: Any) -> dict[str, Any]:
    return {f"{IDNA}/direct_url.json": json.dumps({"url": url, **more})}


INTEGRITY = ("--integrity",)
DEEP = ("--deep",)
MUTATIONS = [
    Mutation("file edited", lambda good: {CORE: good.read(CORE) + EVIL}, {("changed-file", "idna", CORE)}, INTEGRITY),
    Mutation(
        "file edited to the same size",
        lambda good: {CORE: good.read(CORE).replace(b"def ", b"dEf ", 1)},
        {("changed-file", "idna", CORE)},
        INTEGRITY,
    ),
    Mutation("file deleted", lambda _: removed(CORE), {("missing-file", "idna", CORE)}, INTEGRITY),
    Mutation(
        "compiled module replaced",
        lambda _: {f"{SITE}/markupsafe/_speedups.cpython-36m-x86_64-linux-gnu.so": b"\x7fELF"},
        {("changed-file", "markupsafe", "_speedups.cpython-36m-x86_64-linux-gnu.so")},
        INTEGRITY,
    ),
    Mutation(
        "script edited",
        lambda _: {"usr/local/bin/chardetect": "#!/bin/sh\n"},
        {("changed-file", "chardet", "usr/local/bin/chardetect")},
        INTEGRITY,
    ),
    Mutation(
        "folder replaced whole",
        lambda good: {f"{SITE}/idna/.wh..wh..opq": "", CORE: good.read(CORE)},
        {("missing-file", "idna", f"{SITE}/idna/__init__.py"), ("missing-file", "idna", "idna/codec.py")},
        INTEGRITY,
        at_least=True,
    ),
    Mutation(
        "package replaced by a link to elsewhere",
        lambda good: {f"{SITE}/idna": Link("/opt/evil/idna"), "opt/evil/idna/core.py": good.read(CORE)},
        {("missing-file", "idna", CORE), ("unowned-file", None, f"{SITE}/idna")},
        INTEGRITY,
        at_least=True,
    ),
    Mutation("RECORD forged", forged, {("other-file", "idna", f"{IDNA}/RECORD")}, DEEP),
    Mutation("RECORD forged for one more file", forged_addition, {("other-file", "idna", f"{IDNA}/RECORD")}, DEEP),
    Mutation("RECORD forged for one less", forged_removal, {("other-file", "idna", f"{IDNA}/RECORD")}, DEEP),
    Mutation("RECORD forged for a script", forged_script, {("other-file", "idna", f"{IDNA}/RECORD")}, DEEP),
    Mutation(
        "RECORD deleted",
        lambda _: removed(f"{IDNA}/RECORD"),
        {("broken-metadata", "idna", IDNA)},
        INTEGRITY,
        at_least=True,
    ),
    Mutation(
        "distribution removed",
        lambda _: removed(f"{SITE}/click", f"{SITE}/click-7.1.2.dist-info"),
        {("missing-distribution", "click", "click-7.1.2.dist-info")},
        INTEGRITY,
    ),
    Mutation(
        "whiteout of a dist-info",
        lambda _: removed(f"{SITE}/click-7.1.2.dist-info"),
        {("missing-distribution", "click", "click-7.1.2.dist-info")},
    ),
    Mutation(
        "what a removed dist-info leaves",
        lambda _: removed(f"{SITE}/click-7.1.2.dist-info"),
        {("missing-distribution", "click", "click-7.1.2.dist-info"), ("unowned-file", None, f"{SITE}/click")},
        INTEGRITY,
    ),
    Mutation(
        "added in a later layer",
        lambda _: distribution("flask", "1.0"),
        {("extra-distribution", "flask", "flask-1.0.dist-info")},
        INTEGRITY,
    ),
    Mutation(
        "added by distutils",
        lambda _: {f"{SITE}/old-1.0-py3.6.egg-info": metadata("old", "1.0")},
        {("extra-distribution", "old", "old-1.0-py3.6.egg-info")},
    ),
    Mutation(
        "added as a zipped egg",
        lambda _: {
            f"{SITE}/zipped-1.0-py3.6.egg": zipped_egg(),
            f"{SITE}/easy-install.pth": "./zipped-1.0-py3.6.egg\n",
        },
        {("extra-distribution", "zipped", "zipped-1.0-py3.6.egg")},
    ),
    Mutation(
        "downgraded",
        lambda _: {**removed(IDNA), **distribution("idna", "2.7")},
        {("other-version", "idna", "idna-2.7.dist-info")},
    ),
    Mutation(
        "second version beside it",
        lambda _: distribution("idna", "2.9"),
        {("two-versions", "idna", "idna-2.9.dist-info")},
    ),
    Mutation(
        "second version before it, for the user",
        lambda _: distribution("idna", "2.6", "root/.local/lib/python3.6/site-packages"),
        {
            ("other-version", "idna", "root/.local/lib/python3.6/site-packages/idna-2.6.dist-info"),
            ("two-versions", "idna", IDNA),
        },
        config={"Env": ["PATH=/usr/local/bin", "HOME=/root"]},
        at_least=True,
    ),
    Mutation(
        "another one on PYTHONPATH",
        lambda _: distribution("idna", "3.0", "srv/more"),
        {("other-version", "idna", "srv/more/idna-3.0.dist-info"), ("two-versions", "idna", IDNA)},
        config={"Env": ["PATH=/usr/local/bin", "PYTHONPATH=/srv/more"]},
        at_least=True,
    ),
    Mutation("METADATA truncated", lambda _: {f"{IDNA}/METADATA": ""}, {("broken-metadata", "idna", IDNA)}),
    Mutation(
        "METADATA removed", lambda _: removed(f"{IDNA}/METADATA"), {("broken-metadata", "idna", IDNA)}, at_least=True
    ),
    Mutation(
        "METADATA of another version",
        lambda _: {f"{IDNA}/METADATA": metadata("idna", "2.9")},
        {("other-version", "idna", IDNA), ("broken-metadata", "idna", IDNA)},
    ),
    Mutation(
        "editable by setup.py develop",
        lambda _: {
            **removed(IDNA),
            f"{SITE}/idna.egg-link": "/src/idna\n.",
            f"{SITE}/easy-install.pth": "/src/idna\n",
            "src/idna/idna.egg-info/PKG-INFO": metadata("idna", "2.8"),
        },
        {("editable-install", "idna", "idna.egg-link")},
    ),
    Mutation(
        "editable by PEP 660",
        lambda _: direct_url("file:///src/idna", dir_info={"editable": True}),
        {("editable-install", "idna", IDNA)},
    ),
    Mutation(
        "from a URL",
        lambda _: direct_url("https://files.example/idna-2.8-py2.py3-none-any.whl", archive_info={}),
        {("other-origin", "idna", IDNA)},
    ),
    Mutation(
        "from version control",
        lambda _: direct_url("https://git.example/idna", vcs_info={"vcs": "git", "commit_id": "a" * 40}),
        {("other-origin", "idna", IDNA)},
    ),
    Mutation(
        "INSTALLER changed", lambda _: {f"{IDNA}/INSTALLER": "conda\n"}, {("other-installer", "idna", IDNA)}, exit=0
    ),
    Mutation(
        "INSTALLER changed, and seen by its hash",
        lambda _: {f"{IDNA}/INSTALLER": "conda\n"},
        {("other-installer", "idna", IDNA), ("changed-file", "idna", f"{IDNA}/INSTALLER")},
        INTEGRITY,
    ),
    Mutation(
        ".pth planted", lambda _: {f"{SITE}/zz.pth": "import os"}, {("unowned-file", None, f"{SITE}/zz.pth")}, INTEGRITY
    ),
    Mutation(
        "module planted",
        lambda _: {f"{SITE}/sitecustomize.py": EVIL},
        {("unowned-file", None, f"{SITE}/sitecustomize.py")},
        INTEGRITY,
    ),
    Mutation(
        "module planted into a package",
        lambda _: {f"{SITE}/idna/evil.py": EVIL},
        {("unowned-file", None, f"{SITE}/idna/evil.py")},
        INTEGRITY,
    ),
    Mutation(
        "compiled module planted",
        lambda _: {f"{SITE}/evil.cpython-36m-x86_64-linux-gnu.so": b"\x7fELF"},
        {("unowned-file", None, "evil.cpython-36m-x86_64-linux-gnu.so")},
        INTEGRITY,
    ),
    Mutation(
        "bytecode planted", lambda _: {f"{SITE}/evil.pyc": b"\0"}, {("unowned-file", None, "evil.pyc")}, INTEGRITY
    ),
    Mutation(
        "package planted",
        lambda _: {f"{SITE}/evil/__init__.py": "", f"{SITE}/evil/more.py": EVIL},
        {("unowned-file", None, f"{SITE}/evil")},
        INTEGRITY,
    ),
    Mutation(
        "pip upgraded",
        lambda _: {**removed(f"{SITE}/pip-19.1.1.dist-info"), **distribution("pip", "21.3.1")},
        {("changed-base-distribution", "pip", "pip-21.3.1.dist-info")},
    ),
    Mutation(
        "setuptools removed",
        lambda _: removed(f"{SITE}/setuptools-41.0.1.dist-info"),
        {("changed-base-distribution", "setuptools", None)},
    ),
    Mutation(
        "wheel moved",
        lambda _: {**removed(f"{SITE}/wheel-0.33.4.dist-info"), **distribution("wheel", "0.34.0")},
        {("changed-base-distribution", "wheel", "wheel-0.34.0.dist-info")},
    ),
    Mutation(
        "Python moved",
        lambda _: {"usr/local/include/python3.6m/patchlevel.h": '#define PY_VERSION "3.6.9"\n'},
        {("other-patch-level", None, None)},
        exit=0,
    ),
    Mutation(
        "another Python first on PATH",
        lambda _: {path: data or None for path, data in merged(python("opt/python", "3.7.16")).items()},
        {("other-python", None, None), ("missing-distribution", "idna", None)},
        config={"Env": ["PATH=/opt/python/bin:/usr/local/bin"]},
        at_least=True,
    ),
    Mutation(
        "C library moved",
        lambda _: {"lib/x86_64-linux-gnu/libc.so.6": "GNU C Library (Debian) stable release version 2.31.\n"},
        {("other-libc", None, None)},
    ),
    Mutation("another platform", None, {("other-platform", None, None)}, architecture="arm64"),
]


@pytest.mark.usefixtures("workplace")
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name.replace(" ", "-"))
def test_mutation_is_found_and_named(good: GoodImage, tmp_path: Path, mutation: Mutation) -> None:
    files = mutation.files(good) if mutation.files else None
    layout = good.with_layer(
        tmp_path / "image",
        files,
        instruction=INSTRUCTION,
        config=mutation.config,
        architecture=mutation.architecture,
    )
    ran = run("verify", good.lock, f"oci:{layout}", "--format", "json", *mutation.options)
    assert ran.code == mutation.exit, ran.out + ran.said
    findings = json.loads(ran.out)["examinations"][0]["findings"]
    for rule, name, path in mutation.found:
        named = [one for one in findings if one["rule"] == rule and one["name"] == name and is_at(one, path)]
        assert named, f"{rule} {name} {path}: {ran.out}"
        if path is not None and (rule, path) not in OF_LOWER_LAYERS:
            assert_names_layer(named[0])
    if not mutation.at_least:
        told = {(one["rule"], one["name"]) for one in findings}
        assert told == {(rule, name) for rule, name, _ in mutation.found}, ran.out


def is_at(finding: dict[str, Any], path: str | None) -> bool:
    """Whether it names a path, as its place or beside it, for people and for machines."""
    if path is None:
        return True
    places = [finding["location"], *finding["related"]]
    return any(one["path"].endswith(path) for one in places) and finding["details"]["path"][0].endswith(path)


def assert_names_layer(finding: dict[str, Any]) -> None:
    assert finding["details"]["layer"] == [TOP], finding
    assert finding["details"]["instruction"] == [INSTRUCTION]
    assert finding["details"]["layer-digest"][0].startswith("sha256:")
    assert any(one["message"] == f"layer {TOP}: {INSTRUCTION}" for one in finding["related"])


@pytest.mark.usefixtures("workplace")
@pytest.mark.parametrize("options", [(), INTEGRITY, DEEP], ids=["plain", "integrity", "deep"])
def test_good_image_is_silent(good: GoodImage, tmp_path: Path, options: tuple[str, ...]) -> None:
    layout = good.with_layer(tmp_path / "image")
    for image in (f"oci:{layout}", f"docker-archive:{good.archive}"):
        ran = run("verify", good.lock, image, "--format", "json", *options)
        examination = json.loads(ran.out)["examinations"][0]
        assert (ran.code, examination["findings"], examination["unchecked"]) == (0, [], []), ran.out
        assert ran.said == ""


@pytest.mark.usefixtures("workplace")
def test_what_pip_and_python_make_is_not_told(good: GoodImage, tmp_path: Path) -> None:
    files = {
        f"{SITE}/idna/__pycache__/core.cpython-36.pyc": b"\0",
        f"{SITE}/click/.wh.__pycache__": "",
        f"{SITE}/~dna/core.py": EVIL,
        f"{SITE}/README.txt": "",
        f"{SITE}/distutils-precedence.pth": "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; "
        "enabled = os.environ.get(var, 'local') == 'local'; enabled and __import__('_distutils_hack').add_shim(); \n",
        f"{SITE}/easy-install.pth": "",
    }
    layout = good.with_layer(tmp_path / "image", files)
    ran = run("verify", good.lock, f"oci:{layout}", "--deep")
    assert (ran.code, ran.said) == (0, ""), ran.out


@pytest.mark.usefixtures("workplace")
def test_records_alone_do_not_show_a_forgery(good: GoodImage, tmp_path: Path) -> None:
    layout = good.with_layer(tmp_path / "image", forged(good))
    assert run("verify", good.lock, f"oci:{layout}", "--integrity").code == 0
