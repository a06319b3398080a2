"""Lines as an image was made from: taken though no hash can hold them, and named by what is installed from there."""

from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name

from pipfreeze_lock.model.origin import is_same_origin
from pipfreeze_lock.model.requirement import Requirement, RequirementSet, UnnamedRequirement
from pipfreeze_lock.requirements.loader import load_requirements
from pipfreeze_lock.requirements.naming import KnownOrigin, has_no_hash, with_names
from pipfreeze_lock.requirements.parser import ParsedFile, format_requirement, parse_requirements_text

COMMIT, OTHER = "a" * 40, "b" * 40


def parsed(text: str, *, is_constraint: bool = False, of_installed: bool = True) -> ParsedFile:
    return parse_requirements_text(
        text,
        file="r.txt",
        environment={"TOKEN": "secret"},
        is_constraint=is_constraint,
        of_installed=of_installed,
    )


@pytest.mark.parametrize(
    ("line", "name", "url"),
    [
        ("git+https://h.example/x@v1#egg=x", "x", "git+https://h.example/x@v1"),
        ("x @ git+https://h.example/x.git@v1", "x", "git+https://h.example/x.git@v1"),
        ("x @ git+file:///srv/x@v1", "x", "git+file:///srv/x@v1"),
        ("git+ssh://git@h.example/o/x@v1#egg=X.y&subdirectory=s", "x-y", "git+ssh://h.example/o/x@v1#subdirectory=s"),
        ("-e git+https://h.example/x@feature/y#egg=x[Extra]", "x", "git+https://h.example/x@feature/y"),
        ("--editable=hg+https://h.example/x#egg=x", "x", "hg+https://h.example/x"),
        ("-e 'x[extra] @ git+https://h.example/x'", "x", "git+https://h.example/x"),
        ("git+https://${TOKEN}@h.example/x#egg=x", "x", "git+https://h.example/x"),
        ("x @ file:///srv/x/", "x", "file:///srv/x"),
        ("./x-1.0-py3-none-any.whl[extra]", "x", "file:x-1.0-py3-none-any.whl"),
        ("../dist/x-1.0.tar.gz", "x", "file:../dist/x-1.0.tar.gz"),
        ("file:///srv/x-1.0.zip#egg=x", "x", "file:///srv/x-1.0.zip"),
        (f"x @ https://h.example/x.zip#sha256={64 * '0'}", "x", "https://h.example/x.zip"),
    ],
)
def test_a_line_with_a_name(line, name, url):
    file = parsed(line)
    assert file.errors == ()
    (requirement,) = file.requirements
    assert requirement.name == name
    assert requirement.url is not None
    assert requirement.url.without_credentials == url
    assert requirement.is_editable == line.startswith("-")
    assert ("extra" in requirement.extras) == ("xtra]" in line)
    assert "secret" not in requirement.text
    assert requirement.source.line == 1


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("./src/x ; python_version > '3'", "file:src/x"),
        ("-e .", "file:."),
        ("-e src[extra]", "file:src"),
        ("-e x", "file:x"),
        ("..", "file:.."),
        ("/srv/a b", "file:///srv/a%20b"),
        ("file:./x", "file:x"),
        ("git+https://h.example/x", "git+https://h.example/x"),
        ("https://h.example/archive.zip", "https://h.example/archive.zip"),
    ],
)
def test_a_line_without(line, url):
    file = parsed(line)
    assert file.errors == ()
    (unnamed,) = file.unnamed
    assert isinstance(unnamed, UnnamedRequirement)
    assert unnamed.url.reveal() == url
    assert unnamed.is_editable == line.startswith("-e")
    assert unnamed.text == line
    assert (unnamed.marker is not None) == (";" in line)
    assert ("extra" in unnamed.extras) == ("[extra]" in line)


