from __future__ import annotations

import pytest
from packaging.specifiers import SpecifierSet

from pipfreeze_lock.errors import InputError
from pipfreeze_lock.model.requirement import Requirement, SourceLine
from pipfreeze_lock.requirements.parser import (
    NestedFile,
    OptionLine,
    ParsedFile,
    format_requirement,
    parse_requirement,
    parse_requirements_text,
)

HERE = SourceLine("requirements.txt", 3)
DIGEST = "0123456789abcdef" * 4


def parsed(text: str, **more: object) -> ParsedFile:
    return parse_requirements_text(text, file="requirements.txt", environment={}, **more)  # type: ignore[arg-type]


def one(text: str) -> Requirement:
    return parse_requirement(text, source=HERE)


def problem(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        one(text)
    assert caught.value.context == "requirements.txt:3"
    return caught.value


def test_a_requirement_and_where_it_stands() -> None:
    (requirement,) = parsed(
        "# head\n\nZope.Interface[Test, docs] >=4, <5 \\\n  ; python_version < '3.8' # why\n"
    ).requirements
    assert requirement.name == "zope-interface"
    assert requirement.extras == {"test", "docs"}
    assert requirement.specifier == SpecifierSet(">=4,<5")
    assert str(requirement.marker) == 'python_version < "3.8"'
    assert requirement.source == SourceLine("requirements.txt", 3)
    assert str(requirement.source) == "requirements.txt:3"
    assert requirement.text == "Zope.Interface[Test, docs] >=4, <5   ; python_version < '3.8'"
    assert not requirement.is_constraint


def test_everything_keeps_its_order() -> None:
    entries = parsed("a\n--pre\n-r r.txt\nb\n-c c.txt\n-i https://i.example/\n").entries
    assert [type(entry) for entry in entries] == [
        Requirement,
        OptionLine,
        NestedFile,
        Requirement,
        NestedFile,
        OptionLine,
    ]


def test_options_in_order_of_mention() -> None:
    file = parsed("--extra-index-url https://e.example/ -i https://i.example/ --pre\n--no-binary=a\n")
    assert [(option.name, option.value, option.source.line) for option in file.options] == [
        ("--extra-index-url", "https://e.example/", 1),
        ("--index-url", "https://i.example/", 1),
        ("--pre", "", 1),
        ("--no-binary", "a", 2),
    ]


def test_nested_files() -> None:
    assert parsed("-r a.txt\n--constraint=b.txt\n").nested == (
        NestedFile("a.txt", "requirement", SourceLine("requirements.txt", 1)),
        NestedFile("b.txt", "constraint", SourceLine("requirements.txt", 2)),
    )


def test_hashes_in_order() -> None:
    requirement = one(f"a==1.0 --hash=sha256:{DIGEST.upper()} --hash sha384:{DIGEST}{DIGEST[:32]}")
    assert requirement.hashes == (("sha256", DIGEST), ("sha384", DIGEST + DIGEST[:32]))
    assert requirement.text == "a==1.0"


def test_a_password_is_in_no_repr_and_no_text() -> None:
    file = parsed(
        "--index-url https://user:secret@i.example/\n"
        "-r https://user:secret@r.example/r.txt\n"
        "a @ https://user:secret@h.example/a.zip\n"
    )
    assert "secret" not in repr(file)
    assert file.requirements[0].text == "a @ https://user:****@h.example/a.zip"
    assert file.requirements[0].url
    assert file.requirements[0].url.reveal() == "https://user:secret@h.example/a.zip"


@pytest.mark.parametrize(
    "line",
    [
        "a b https://user:secret@h.example/a.zip",
        "a @ git+https://user:secret@h.example/a",
        "-e git+https://user:se/cr?secret@h.example/a#egg=a",
        "https://user:secret@h.example/x.zip",
        "--index https://user:secret@h.example/ --nonsense=https://user:secret@h.example/",
        "--pre=https://user:secret@h.example/",
        "'https://user:secret@h.example/",
        "a @ https://user:secret@h.example/b-1.0-py3-none-any.whl",
    ],
)
def test_a_password_is_in_no_error(line: str) -> None:
    error = problem(line)
    assert "secret" not in f"{error} {error.hints}"


def test_the_value_of_a_variable_is_in_no_error_and_no_note() -> None:
    text = "a b ${TOKEN}\n--pre ${TOKEN}\n--find-links https://h.example/?t=${TOKEN} -f ${TOKEN}\nc @ git+https://${TOKEN}/c\n"
    file = parse_requirements_text(text, file="r.txt", environment={"TOKEN": "secret!"})
    told = [*file.notes, *map(str, file.errors), *(hint for error in file.errors for hint in error.hints)]
    assert len(told) == 5
    assert "secret!" not in repr(told)
    assert "${TOKEN}" in str(file.errors[0])
    assert file.options[1].value == "https://h.example/?t=secret!"


def test_a_variable_is_not_in_the_text_either() -> None:
    text = "a @ https://h.example/a.zip?t=${TOKEN}\n"
    (requirement,) = parse_requirements_text(text, file="r.txt", environment={"TOKEN": "secret!"}).requirements
    assert requirement.text == "a @ https://h.example/a.zip?t=${TOKEN}"


def test_all_errors_of_a_file() -> None:
    file = parsed("a=1\nb\n\nc==\n--nonsense\n")
    assert [str(error.context) for error in file.errors] == [
        "requirements.txt:1",
        "requirements.txt:4",
        "requirements.txt:5",
    ]
    assert [requirement.name for requirement in file.requirements] == ["b"]


# ---- direct references ----


@pytest.mark.parametrize(
    ("text", "name", "url", "hashes"),
    [
        ("https://h.example/A_b-1.0-py3-none-any.whl", "a-b", "https://h.example/A_b-1.0-py3-none-any.whl", ()),
        ("https://h.example/a-b-1.0.tar.gz", "a-b", "https://h.example/a-b-1.0.tar.gz", ()),
        ("https://h.example/a%2D1.0.zip", "a", "https://h.example/a%2D1.0.zip", ()),
        ("https://h.example/x.zip#egg=A_b", "a-b", "https://h.example/x.zip", ()),
        (
            f"https://h.example/x.zip#egg=a&subdirectory=s/t&sha256={DIGEST}",
            "a",
            "https://h.example/x.zip#subdirectory=s/t",
            (("sha256", DIGEST),),
        ),
        (
            f"a @ https://h.example/x.zip#md5={DIGEST[:32]} --hash=sha256:{DIGEST}",
            "a",
            "https://h.example/x.zip",
            (("sha256", DIGEST), ("md5", DIGEST[:32])),
        ),
        ("a@https://h.example/x.zip", "a", "https://h.example/x.zip", ()),
        ("file:///d/a-1.0.tar.gz", "a", "file:///d/a-1.0.tar.gz", ()),
        ("file:///d/../e/a-1.0.tar.gz", "a", "file:///e/a-1.0.tar.gz", ()),
        ("/d/a b/a-1.0-py3-none-any.whl", "a", "file:///d/a%20b/a-1.0-py3-none-any.whl", ()),
    ],
)
def test_direct_references(text: str, name: str, url: str, hashes: tuple[tuple[str, str], ...]) -> None:
    requirement = one(text)
    assert requirement.url
    assert (requirement.name, requirement.url.reveal(), requirement.hashes) == (name, url, hashes)
    assert requirement.specifier == SpecifierSet()


def test_extras_of_paths_and_fragments() -> None:
    assert one("/d/a-1.0-py3-none-any.whl[X,y_z]").extras == {"x", "y-z"}
    assert one("https://h.example/x.zip#egg=a[X]").extras == {"x"}
    assert one("a[X] @ https://h.example/x.zip").extras == {"x"}


@pytest.mark.parametrize(
    "text", ["https://h.example/a-1-2.tar.gz", "https://h.example/archive/v1.0.zip", "https://h.example/-1.0.zip"]
)
def test_an_archive_whose_name_is_not_to_be_told(text: str) -> None:
    error = problem(text)
    assert "does not say which distribution it is" in error.message
    assert error.hints == (f"Put its name before it: `NAME @ {text}`.",)


@pytest.mark.parametrize(
    ("text", "why", "remedy"),
    [
        ("-e .", "is an editable install, which has no hash", "pip install --no-deps -e ."),
        ("--editable=git+https://h.example/a#egg=a", "is an editable install, which has no hash", "COMMIT.zip"),
        (
            "git+https://github.com/o/r.git@abc#egg=n",
            "is a version control URL, which has no hash",
            "`n @ https://github.com/o/r/archive/abc.zip`",
        ),
        (
            "n @ git+ssh://git@github.com/o/r@abc",
            "is a version control URL, which has no hash",
            "`r @ https://github.com/o/r/archive/abc.zip`",
        ),
        ("hg+https://h.example/a", "is a version control URL, which has no hash", "COMMIT.zip"),
        ("./d", "is a local directory, which has no hash", "pip wheel --no-deps"),
        ("d/", "is a local directory, which has no hash", "pyproject.toml"),
        (".", "is a local directory, which has no hash", "pyproject.toml"),
        ("file:///d", "is a local directory, which has no hash", "pyproject.toml"),
        ("n @ file:///d", "is a local directory, which has no hash", "pyproject.toml"),
        ("ftp://h.example/a-1.0.zip", "has a scheme that no pip downloads from", "https:"),
        ("a @ ./a-1.0.zip", "has no URL after its `@`", "`a @ file:./a-1.0.zip`"),
        ("./x.whl", "is not named as a wheel is", "NAME-VERSION-PYTHON-ABI-PLATFORM.whl"),
        ("https://h.example/x.zip#egg=a==1", "is not the name of a distribution", "NAME @ URL"),
        ("https://[::1/x.zip", "is not a URL", ""),
        ("a @ https://h.example/b-1.0-py3-none-any.whl", "is one of `b`", "`b @ …`"),
    ],
)
def test_what_hash_mode_cannot_take(text: str, why: str, remedy: str) -> None:
    error = problem(text)
    assert why in error.message
    assert remedy in " ".join(error.hints)


# ---- constraints ----


@pytest.mark.parametrize(
    ("text", "why"),
    [("a[x]==1.0", "none with extras"), ("-e .", "no editable ones"), ("git+https://h.example/a", "has no hash")],
)
def test_what_is_no_constraint(text: str, why: str) -> None:
    (error,) = parsed(text, is_constraint=True).errors
    assert why in error.message
    assert error.hints


def test_constraints_are_marked() -> None:
    assert all(requirement.is_constraint for requirement in parsed("a<2\nb==1", is_constraint=True).requirements)


# ---- what pip passes over, and old options ----


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("a --index-url https://i.example/", "pip ignores `--index-url` beside `a`"),
        ("a -r b.txt", "pip ignores `--requirement` beside `a`"),
        ("-r a.txt --pre", "pip ignores `--pre` beside a file that is named"),
        ("-r a.txt -r b.txt", "pip reads `a.txt` alone"),
        ("-f a -f b", "pip ignores `--find-links b`"),
        ("--pre b c", "pip ignores `b c`"),
        (f"--hash=sha256:{DIGEST}", "has no requirement before it"),
        (f"a --hash=sha256:{DIGEST} --hash=sha256:abc", "`sha256:abc` is not a digest"),
        ("a>=1,", "ends in a comma, which pips before 24.1 refuse"),
        ("a --config-settings x=y", "is for the build in the image"),
        ("a --global-option=--x", "made pips before 23.1 build everything from sdists"),
        ("a --install-option=--x", "gone in pip 23.1"),
        ("--process-dependency-links", "`dependency_links` of setup scripts"),
        ("-Z", "gone in pip 20.2"),
        ("--always-unzip", "gone in pip 20.2"),
        ("--use-wheel", "gone in pip 10"),
        ("--no-use-wheel", "taken as `--no-binary :all:`"),
        ("--allow-external x", "`--allow-external x`: gone in pip 10"),
        ("--allow-unverified x", "gone in pip 10"),
        ("--allow-insecure x", "`--allow-unverified x`: gone in pip 10"),
        ("--use-feature fast-deps", "`--use-feature fast-deps`: it switches on"),
        ("--no-require-hashes", "a lock has hashes all the same"),
    ],
)
def test_notes(line: str, note: str) -> None:
    file = parsed(f"\n{line}\n")
    assert not file.errors
    assert len(file.notes) == 1
    assert file.notes[0].startswith("requirements.txt:2: ")
    assert note in file.notes[0]


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("--upgrade", "no option of a requirements file", "belongs on the command line"),
        ("--index-ulr x", "no option of a requirements file", "Did you mean `--index-url`?"),
        ("--requirements a.txt", "no option of a requirements file", "Did you mean `--requirement`?"),
        ("-x", "`-x` is no option", ""),
        ("--no", "may be any of `--no-binary`, `--no-index`, `--no-require-hashes`", "in full"),
        ("--pre=yes", "`--pre` takes no value", "`--pre` alone"),
        ("-r", "`-r` lacks its value", "--requirement VALUE"),
        ("--index-url 'x", "no closing quotation", "Close the quote"),
        (f"a --hash sha256-{DIGEST}", "not a hash that pip takes", f"`--hash=sha256:{DIGEST}`"),
        (f"a --hash SHA256:{DIGEST}", "not a hash that pip takes", f"`--hash=sha256:{DIGEST}`"),
        (f"a --hash=md5:{DIGEST[:32]}", "not a hash that pip takes", "alone"),
        (f"a --hash={DIGEST}", "not a hash that pip takes", "--hash=sha256:DIGEST"),
        ("a --hash=sha256:abc", "is not a digest that a file could have", "64 hexadecimal digits"),
        ("a --config-settings x", "gives no value", "KEY=VALUE"),
        ("--no-binary --pre", "`--no-binary` has the value `--pre`", ":all:"),
        ("- a", "`- a` is no option", "Drop the dash"),
    ],
)
def test_wrong_options(line: str, message: str, hint: str) -> None:
    (error,) = parsed(line).errors
    assert message in error.message
    assert hint in " ".join(error.hints)


def test_a_line_of_options_is_no_requirement_of_the_command_line() -> None:
    assert "is not a requirement" in problem("--pre").message
    assert "is not a requirement" in problem("").message


def test_formatting_reads_back() -> None:
    text = f'a[x,y]<2,>=1 ; python_version < "3" --hash=sha256:{DIGEST}'
    assert format_requirement(one(text)) == text


def test_a_marker_of_endless_depth_is_an_error_like_any_other() -> None:
    assert "nested too deeply" in problem(f"a; {'(' * 5000}os_name == 'x'{')' * 5000}").message


@pytest.mark.parametrize("text", ["a_==1", "a[b_]"])
def test_names_end_in_a_letter_or_digit(text: str) -> None:
    assert "it ends in an underscore" in problem(text).message
