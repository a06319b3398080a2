from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from pipfreeze_lock.errors import InputError, NetworkError
from pipfreeze_lock.model.requirement import FormatControl, IndexOptions, ReleaseControl, RequirementSet, SourceLine
from pipfreeze_lock.model.url import Url
from pipfreeze_lock.requirements.loader import load_requirements
from pipfreeze_lock.requirements.parser import parse_requirement
from pipfreeze_lock.requirements.problems import RequirementsError

if TYPE_CHECKING:
    from collections.abc import Sequence


class Files:
    """Files by location, and what was read of them."""

    def __init__(self, **files: str | bytes) -> None:
        self.files = {
            name: content.encode() if isinstance(content, str) else content for name, content in files.items()
        }
        self.read: list[str] = []

    def __call__(self, location: str) -> bytes:
        self.read.append(location)
        if location not in self.files:
            msg = f"there is no file `{location}`"
            raise InputError(msg, context=location, hints=["Look again."])
        return self.files[location]


def load(
    files: dict[str, str | bytes], inputs: Sequence[str] = ("requirements.txt",), **more: object
) -> RequirementSet:
    arguments = {"read": Files(**files), "environment": {}} | more
    return load_requirements(inputs, **arguments)  # type: ignore[arg-type]


def failing(files: dict[str, str | bytes], **more: object) -> InputError:
    with pytest.raises(InputError) as caught:
        load(files, **more)  # type: ignore[arg-type]
    return caught.value


def places(result: RequirementSet) -> list[str]:
    return [f"{requirement.name} {requirement.source}" for requirement in result.requirements]


def test_requirements_in_order_with_their_places() -> None:
    result = load({"requirements.txt": "a\n-r more.txt\nd\n", "more.txt": "\nb\nc\n"})
    assert places(result) == ["a requirements.txt:1", "b more.txt:2", "c more.txt:3", "d requirements.txt:3"]


def test_files_are_relative_to_the_file_that_names_them() -> None:
    files = {
        "in/requirements.txt": "-r sub/one.txt\n-r /abs/two.txt\n",
        "in/sub/one.txt": "a\n-c ../../limits.txt\n",
        "limits.txt": "a<2\n",
        "/abs/two.txt": "b\n-r three.txt\n",
        "/abs/three.txt": "c\n",
    }
    result = load(files, ["in/requirements.txt"])
    assert places(result) == ["a in/sub/one.txt:1", "b /abs/two.txt:1", "c /abs/three.txt:1"]
    assert [str(constraint.source) for constraint in result.constraints] == ["limits.txt:1"]


def test_urls_are_relative_to_urls() -> None:
    files = {
        "https://u:p@h.example/d/r.txt": "a\n-r sub/s.txt\n-c /c.txt\n",
        "https://u:p@h.example/d/sub/s.txt": "b\n",
        "https://u:p@h.example/c.txt": "b<2\n-r https://o.example/o.txt\n",
        "https://o.example/o.txt": "c\n",
    }
    result = load(files, ["https://u:p@h.example/d/r.txt"])
    assert places(result) == [
        "a https://h.example/d/r.txt:1",
        "b https://h.example/d/sub/s.txt:1",
        "c https://o.example/o.txt:1",
    ]
    assert "u:p" not in repr(result)


def test_a_file_may_name_a_url() -> None:
    result = load({"sub/r.txt": "-r https://h.example/r.txt\n", "https://h.example/r.txt": "a\n"}, ["sub/r.txt"])
    assert places(result) == ["a https://h.example/r.txt:1"]


def test_standard_input_is_relative_to_the_current_directory() -> None:
    result = load({"-": "a\n-r sub/r.txt\n", "sub/r.txt": "b\n"}, ["-"])
    assert places(result) == ["a -:1", "b sub/r.txt:1"]


def test_every_file_is_listed_with_its_hash() -> None:
    files: dict[str, str | bytes] = {
        "b.txt": "-r ./sub/../r.txt\n-c c.txt\n",
        "r.txt": "a\n",
        "c.txt": "a<2\n",
        "limits.txt": "a<3\n",
    }
    result = load(files, ["./b.txt"], constraints=["limits.txt"], read=Files(**files, **{"./b.txt": files["b.txt"]}))
    assert [(one.path, one.role) for one in result.inputs] == [
        ("b.txt", "input"),
        ("r.txt", "requirement"),
        ("limits.txt", "constraint"),
        ("c.txt", "constraint"),
    ]
    assert result.inputs[1].sha256 == sha256(b"a\n").hexdigest()


