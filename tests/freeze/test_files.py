"""Which file of the index each distribution came from: images made of wheels, without a pip."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from support.command_line import run
from support.installed_files import SITE, installed
from support.packages import sdist, wheel

LOCK = "requirements.lock"


def frozen(reference: str, *options: str) -> tuple[str, str]:
    """Freeze, and give the lock and what was said; verify has to find image and lock equal, in all ways."""
    ran = run("freeze", "-o", LOCK, *options, reference)
    assert ran.code == 0, ran.said
    verified = run("verify", "--deep", "--format", "json", LOCK, reference)
    findings = [one for lock in json.loads(verified.out)["examinations"] for one in lock["findings"]]
    assert (verified.code, findings) == (0, []), verified.said
    return Path(LOCK).read_text(), ran.said


def pin_of(lock: str, name: str) -> list[str]:
    """Give the lines of a pin: its hashes and comments."""
    lines = lock.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith((f"{name}==", f"{name} @ ")))
    end = next((number for number in range(start + 1, len(lines)) if not lines[number].startswith(" ")), len(lines))
    return [line.strip().removesuffix(" \\") for line in lines[start:end]]


def hash_of(artifact) -> str:
    return f"--hash=sha256:{artifact.sha256}"


def test_a_wheel_is_told_by_its_tags_and_proven_by_its_record(index, image):
    taken, other = wheel("a", "1.0", tag="cp36-cp36m-linux_x86_64"), wheel("a", "1.0", tag="cp37-cp37m-linux_x86_64")
    index.add(other, taken, sdist("a", "1.0"))
    lock, said = frozen(image(installed(taken)))
    assert pin_of(lock, "a") == ["a==1.0", hash_of(taken)]
    assert "warning" not in said


def test_a_wheel_whose_tags_are_not_those_of_its_file_is_proven_by_its_record(index, image):
    taken = wheel("a", "1.0", tag="cp36-cp36m-linux_x86_64", filename="a-1.0-cp36-cp36m-manylinux1_x86_64.whl")
    index.add(wheel("a", "1.0"), taken)
    lock, _ = frozen(image(installed(taken)))
    assert pin_of(lock, "a") == ["a==1.0", hash_of(taken)]


def test_of_two_builds_the_one_that_is_installed(index, image):
    first, second = (wheel("a", "1.0", build=build, inside={"b.py": f"build = {build}"}) for build in ("1", "2"))
    index.add(first, second)
    lock, said = frozen(image(installed(first)))
    note = "pip 19.1.1 takes `a-1.0-2-py2.py3-none-any.whl`, and refuses its hash"
    assert pin_of(lock, "a") == ["a==1.0", hash_of(first), f"# note: {note}"]
    assert f"warning: `a==1.0` cannot be installed again from this lock: {note}" in said


def test_several_wheels_with_one_record(index, image):
    """Two indexes have the same members, packed in another order."""
    one = wheel("a", "1.0")
    twin = replace(one, content=repacked(one.content))
    twin = replace(twin, sha256=hashlib.sha256(twin.content).hexdigest())
    index.add(one)
    index.index("other").add(twin)
    lock, said = frozen(image(installed(one)), "--extra-index-url", index.url_of("other"))
    note = "which of 2 wheels was installed is not known: their RECORDs are the same"
    assert pin_of(lock, "a") == ["a==1.0", *sorted([hash_of(one), hash_of(twin)]), f"# note: {note}"]
    assert f"warning: `a==1.0`: {note}" in said


def repacked(content: bytes) -> bytes:
    """Give a zip file with its members in the opposite order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in reversed(old.namelist()):
            new.writestr(zipfile.ZipInfo(name), old.read(name))
    return buffer.getvalue()


def test_a_wheel_that_was_changed_is_no_pin(index, image):
    a = wheel("a", "1.0")
    index.add(a)
    lock, said = frozen(image(installed(a, changes={"a.py": b"patched = True\n"})))
    assert f"# unpinned: a 1.0 other-contents at=/{SITE}/a-1.0.dist-info layer=sha256:" in lock
    assert "\na==" not in lock
    assert (
        "warning: `a 1.0` is no pin: no file that an index has: `a-1.0-py2.py3-none-any.whl` comes closest, "
        "and differs in 1 files"
    ) in said


