"""An installed RECORD beside that of a wheel; what pip changes when it installs."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest
from support.distribution import Distribution
from support.wheels import build_wheel

from pipfreeze_lock.verify.deep import LockedRecord, compare_records, matching_wheels
from pipfreeze_lock.verify.records import parse_record
from pipfreeze_lock.verify.scripts import was_recorded_before

SITE = "/usr/lib/python3.6/site-packages"
WHEEL = """\
a/x.py,sha256=X,1
a-1.data/scripts/run,sha256=S,1
a-1.data/data/share/a.txt,sha256=D,1
a-1.data/purelib/p.py,sha256=P,1
a-1.data/headers/a.h,sha256=H,1
a-1.dist-info/METADATA,sha256=M,1
a-1.dist-info/RECORD,,
"""
INSTALLED = """\
a/x.py,sha256=X,1
../../../bin/run,sha256=other,9
../../../share/a.txt,sha256=D,1
p.py,sha256=P,1
../../../include/site/python3.6/a/a.h,sha256=H,1
a-1.dist-info/METADATA,sha256=M,1
a-1.dist-info/RECORD,,
a-1.dist-info/INSTALLER,sha256=I,4
a-1.dist-info/REQUESTED,sha256=I,0
a-1.dist-info/direct_url.json,sha256=I,9
a/__pycache__/x.cpython-36.pyc,,
../../../bin/tool,sha256=T,1
"""
SCRIPTS = b"[console_scripts]\ntool = a:main\n# no = a:main\n\n[other]\nthing = a:main\n"


def differences(
    installed: str, wheel: str = WHEEL, names: frozenset[str] = frozenset(), scripts: bytes = SCRIPTS
) -> list:
    locked = LockedRecord(filename="a-1-py3-none-any.whl", names=names, record=wheel.encode(), entry_points=scripts)
    return compare_records(parse_record(installed.encode(), SITE), locked, folder=SITE)


def test_what_pip_changes_is_no_difference() -> None:
    assert differences(INSTALLED) == []


@pytest.mark.parametrize(
    ("installed", "expected"),
    [
        (INSTALLED.replace("a/x.py,sha256=X", "a/x.py,sha256=Y"), [(f"{SITE}/a/x.py", "has another")]),
        (INSTALLED.replace("a/x.py,sha256=X,1\n", ""), [(f"{SITE}/a/x.py", "lacks")]),
        (INSTALLED.replace("p.py,sha256=P", "p.py,sha256=Q"), [(f"{SITE}/p.py", "has another")]),
        (INSTALLED.replace("a.txt,sha256=D", "a.txt,sha256=E"), [("/usr/share/a.txt", "has another")]),
        (INSTALLED.replace("a.h,sha256=H", "a.h,sha256=G"), [("/usr/include/site/python3.6/a/a.h", "has another")]),
        (INSTALLED.replace("../../../bin/run,sha256=other,9\n", ""), [("run", "lacks")]),
        (INSTALLED + "evil.py,sha256=E,1\n", [(f"{SITE}/evil.py", "has, beside those of the wheel,")]),
        (INSTALLED + "evil.py,,\n", [(f"{SITE}/evil.py", "has, beside those of the wheel,")]),
        (INSTALLED + "../../../bin/evil,sha256=E,1\n", [("/usr/bin/evil", "has, beside those of the wheel,")]),
        (INSTALLED + "../../../bin/no,sha256=E,1\n", [("/usr/bin/no", "has, beside those of the wheel,")]),
        (INSTALLED + "../../../bin/thing,sha256=E,1\n", [("/usr/bin/thing", "has, beside those of the wheel,")]),
        (INSTALLED + "a/INSTALLER,sha256=E,1\n", [(f"{SITE}/a/INSTALLER", "has, beside those of the wheel,")]),
    ],
)
def test_differences(installed: str, expected: list[tuple[str, str]]) -> None:
    assert differences(installed) == expected


def test_what_a_wheel_has_and_does_not_record() -> None:
    assert differences(INSTALLED + "a/forgotten.py,,\n", names=frozenset({"a/forgotten.py"})) == []


def test_scripts_of_pip_bear_the_version_of_its_python() -> None:
    more = "".join(f"../../../bin/{name},sha256=E,1\n" for name in ("pip", "pip3", "pip3.6", "easy_install-3.6"))
    scripts = b"[console_scripts]\npip = x\npip3 = x\ntool = a:main\neasy_install = x\n"
    assert differences(INSTALLED + more, scripts=scripts) == []
    assert len(differences(INSTALLED + "../../../bin/pippo,,\n", scripts=scripts)) == 1


@pytest.mark.parametrize(
    ("wheel", "expected"),
    [
        ("Tag: cp36-cp36m-manylinux1_x86_64\n", ["a-1-cp36-cp36m-manylinux1_x86_64.whl"]),
        ("Tag: py2-none-any\nTag: py3-none-any\n", ["a-1-py2.py3-none-any.whl"]),
        ("Tag: cp36-cp36m-linux_x86_64\n", []),
        ("", []),
    ],
)
def test_which_of_several_wheels(wheel: str, expected: list[str]) -> None:
    filenames = ["a-1-cp36-cp36m-manylinux1_x86_64.whl", "a-1-py2.py3-none-any.whl"]
    assert matching_wheels(filenames, wheel.encode()) == expected


@pytest.mark.parametrize("pip", ["9.0.3", "10.0.1", "18.1", "19.1.1", "20.0.2", "20.3.4", "21.3.1"])
def test_real_pips(tmp_path: Path, real_pips, pip: str) -> None:
    """Each pip writes its RECORD in its own way, and none of them is taken for a forgery."""
    inside = {
        "pack-1.0.data/scripts/run": "#!python\nprint(1)\n",
        "pack-1.0.data/data/share/pack/data.txt": "data",
        "pack-1.0.data/purelib/pure.py": "pure = 1\n",
        "pack-1.0.data/headers/pack.h": "/* */",
        "pack-1.0.dist-info/entry_points.txt": "[console_scripts]\ntool = pack:main\n[gui_scripts]\ngui=pack:main\n",
        "pack/ünicode.txt": "ü",
    }
    made = build_wheel(Distribution(name="pack", version="1.0", inside=inside))
    wheel = tmp_path / made.filename
    wheel.write_bytes(made.content)
    ran = real_pips("3.6", pip).run(
        *("install", "--no-index", "--no-deps", "--no-cache-dir", "--prefix", str(tmp_path / "made"), str(wheel))
    )
    assert ran.returncode == 0, ran
    (record,) = (tmp_path / "made").glob("lib/python3.6/site-packages/*.dist-info/RECORD")
    folder = record.parents[1].as_posix()
    with zipfile.ZipFile(wheel) as file:
        locked = LockedRecord(
            filename=made.filename,
            names=frozenset(file.namelist()),
            record=file.read("pack-1.0.dist-info/RECORD"),
            entry_points=file.read("pack-1.0.dist-info/entry_points.txt"),
        )
    rows = parse_record(record.read_bytes(), folder)
    assert compare_records(rows, locked, folder=folder) == []
    script = next(row for row in rows if row.path.endswith("/bin/run"))
    content = Path(script.path).read_bytes()
    assert content != b"#!python\nprint(1)\n"
    assert script.sha256 == hashlib.sha256(content).hexdigest() or was_recorded_before(script, content)
    assert {Path(row.path).name for row in rows} >= {"run", "tool", "gui", "data.txt", "pure.py", "pack.h"}