def test_a_file_named_twice_counts_once_in_each_role() -> None:
    files = {"requirements.txt": "-r a.txt\n-c a.txt\n-r ./a.txt\n-r b.txt\n", "a.txt": "a\n", "b.txt": "-r a.txt\n"}
    read = Files(**files)
    result = load({}, read=read)
    assert places(result) == ["a a.txt:1"]
    assert [str(one.source) for one in result.constraints] == ["a.txt:1"]
    assert read.read == ["requirements.txt", "a.txt", "b.txt"]
    assert [one.path for one in result.inputs] == ["requirements.txt", "a.txt", "b.txt"]


def test_files_that_name_each_other_in_a_thousand_ways_are_read_once() -> None:
    files = {f"{number}.txt": f"-r {number + 1}.txt\n-r ./{number + 1}.txt\np{number}\n" for number in range(60)}
    assert len(load({**files, "60.txt": "x\n"}, ["0.txt"]).requirements) == 61


def test_requirements_inside_constraints_are_requirements_as_in_pip() -> None:
    files = {"requirements.txt": "-c c.txt\n", "c.txt": "a<2\n-r r.txt\n", "r.txt": "b\n"}
    result = load(files)
    assert [one.name for one in result.requirements] == ["b"]
    assert [one.name for one in result.constraints] == ["a"]


@pytest.mark.parametrize(
    ("files", "way", "context"),
    [
        (
            {"requirements.txt": "\n-r requirements.txt\n"},
            "`requirements.txt` -> `requirements.txt`",
            "requirements.txt:2",
        ),
        (
            {
                "requirements.txt": "-r s/a.txt\n",
                "s/a.txt": "-c b.txt\n",
                "s/b.txt": "-r ../s/a.txt\n",
                "unread": "",
            },
            "`s/a.txt` -> `s/b.txt` -> `s/a.txt`",
            "s/b.txt:1",
        ),
    ],
)
def test_cycles_are_named(files: dict[str, str | bytes], way: str, context: str) -> None:
    error = failing(files)
    assert way in error.message
    assert error.context == context
    assert error.hints


def test_requirements_of_the_command_line_come_first() -> None:
    given = parse_requirement("z==1", source=SourceLine("", 0))
    assert [one.name for one in load({"requirements.txt": "a\n"}, requirements=[given]).requirements] == ["z", "a"]


def test_variables() -> None:
    files = {
        "requirements.txt": "-r ${SUB}/r.txt\n--index-url https://${USER}:${PASS}@i.example/\n",
        "sub/r.txt": "a\n",
    }
    result = load(files, environment={"SUB": "sub", "USER": "u", "PASS": "secret"})
    assert places(result) == ["a sub/r.txt:1"]
    assert result.options.index_url == Url("https://u:secret@i.example/")
    assert "secret" not in repr(result)


# ---- errors ----


def test_all_errors_of_all_files_at_once() -> None:
    files: dict[str, str | bytes] = {
        "requirements.txt": "a=1\n-r missing.txt\n-r more.txt\n",
        "more.txt": "b\nc ==\n-e .\n",
    }
    error = failing(files)
    assert isinstance(error, RequirementsError)
    assert error.message == "4 problems in the requirements"
    assert error.context
    assert [line.partition(": ")[0] for line in error.context.splitlines()] == [
        "requirements.txt:1",
        "requirements.txt:2",
        "more.txt:2",
        "more.txt:3",
    ]
    assert "Did you mean `a==1`?" in error.hints
    assert len(error.problems) == 4


def test_one_error_is_raised_as_it_is() -> None:
    error = failing({"requirements.txt": "a=1\n"})
    assert not isinstance(error, RequirementsError)
    assert str(error).startswith("requirements.txt:1: `a=1` is not a requirement")


def test_a_missing_file_is_told_where_it_is_named() -> None:
    error = failing({"requirements.txt": "a\n-r missing.txt\n"})
    assert str(error) == "requirements.txt:2: there is no file `missing.txt`"
    assert error.hints == ("Look again.",)


def test_a_missing_input() -> None:
    assert failing({}).context == "requirements.txt"


def test_a_network_error_is_no_problem_of_the_file() -> None:
    def read(location: str) -> bytes:
        msg = "down"
        raise NetworkError(msg, context=location)

    with pytest.raises(NetworkError):
        load({}, read=read)