def test_a_wheel_for_many_linuxes_was_not_built_here(index, image):
    """Its Python files are those of the sdist; but no pip gives such a tag to what it builds."""
    gone = wheel("a", "1.0", tag="cp36-cp36m-manylinux1_x86_64")
    index.add(sdist("a", "1.0"))
    lock, _ = frozen(image(installed(gone)))
    assert "# unpinned: a 1.0 other-contents " in lock


def test_built_from_an_sdist(index, image):
    source = sdist("a", "1.0", inside={"b.py": "b = 1\n"})
    built = wheel("a", "1.0", tag="cp36-cp36m-linux_x86_64", inside={"b.py": "b = 1\n", "made.py": "made = 1\n"})
    index.add(source)
    lock, said = frozen(image(installed(built)))
    note = "built from an sdist: 2 of its 3 Python files are in that"
    assert pin_of(lock, "a") == ["a==1.0", hash_of(source), f"# note: {note}"]
    assert f"warning: `a==1.0`: {note}" in said


def test_built_from_an_sdist_whole_is_no_warning(index, image):
    source = sdist("a", "1.0")
    index.add(source)
    lock, said = frozen(image(installed(wheel("a", "1.0", tag="cp36-cp36m-linux_x86_64"))))
    note = "# note: built from an sdist: 1 of its 1 Python files are in that"
    assert pin_of(lock, "a") == ["a==1.0", hash_of(source), note]
    assert "warning" not in said


def test_what_was_built_is_built_again_where_this_pip_would_take_a_wheel(index, image):
    source = sdist("a", "1.0")
    index.add(source, wheel("a", "1.0", tag="cp36-cp36m-manylinux1_x86_64"))
    lock, _ = frozen(image(installed(wheel("a", "1.0", tag="cp36-cp36m-linux_x86_64"))))
    assert hash_of(source) in pin_of(lock, "a")
    assert "--no-binary a\n" in lock
    assert run("check", LOCK).code == 0


def test_installed_by_setup_py(index, image):
    """pip 19 without wheel runs ``setup.py install``: an ``.egg-info``, and a list of files without hashes."""
    source = sdist("a", "1.0", inside={"more.py": "more = 1\n"})
    index.add(source, wheel("b", "1.0"))
    folder = f"{SITE}/a-1.0-py3.6.egg-info"
    lock, _ = frozen(
        image(
            {
                f"{folder}/PKG-INFO": "Metadata-Version: 1.1\nName: a\nVersion: 1.0\n",
                f"{folder}/requires.txt": "b>=1\n",
                f"{folder}/top_level.txt": "a\nmore\n",
                f"{folder}/installed-files.txt": "../a.py\n../more.py\nPKG-INFO\nrequires.txt\n",
                f"{SITE}/a.py": "version = '1.0'\n",
                f"{SITE}/more.py": "more = 1\n",
            },
            installed(wheel("b", "1.0")),
        )
    )
    note = "# note: built from an sdist: 2 of its 2 Python files are in that"
    assert pin_of(lock, "a") == ["a==1.0", hash_of(source), note]
    assert pin_of(lock, "b")[-1] == "# via a (>=1)"


@pytest.mark.parametrize("record", ["", "a.py,,\na-1.0.dist-info/METADATA,,\n"])
def test_without_hashes_in_its_record_only_the_tags_tell(index, image, record):
    a = wheel("a", "1.0")
    index.add(a, wheel("a", "1.0", tag="cp36-cp36m-linux_x86_64"))
    files = installed(a) | {f"{SITE}/a-1.0.dist-info/RECORD": record.encode()}
    ran = run("freeze", "-o", LOCK, image(files))
    assert ran.code == 0, ran.said
    doubt = "not proven: its RECORD has no hashes" if record else "not proven: it has no RECORD"
    assert hash_of(a) in pin_of(Path(LOCK).read_text(), "a")
    assert f"warning: `a==1.0`: {doubt}" in ran.said


