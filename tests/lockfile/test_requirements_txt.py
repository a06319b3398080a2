"""The lock as a requirements file: what is written, and what is read back."""

from __future__ import annotations

import re
import string
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pip._internal.models.index import PyPI

from pipfreeze_lock.errors import LockFileError
from pipfreeze_lock.lockfile import requirements_txt
from pipfreeze_lock.lockfile.header import RESERVED_KEYS
from pipfreeze_lock.lockfile.via import render_via
from pipfreeze_lock.model.lock import LockedSet, Pin, Satisfied, Via
from pipfreeze_lock.model.requirement import FormatControl, IndexOptions, InputFile
from pipfreeze_lock.model.target import BaseDistribution
from pipfreeze_lock.model.url import Url

DIGEST = re.compile(rb"# digest: sha256:[0-9a-f]{64}\n")
A = "sha256:" + "a" * 64
B = "sha256:" + "b" * 64
C = "sha256:" + "c" * 64

FULL_TEXT = f"""\
# pipfreeze-lock 1
# command: pipfreeze-lock lock --base-image python:3.6.8 requirements.txt
# target: cpython 3.6.8 cp36m linux/amd64 glibc-2.24 pip-19.1.1
# base: pip 19.1.1, setuptools 41.0.1, wheel 0.33.4
# satisfied: setuptools via tensorboard (>=41.0.0)
# input: requirements.txt sha256:{"0" * 64}
# constraint: limits.txt sha256:{"1" * 64}
# exclude-newer: 2021-01-16T00:00:00Z
# warning: built under another Python
# digest: sha256:
--index-url https://index.example/simple/
--extra-index-url https://other.example/simple
--find-links wheels
--find-links '/srv/my wheels'
--trusted-host index.example
--no-binary :all:
--only-binary grpcio
--only-binary numpy
grpcio==1.34.1 \\
    --hash={A}
    # note: compiled in the image: no wheel of it that pip 19.1.1 reads
    # via
    #   -c limits.txt (<2)
    #   tensorboard (>=1.24.3)
    #   tensorflow[gpu] (>=1; python_version < "3.7")
requests[socks]==2.22.0 \\
    --hash={A} \\
    --hash={B}
    # via -r requirements.txt ([socks] ==2.22.0)
https://files.example/service_client-0.3-py3-none-any.whl#egg=service-client \\
    --hash={C}
    # version: 0.3
    # via -r requirements.txt
"""


def written(lock: LockedSet) -> LockedSet:
    """What a requirements lock keeps of a lock."""
    pins = tuple(replace(pin, filename=None, files=()) for pin in lock.pins)
    return replace(lock, pins=pins, warnings=())


def small_lock(**words) -> LockedSet:
    pin = Pin(name="flask", version="1.1.1", hashes=(A,), via=(Via("-r", "requirements.txt", constraint="==1.1.1"),))
    fields = {"command": "pipfreeze-lock lock", "target": "t pip-19.1.1", "options": IndexOptions(), "pins": (pin,)}
    return LockedSet(**(fields | words))


def body(data: bytes) -> list[str]:
    return [line for line in data.decode().splitlines() if not line.startswith("#")]