@pytest.mark.parametrize(
    "line",
    [
        "git+https://h.example/x#egg=x",
        "x @ git+https://h.example/x",
        "-e ./x",
        "./x",
        "-e git+https://h.example/x#egg=x",
    ],
)
def test_lock_takes_none_of_them(line):
    (error,) = parsed(line, of_installed=False).errors
    assert "has no hash" in error.message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x @ ssh://git@h.example/x", "has a scheme that no pip installs from"),
        ("ftp://h.example/x.zip", "has a scheme that no pip installs from"),
        ("x @ v1", "has no URL after its `@`"),
        ("git+https://[h.example/x", "is not a URL"),
        ("x @ https://h.example/y-1.0-py3-none-any.whl", "and the wheel is one of `y`"),
        ("./x.whl", "is not named as a wheel is"),
        ("git+https://h.example/x#egg=x==1", "is not the name of a distribution"),
        ("./x[", "is a "),
    ],
)
def test_what_no_pip_takes(line, message):
    file = parsed(line)
    if message == "is a ":  # a folder may have any name
        assert file.unnamed
        return
    (error,) = file.errors
    assert message in error.message
    assert error.context == "r.txt:1"


@pytest.mark.parametrize(
    ("line", "message"),
    [("-e ./x", "no editable ones"), ("./x", "does not say which distribution it is")],
)
def test_constraints_need_a_name(line, message):
    (error,) = parsed(line, is_constraint=True).errors
    assert message in error.message


def test_a_constraint_may_be_a_checkout():
    (requirement,) = parsed("x @ git+https://h.example/x@v1", is_constraint=True).requirements
    assert requirement.is_constraint


def test_other_options_beside_an_editable_are_noted():
    file = parsed("-e ./x -r other.txt --no-binary y\n")
    assert [type(entry).__name__ for entry in file.entries] == ["UnnamedRequirement", "OptionLine"]
    assert file.notes == ("r.txt:1: pip ignores `--requirement` beside `-e ./x`: give it a line of its own",)


def test_a_whole_set():
    files = {
        "r.txt": b"-r more.txt\n-c c.txt\n./x\n",
        "more.txt": b"-e git+https://h.example/y#egg=y\n",
        "c.txt": b"y @ git+https://h.example/y\n",
        "pyproject.toml": b'[project]\nname = "n"\ndependencies = ["z @ git+https://h.example/z@v1"]\n',
    }
    found = load_requirements(["r.txt", "pyproject.toml"], read=files.__getitem__, environment={}, of_installed=True)
    assert [one.name for one in found.requirements] == ["y", "z"]
    assert [str(one.source) for one in found.unnamed] == ["r.txt:3"]
    assert [one.name for one in found.constraints] == ["y"]


@pytest.mark.parametrize(
    ("line", "without"),
    [
        ("x @ git+https://h.example/x", True),
        ("x @ file:///srv/x", True),
        ("-e ./x-1.0.zip", True),
        ("x @ file:///srv/x.zip", False),
        ("x @ https://h.example/x.zip", False),
        ("x==1", False),
    ],
)
def test_what_has_no_hash(line, without):
    (requirement,) = parsed(line).requirements
    assert has_no_hash(requirement) == without
    assert "x" in format_requirement(requirement)


@pytest.mark.parametrize(
    ("asked", "origin", "same"),
    [
        (f"git+https://h/x@{COMMIT}", f"git+https://h/x@{COMMIT}", True),
        (f"git+https://h/x.git@{COMMIT}", f"git+https://h/x/@{COMMIT}", True),
        (f"git+https://h/x@{OTHER}", f"git+https://h/x@{COMMIT}", False),
        (f"git+https://h/x@{COMMIT[:8]}", f"git+https://h/x@{COMMIT}", True),
        (f"git+https://h/x@{OTHER[:8]}", f"git+https://h/x@{COMMIT}", None),  # it may be the name of a branch
        ("git+https://h/x@feature/y", f"git+https://h/x@{COMMIT}", None),
        ("git+https://h/x", f"git+https://h/x@{COMMIT}", None),
        ("git+https://h/y", f"git+https://h/x@{COMMIT}", False),
        ("hg+https://h/x", f"git+https://h/x@{COMMIT}", False),
        ("git+https://h/x#subdirectory=a", f"git+https://h/x@{COMMIT}#subdirectory=a", None),
        ("git+https://h/x#subdirectory=a", f"git+https://h/x@{COMMIT}#subdirectory=b", False),
        ("git+https://h/x", "file:///srv/x", False),
        ("file:///srv/x", f"git+https://h/x@{COMMIT}", False),
        ("file:///srv/x", "file:///srv/x/", True),
        ("file:///srv/x", "file:///app/x", False),
        ("file:src/x", "file:///app/src/x", True),
        ("file:../src/x", "file:///app/src/x", True),
        ("file:src/x", "file:///app/other/x", False),
        ("file:x", "file:///app/src-x", False),
        ("file:x-1.0.zip", "file:///app/x-1.0.zip#sha256=0", True),
        ("file:a%20b", "file:///app/a%20b", True),
        ("file:.", "file:///app", None),
        ("file:..", "file:///app", None),
        ("https://h/x.zip", "https://h/x.zip#sha256=0", True),
        ("https://h/x.zip", "https://h/y.zip", False),
    ],
)
def test_origins(asked, origin, same):
    assert is_same_origin(asked, origin) is same