def test_a_wheel_that_records_no_hashes_is_told_by_its_tags(index, image):
    """pip has computed hashes of its own; the wheel has none to hold them against."""
    a = wheel("a", "1.0")
    bare = replace(a, content=with_record(a.content, b"a.py,,\na-1.0.dist-info/METADATA,,\na-1.0.dist-info/WHEEL,,\n"))
    bare = replace(bare, sha256=hashlib.sha256(bare.content).hexdigest())
    index.add(bare, sdist("a", "1.0"))
    ran = run("freeze", "-o", LOCK, image(installed(a)))
    assert hash_of(bare) in pin_of(Path(LOCK).read_text(), "a")
    assert "warning: `a==1.0`: not proven: the RECORD of the wheel has no hashes" in ran.said


def with_record(content: bytes, record: bytes) -> bytes:
    """Give a wheel with another RECORD."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), record if name.endswith("/RECORD") else old.read(name))
    return buffer.getvalue()


def test_an_editable_install_of_an_old_pip(index, image):
    """``setup.py develop`` leaves a link; what it needs stands where the sources are."""
    b = wheel("b", "1.0")
    index.add(b)
    lock, _ = frozen(
        image(
            installed(b),
            {
                f"{SITE}/a.egg-link": "/src/a\n.",
                f"{SITE}/easy-install.pth": "/src/a\n",
                "src/a/a.egg-info/PKG-INFO": "Metadata-Version: 1.1\nName: a\nVersion: 1.0\n",
                "src/a/a.egg-info/requires.txt": "b\nc\n",
            },
        )
    )
    assert f"# unpinned: a 1.0 editable at=/{SITE}/a.egg-link from=file:///src/a layer=" in lock
    assert "# inconsistent: c via a\n# roots: a\n" in lock
    assert pin_of(lock, "b")[-1] == "# via a"
    assert run("check", LOCK).code == 0


def test_what_is_not_on_the_index(index, image):
    index.add(wheel("a", "2.0"))
    lock, said = frozen(image(installed(wheel("a", "1.0")), installed(wheel("ours", "0.1"))))
    assert f"# unpinned: a 1.0 not-on-index at=/{SITE}/a-1.0.dist-info layer=" in lock
    assert f"# unpinned: ours 0.1 not-on-index at=/{SITE}/ours-0.1.dist-info layer=" in lock
    assert "# install: --no-deps" not in lock
    assert "warning: `a 1.0` and `ours 0.1` are no pins: no index has such a release" in said


def test_a_pin_that_needs_what_is_no_pin_is_installed_without_dependencies(index, image):
    a = wheel("a", "1.0", requires=["ours>=0.1"])
    index.add(a)
    lock, said = frozen(image(installed(a), installed(wheel("ours", "0.1"))))
    assert "# install: --no-deps\n" in lock
    assert "# satisfied: ours via a (>=0.1)\n" in lock
    assert "`pip install --no-deps --require-hashes -r requirements.lock`" in said
    checked = run("check", LOCK)
    assert checked.code == 0, checked.out


def direct(url: str, **more: object) -> str:
    return json.dumps({"url": url, **more})


@pytest.mark.parametrize(
    ("document", "line"),
    [
        (
            direct("https://git.example/a", vcs_info={"vcs": "git", "commit_id": "c" * 40}),
            f"a 1.0 version-control at=/{SITE}/a-1.0.dist-info from=git+https://git.example/a@{'c' * 40} layer=",
        ),
        (
            direct("file:///src/a", dir_info={"editable": True}),
            f"a 1.0 editable at=/{SITE}/a-1.0.dist-info from=file:///src/a layer=",
        ),
        (
            direct("file:///src/my%20a", dir_info={}),
            f"a 1.0 local at=/{SITE}/a-1.0.dist-info from=file:///src/my%20a layer=",
        ),
        (
            direct("file:///src/a-1.0-py3-none-any.whl", archive_info={}),
            f"a 1.0 local at=/{SITE}/a-1.0.dist-info from=file:///src/a-1.0-py3-none-any.whl layer=",
        ),
    ],
    ids=["version-control", "editable", "folder", "file"],
)
def test_what_pip_cannot_hold_to_a_hash_is_listed_with_its_origin(index, image, document, line):
    index.add(wheel("b", "1.0"))
    lock, _ = frozen(image(installed(wheel("a", "1.0"), direct_url__json=document)))
    assert f"# unpinned: {line}" in lock


@pytest.mark.parametrize("has_hash", [True, False], ids=["hash", "no-hash"])
def test_a_copied_wheel_that_the_index_has_is_pinned_from_there(index, image, has_hash):
    a = wheel("a", "1.0")
    index.add(a)
    archive = {"hash": f"sha256={a.sha256}"} if has_hash else {}
    document = direct("file:///wheels/a-1.0-py2.py3-none-any.whl", archive_info=archive)
    lock, said = frozen(image(installed(a, direct_url__json=document)))
    origin = f"file:///wheels/a-1.0-py2.py3-none-any.whl{f'#sha256={a.sha256}' if has_hash else ''}"
    assert pin_of(lock, "a") == ["a==1.0", hash_of(a), f"# origin: {origin}"]
    assert "warning" not in said


@pytest.mark.usefixtures("index")
def test_a_url_is_pinned_as_such(image):
    a = wheel("a", "1.0")
    url = "https://files.example/a-1.0-py2.py3-none-any.whl"
    document = direct(url, archive_info={"hash": f"sha256={a.sha256}"})
    newer = {**installed(wheel("pip", "21.3.1"))}
    ran = run("freeze", "-o", LOCK, image(installed(a, direct_url__json=document), base=newer))
    assert ran.code == 0, ran.said
    assert pin_of(Path(LOCK).read_text(), "a") == [f"a @ {url}", hash_of(a), "# version: 1.0"]
    assert run("verify", LOCK, "docker-archive:image.tar").code == 0
    assert run("check", LOCK).code == 0


def test_a_url_without_a_hash_is_proven_by_what_it_gives(index, image):
    a = wheel("a", "1.0")
    index.add(a)
    url = f"{index.root}/files/{a.sha256[:16]}/{a.filename}"
    newer = {**installed(wheel("pip", "21.3.1"))}
    lock, _ = frozen(image(installed(a, direct_url__json=direct(url, archive_info={})), base=newer))
    assert pin_of(lock, "a") == [f"a @ {url}", hash_of(a), "# version: 1.0"]


def test_a_url_that_gives_nothing_any_more(index, image):
    url = f"{index.root}/files/0/a-1.0-py2.py3-none-any.whl"
    lock, said = frozen(image(installed(wheel("a", "1.0"), direct_url__json=direct(url, archive_info={}))))
    assert f"# unpinned: a 1.0 not-on-index at=/{SITE}/a-1.0.dist-info from={url} layer=" in lock
    assert "its URL gives nothing any more" in said


@pytest.mark.usefixtures("index")
def test_broken_metadata_is_recorded_as_it_is(image):
    files = installed(wheel("a", "1.0")) | {f"{SITE}/a-1.0.dist-info/METADATA": b"Name: a\n"}
    ran = run("freeze", "-o", LOCK, image(files))
    assert f"# unpinned: a 1.0 broken-metadata at=/{SITE}/a-1.0.dist-info layer=" in Path(LOCK).read_text()
    assert "warning: `a 1.0` is no pin: its metadata has no Version" in ran.said
    assert run("verify", LOCK, "docker-archive:image.tar").code == 0


def test_installed_twice(index, image):
    one, two = wheel("a", "1.0"), wheel("a", "2.0")
    index.add(one, two)
    more = {f"{SITE}/{name}": data for name, data in installed(two, site="").items()}
    more = {path.replace("//", "/"): data for path, data in more.items() if ".dist-info/" in path}
    lock, said = frozen(image(installed(one) | more))
    assert pin_of(lock, "a") == ["a==1.0", hash_of(one)]
    assert f"# unpinned: a 2.0 hidden at=/{SITE}/a-2.0.dist-info layer=" in lock
    assert f"warning: `a` is installed twice: 1.0 is imported, and 2.0 lies in `/{SITE}/a-2.0.dist-info`" in said


def test_names_keep_their_dots_for_an_old_pip(index, image):
    dotted, app = wheel("zope.interface", "5.0"), wheel("app", "1.0", requires=["zope.interface"])
    index.add(dotted, app)
    lock, _ = frozen(image(installed(dotted), installed(app)))
    assert pin_of(lock, "zope.interface") == ["zope.interface==5.0", hash_of(dotted), "# via app"]


def test_a_yanked_file_is_pinned_and_noted(index, image):
    a = wheel("a", "1.0", yanked="broken")
    index.add(a)
    lock, _ = frozen(image(installed(a)))
    assert pin_of(lock, "a") == ["a==1.0", hash_of(a), "# note: yanked: broken"]