class TestRender:
    def test_everything_has_its_place(self, full_lock):
        text = requirements_txt.render(full_lock).decode()
        assert re.sub(r"(digest: sha256:)[0-9a-f]{64}", r"\1", text) == FULL_TEXT

    def test_order_of_the_values_does_not_matter(self, full_lock):
        shuffled = replace(
            full_lock,
            pins=tuple(replace(pin, via=pin.via[::-1], hashes=pin.hashes[::-1]) for pin in reversed(full_lock.pins)),
            base=full_lock.base[::-1],
        )
        assert requirements_txt.render(shuffled) == requirements_txt.render(full_lock)

    def test_without_hashes(self):
        pin = Pin(name="flask", version="1.1.1", hashes=(), via=())
        assert body(requirements_txt.render(small_lock(pins=(pin,)))) == ["flask==1.1.1"]

    def test_a_version_that_is_none_by_pep_440_is_named_literally(self):
        pin = Pin(name="pytz", version="2004d", hashes=(A,), via=())
        data = requirements_txt.render(small_lock(pins=(pin,)))
        assert body(data)[0] == "pytz===2004d \\"
        assert requirements_txt.parse(data, path="x").pins == (pin,)

    def test_no_credential_and_no_default_index_is_written(self):
        options = IndexOptions(
            index_url=Url("https://user:secret@index.example/simple"),
            extra_index_urls=(Url("https://token@other.example/simple"),),
            find_links=("https://user:secret@files.example/links/",),
            prefer_binary=True,
            pre=True,
        )
        data = requirements_txt.render(small_lock(options=options))
        assert b"secret" not in data
        assert b"token" not in data
        assert body(data)[:3] == [
            "--index-url https://index.example/simple",
            "--extra-index-url https://other.example/simple",
            "--find-links https://files.example/links/",
        ]
        assert b"prefer-binary" not in data
        assert b"--pre" not in data

    @pytest.mark.parametrize("slash", ["", "/"])
    def test_the_default_index_given_by_hand_is_not_written(self, slash):
        options = IndexOptions(index_url=Url(PyPI.simple_url.rstrip("/") + slash))
        assert requirements_txt.render(small_lock(options=options)) == requirements_txt.render(small_lock())

    def test_an_encoding_is_named_where_pip_needs_it(self):
        plain = requirements_txt.render(small_lock())
        assert b"coding" not in plain
        accented = requirements_txt.render(small_lock(command="pipfreeze-lock lock exigé.txt"))
        assert accented.splitlines()[1] == b"# coding: utf-8"
        misleading = requirements_txt.render(small_lock(command="pipfreeze-lock lock --base-image encoding:3.6"))
        assert misleading.splitlines()[1] == b"# coding: utf-8"

    def test_no_text_can_start_a_line_of_its_own(self):
        evil = "x\n--index-url https://evil.example/\r\x0b\x0c\x1c\x85\u2028evil\u2029\\"
        lock = small_lock(
            command=evil,
            remarks=(("warning", evil),),
            base=(BaseDistribution("pip", evil),),
            inputs=(InputFile(path=evil, sha256="0" * 64, role="input"),),
            satisfied=(Satisfied(name="wheel", via=(Via("-r", evil),)),),
            pins=(
                Pin(
                    name="flask",
                    version="1",
                    hashes=(A,),
                    via=(Via("-r", evil), Via("distribution", "a", constraint=">=1", marker=f"os_name == '{evil}'")),
                    notes=(evil,),
                ),
            ),
        )
        data = requirements_txt.render(lock)
        lines = data.decode().splitlines()
        assert [line for line in lines if not line.lstrip().startswith("#")] == ["flask==1 \\", f"    --hash={A}"]
        assert requirements_txt.parse(data, path="x") == lock

    @pytest.mark.parametrize(
        ("pip", "line"),
        [
            ("19.2.3", "https://files.example/service_client-0.3-py3-none-any.whl#egg=service-client \\"),
            ("19.3", "service-client @ https://files.example/service_client-0.3-py3-none-any.whl \\"),
            ("26.3.dev0", "service-client @ https://files.example/service_client-0.3-py3-none-any.whl \\"),
        ],
    )
    def test_older_pips_get_a_direct_reference_in_their_own_form(self, full_lock, pip, line):
        pin = replace(full_lock.pins[2], filename=None, files=())
        lock = small_lock(target=f"cpython 3.6.8 cp36m linux/amd64 glibc-2.24 pip-{pip}", pins=(pin,))
        data = requirements_txt.render(lock)
        assert body(data)[0] == line
        assert requirements_txt.parse(data, path="x") == written(lock)

    def test_older_pips_get_a_fragment_in_their_own_form_too(self):
        url = "https://files.example/a-1.zip#subdirectory=src"
        lock = small_lock(target="t pip-9.0.3", pins=(Pin(name="a", version="1", url=url, hashes=(A,), via=()),))
        data = requirements_txt.render(lock)
        assert body(data)[0] == "https://files.example/a-1.zip#subdirectory=src&egg=a \\"
        assert requirements_txt.parse(data, path="x") == lock

    @pytest.mark.parametrize("value", ["two\nlines", "page\x0cfeed", "line\u2028separator", ""])
    def test_an_option_that_fits_on_no_line_is_refused(self, value):
        with pytest.raises(LockFileError, match="cannot be written on one line") as caught:
            requirements_txt.render(small_lock(options=IndexOptions(find_links=(value,))))
        assert caught.value.hints

    def test_a_remark_cannot_pass_for_a_fact(self):
        with pytest.raises(ValueError, match="digest"):
            requirements_txt.render(small_lock(remarks=(("digest", "sha256:0"),)))