@pytest.mark.parametrize(
    ("content", "context", "message"),
    [
        (b"a\n\xff\n", "requirements.txt:2", "is not UTF-8"),
        (b"# coding: ascii\n\xff\n", "requirements.txt:2", "is not ASCII, as its `coding:` comment says"),
        (b"# coding: klingon\na\n", "requirements.txt:1", "`klingon`"),
        (b"# coding: hex\na\n", "requirements.txt:1", "is no text encoding"),
        (b"\xff\xfea", "requirements.txt:1", "as its byte order mark says"),
        (b"PK\x03\x04\0\0", "requirements.txt", "this is no text file"),
    ],
)
def test_what_cannot_be_decoded(content: bytes, context: str, message: str) -> None:
    error = failing({"requirements.txt": content})
    assert error.context == context
    assert message in error.message


# ---- options ----


def options(text: str, given: IndexOptions | None = None, **more: object) -> IndexOptions:
    return load({"requirements.txt": text}, options=given, **more).options  # type: ignore[arg-type]


FIRST, SECOND, EXTRA, MORE = (Url(f"https://{name}.example/simple/") for name in "ijef")
GIVEN = IndexOptions(index_url=FIRST, extra_index_urls=(EXTRA,), find_links=("l",), trusted_hosts=("h",), pre=True)


def test_the_command_lines_options_stay() -> None:
    assert options("a\n", GIVEN) == GIVEN


def test_a_files_index_replaces_and_the_rest_is_appended() -> None:
    text = f"--find-links m\n--extra-index-url {MORE.reveal()}\n--trusted-host k\n"
    result = options(text, GIVEN)
    assert result.index_url == FIRST
    assert result.extra_index_urls == (EXTRA, MORE)
    assert result.find_links == ("l", "m")
    assert result.trusted_hosts == ("h", "k")
    # pip: a file's --index-url drops all that was named before, extra ones too.
    result = options(f"--index-url {SECOND.reveal()}\n{text}", GIVEN)
    assert (result.index_url, result.extra_index_urls) == (SECOND, (MORE,))


def test_extra_indexes_beside_the_default_one() -> None:
    result = options(f"--extra-index-url {EXTRA.reveal()}\n")
    assert (result.index_url, result.extra_index_urls) == (None, (EXTRA,))


def test_no_index_is_final() -> None:
    result = options(f"--no-index\n--index-url {SECOND.reveal()}\n", GIVEN)
    assert (result.index_url, result.extra_index_urls, result.no_index) == (None, (), True)
    result = options(f"--index-url {SECOND.reveal()}\n", IndexOptions(no_index=True))
    assert (result.index_url, result.no_index) == (None, True)


def test_options_of_constraints_come_first() -> None:
    files = {"requirements.txt": "--only-binary a\n", "c.txt": "--no-binary a,b\n"}
    result = load(files, constraints=["c.txt"])
    assert result.options.format_control == FormatControl(no_binary=frozenset("b"), only_binary=frozenset("a"))


def test_find_links_beside_the_file_that_names_it() -> None:
    files = {"requirements.txt": "-r s/r.txt\n", "s/r.txt": "-f links\n-f other\n-f https://l.example/\n"}
    result = load(files, exists=lambda path: path == "s/links")
    assert result.options.find_links == ("s/links", "other", "https://l.example/")


def test_flags() -> None:
    result = options("--pre\n--prefer-binary\n--require-hashes\n")
    assert (result.pre, result.prefer_binary, result.require_hashes) == (True, True, True)
    assert options("a\n") == IndexOptions()


def test_releases() -> None:
    assert options("--only-final :all:\n", GIVEN).pre is False
    assert options("--all-releases :all:\n").pre is True
    result = options("--pre\n--only-final a,B_c\n--all-releases d\n")
    assert result.pre
    assert result.release_control == ReleaseControl(only_final=frozenset(["a", "b-c"]), all_releases=frozenset("d"))


def test_no_use_wheel() -> None:
    assert options("--no-use-wheel\n").format_control == FormatControl(no_binary=frozenset([":all:"]))


def test_notes_of_all_files() -> None:
    result = load({"requirements.txt": "-Z\n-r more.txt\n", "more.txt": "--use-wheel\n"})
    assert [note.partition(": ")[0] for note in result.notes] == ["requirements.txt:1", "more.txt:1"]