def test_the_folder_of_an_editable_checkout_does_not_tell_its_origin():
    assert is_same_origin("git+https://h/x@v1", "file:///venv/src/x", is_editable=True) is None
    assert is_same_origin("git+https://h/x@v1", "https://h/x.zip", is_editable=True) is False


def origins(**references: str) -> list[KnownOrigin]:
    """Give them; a reference that ends in ``-e`` is editable."""
    return [
        KnownOrigin(name=canonicalize_name(name), reference=text.removesuffix(" -e"), is_editable=text.endswith(" -e"))
        for name, text in references.items()
    ]


def named(text: str, known: list[KnownOrigin]) -> tuple[list[str], list[str]]:
    """Give the names that lines get, as ``name: line``, and the lines that get none."""
    file = parsed(text)
    made = with_names(RequirementSet(requirements=file.requirements, unnamed=file.unnamed), known)
    assert all(isinstance(one, Requirement) for one in made.requirements)
    return [f"{one.name}: {one.text}" for one in made.requirements], [one.text for one in made.unnamed]


class TestNaming:
    def test_by_what_is_from_there(self):
        known = origins(a="file:///app/src/a", b="file:///app/src/b -e", c=f"git+https://h/c@{COMMIT}")
        lines = f"./src/a\n-e src/b\ngit+https://h/c@{COMMIT}\n"
        assert named(lines, known) == (["a: ./src/a", "b: -e src/b", f"c: git+https://h/c@{COMMIT}"], [])

    def test_an_editable_is_no_other_install(self):
        """But the line means it, so that the difference can be told, unless there is one that is as it says."""
        assert named("-e ./a", origins(a="file:///app/a")) == (["a: -e ./a"], [])
        assert named("./a", origins(a="file:///app/a -e")) == (["a: ./a"], [])
        assert named("./a", origins(a="file:///app/a -e", b="file:///srv/a")) == (["b: ./a"], [])
        assert named("-e .", origins(a="file:///app/a")) == ([], ["-e ."])

    def test_the_only_one_that_is_left(self):
        known = origins(a="file:///app -e", b="file:///app/b -e")
        assert named("-e .\n-e b\n", known) == (["b: -e b", "a: -e ."], [])

    def test_not_one_that_another_line_names(self):
        known = origins(a="file:///venv/src/a -e")
        assert named("-e git+https://h/a#egg=a\n-e .\n", known) == (["a: -e git+https://h/a#egg=a"], ["-e ."])

    def test_of_several_none(self):
        assert named("-e .", origins(a="file:///x -e", b="file:///y -e")) == ([], ["-e ."])
        assert named("./x", origins(a="file:///p/x", b="file:///q/x")) == ([], ["./x"])

    def test_of_several_that_of_the_working_folder(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        known = origins(a=f"{tmp_path.as_uri()} -e", b="file:///y -e")
        assert named("-e .", known) == (["a: -e ."], [])

    def test_two_lines_of_one_place(self):
        assert named("./x\nx/\n", origins(a="file:///p/x")) == (["a: ./x", "a: x/"], [])