class TestRead:
    def test_round_trip(self, full_lock):
        read = requirements_txt.read(requirements_txt.render(full_lock), path="requirements.lock")
        assert read.lock == written(full_lock)
        assert read.digest_ok
        assert read.problems == ()

    def test_an_empty_lock(self):
        lock = small_lock(pins=())
        assert requirements_txt.parse(requirements_txt.render(lock), path="x") == lock

    def test_what_git_and_editors_do_is_told_and_undone(self):
        data = requirements_txt.render(small_lock())
        changed = b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n").removesuffix(b"\r\n")
        read = requirements_txt.read(changed, path="x")
        assert read.lock == small_lock()
        assert read.digest_ok
        assert [problem.message for problem in read.problems] == [
            "lines end in CRLF instead of LF",
            "the file starts with a byte order mark",
            "the last line has no line end",
        ]

    def test_a_hand_edit_shows(self):
        data = requirements_txt.render(small_lock()).replace(b"flask==1.1.1", b"flask==1.1.2")
        read = requirements_txt.read(data, path="x")
        assert read.lock.pins[0].version == "1.1.2"
        assert not read.digest_ok
        assert [(problem.line, problem.message) for problem in read.problems] == [
            (4, "the file was changed after it was written: its digest differs")
        ]

    @pytest.mark.parametrize("digest", [b"", b"# digest: sha256:12\n", b"# digest:\n"])
    def test_a_damaged_digest_is_no_reason_not_to_read(self, digest):
        read = requirements_txt.read(DIGEST.sub(digest, requirements_txt.render(small_lock())), path="x")
        assert read.lock == small_lock()
        assert not read.digest_ok
        assert len(read.problems) == 1

    def test_lines_that_nobody_reads_are_told(self):
        data = requirements_txt.render(small_lock()) + b"\n# remember the milk\n"
        problems = requirements_txt.read(data, path="x").problems
        assert [problem.line for problem in problems] == [4, 8, 9]

    def test_a_pin_added_by_hand_has_its_name_normalised(self):
        data = requirements_txt.render(small_lock()) + b"Django.Ext==3\n"
        assert [pin.name for pin in requirements_txt.parse(data, path="x").pins] == ["django-ext", "flask"]

    @pytest.mark.parametrize(
        ("data", "line", "message"),
        [
            (b"# pipfreeze-lock 2\n", 1, "it has format version 2, and this release reads version 1"),
            (b"flask==1\n", 1, "it is not a lock of ours: its first line is not `# pipfreeze-lock 1`"),
            (b"", 1, "it is not a lock of ours: its first line is not `# pipfreeze-lock 1`"),
            (
                b"#\n# This file is autogenerated by pip-compile with Python 3.11\n",
                1,
                "it is not a lock of ours, `pip-compile` made it: its first line is not `# pipfreeze-lock 1`",
            ),
            (b"# pipfreeze-lock 1\n# command: x\n", 1, "it has no `# target:` line"),
            (b"# pipfreeze-lock 1\n# target: x\n", 1, "it has no `# command:` line"),
            (
                b"# pipfreeze-lock 1\n# target: x\n# target: x\n",
                3,
                "the `target` line is damaged: it stands there twice",
            ),
            (b"# pipfreeze-lock 1\n# base: pip\n", 2, "the `base` line is damaged: `pip` is not a name and a version"),
            (
                b"# pipfreeze-lock 1\n# input: a.txt\n",
                2,
                "the `input` line is damaged: expected a path, `sha256:` and 64 hexadecimal digits",
            ),
            (
                b"# pipfreeze-lock 1\n# satisfied: wheel via (x\n",
                2,
                "the `satisfied` line is damaged: `(x` does not say who asks",
            ),
            (b"# pipfreeze-lock 1\n\nflask>=1\n", 3, "`flask>=1` is no pin that a lock has"),
            (b"# pipfreeze-lock 1\n\nflask==1\nflask==2\n", 4, "`flask` is pinned twice"),
            (
                b"# pipfreeze-lock 1\nflask==1 \\\n    --hash=sha256:aa\n    # via (\n",
                4,
                "`via (` does not say who asks for `flask`",
            ),
            (b"# pipfreeze-lock 1\nflask==1\n    # x\n", 3, "`# x` is no comment that a lock has at a pin"),
            (
                b"# pipfreeze-lock 1\nflask @ https://files.example/flask.whl\n",
                2,
                "the direct reference of `flask` has no `# version:` line below it",
            ),
            (
                b"# pipfreeze-lock 1\n# command: x\n# target: x\n--index https://index.example\n",
                4,
                "`--index` is no option that a lock may hold",
            ),
            (b"# pipfreeze-lock 1\n# command: \xff\n", 2, "it is not UTF-8: byte 0xff cannot be read"),
            (b"# pipfreeze-lock 1\n\n<<<<<<< HEAD\n", 3, "it has merge-conflict markers"),
            (b"<<<<<<< HEAD\n# pipfreeze-lock 1\n", 1, "it has merge-conflict markers"),
        ],
    )
    def test_what_cannot_be_read_is_told_with_its_line(self, data, line, message):
        with pytest.raises(LockFileError) as caught:
            requirements_txt.read(data, path="requirements.lock")
        assert caught.value.message == message
        assert caught.value.context == f"requirements.lock:{line}"
        assert caught.value.hints

    def test_a_lock_of_any_version_is_known(self):
        assert requirements_txt.is_lock(b"# pipfreeze-lock 12\n")
        assert requirements_txt.is_lock(b"\xef\xbb\xbf# pipfreeze-lock 1\r\n")
        assert not requirements_txt.is_lock(b"flask==1\n")


DIRECT = "https://files.example/some-1.0.tar.gz"
names = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
texts = st.text(st.characters(codec=None), max_size=30)
words = texts.filter(bool)
versions = st.one_of(
    st.from_regex(r"(1!)?(0|[1-9][0-9]{0,3})(\.(0|[1-9][0-9]?)){0,3}((a|b|rc)[1-9])?(\+cu118)?", fullmatch=True),
    st.from_regex(r"[0-9]{4}[a-z]", fullmatch=True),
)
hashes = st.lists(st.from_regex(r"sha(256|512):[0-9a-f]{64}", fullmatch=True), max_size=3, unique=True)
specifiers = st.sampled_from(["", ">=1", "!=1.5,>=1", "==1.*", "~=1.4.2", "===2004d", "@ https://h.example/a;b.whl"])
markers = (
    st.none() | st.sampled_from(['python_version < "3.7"', 'os_name == "nt" and (a == ")" or b == "; x")']) | words
)


@st.composite
def vias(draw) -> Via:
    constraint, marker = draw(specifiers), draw(markers)
    extras = tuple(sorted(draw(st.sets(names, max_size=2))))
    kind = draw(st.sampled_from(["-c", "-r", "distribution"]))
    if kind == "distribution":
        return Via(kind, draw(names), draw(st.none() | names), constraint, marker, extras)
    return Via(kind, draw(words), None, constraint, marker, extras)


def sorted_vias(max_size):
    return st.sets(vias(), max_size=max_size).map(lambda found: tuple(sorted(found, key=render_via)))


@st.composite
def pins(draw) -> Pin:
    return Pin(
        name=draw(names),
        version=draw(versions),
        extras=tuple(sorted(draw(st.sets(names, max_size=2)))),
        url=draw(st.none() | st.sampled_from([DIRECT, f"{DIRECT}#subdirectory=src"])),
        hashes=tuple(sorted(draw(hashes))),
        via=draw(sorted_vias(4)),
        notes=tuple(draw(st.lists(texts, max_size=2))),
    )


paths = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"), min_size=1
).map(lambda text: f"./{text}")
urls = st.sampled_from(["https://index.example/simple/", "http://10.0.0.1:8080/a", "https://h.example/~me/%20/"]).map(
    Url
)


@st.composite
def options(draw) -> IndexOptions:
    only = draw(st.sets(names | st.just(":all:"), max_size=2))
    no = draw(st.sets(names | st.just(":all:"), max_size=2)) - only
    if ":all:" in only:
        only = {":all:"}
    if ":all:" in no:
        no = {":all:"}
    return IndexOptions(
        index_url=draw(st.none() | urls),
        extra_index_urls=tuple(draw(st.lists(urls, max_size=2))),
        find_links=tuple(draw(st.lists(paths, max_size=2))),
        no_index=draw(st.booleans()),
        trusted_hosts=tuple(draw(st.lists(st.sampled_from(["index.example", "index.example:8080"]), max_size=2))),
        format_control=FormatControl(no_binary=frozenset(no), only_binary=frozenset(only)),
    )


remark_keys = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True).filter(lambda key: key not in RESERVED_KEYS)
inputs = st.builds(
    InputFile,
    path=words,
    sha256=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    role=st.sampled_from(["input", "requirement", "constraint"]),
)


@st.composite
def locks(draw) -> LockedSet:
    return LockedSet(
        command=draw(texts),
        target=draw(st.sampled_from(["t pip-19.1.1", "t pip-9.0.3"]) | texts),
        base=tuple(sorted(draw(st.sets(st.builds(BaseDistribution, names, words), max_size=3)))),
        satisfied=tuple(
            Satisfied(name=name, via=draw(sorted_vias(2))) for name in sorted(draw(st.sets(names, max_size=2)))
        ),
        inputs=tuple(draw(st.lists(inputs, max_size=3))),
        remarks=tuple(draw(st.lists(st.tuples(remark_keys, texts), max_size=3))),
        options=draw(options()),
        pins=tuple(
            sorted(draw(st.lists(pins(), max_size=4, unique_by=lambda pin: pin.name)), key=lambda pin: pin.name)
        ),
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(locks())
def test_whatever_is_written_is_read_back(lock):
    data = requirements_txt.render(lock)
    read = requirements_txt.read(data, path="x")
    assert read.lock == lock
    assert read.digest_ok
    assert read.problems == ()
    assert requirements_txt.render(read.lock) == data


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(locks())
def test_pip_sees_options_and_pins_alone(lock):
    lines = requirements_txt.render(lock).decode().splitlines()
    seen = [line for line in lines if line and not line.lstrip().startswith("#")]
    allowed = re.compile(r"--(index-url|extra-index-url|find-links|no-index|trusted-host|no-binary|only-binary)( .+)?")
    pinned = re.compile(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?(={2,3}\S+| @ \S+)|https://\S+[#&]egg=\S+")
    for line in seen:
        stripped = line.removesuffix(" \\")
        assert allowed.fullmatch(stripped) or pinned.fullmatch(stripped) or stripped.startswith("    --hash=")
    assert not set("".join(lines)) & set(string.whitespace) - {" ", "\t"}  # a folder may have a tab in its name
