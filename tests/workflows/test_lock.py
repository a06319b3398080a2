"""What becomes of a resolution: made-up ones, turned into the value that a lock file says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from support.index_files import index_file, make_target, project_page

from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.model.core_metadata import CoreMetadata
from pipfreeze_lock.model.lock import LockedSet, Pin, Satisfied, Via
from pipfreeze_lock.model.requirement import IndexOptions, InputFile, Requirement, RequirementSet, SourceLine
from pipfreeze_lock.model.target import BaseDistribution
from pipfreeze_lock.model.url import Url
from pipfreeze_lock.resolve.interface import (
    KeptDistribution,
    Preferred,
    Resolution,
    ResolvedDistribution,
    ResolveRequest,
)
from pipfreeze_lock.workflows.lock import LockRequest, lock, preferences

A, B = "a" * 64, "b" * 64
WHEEL, SDIST = "foo-1.0-py3-none-any.whl", "foo-1.0.tar.gz"


def listed(filename: str = WHEEL, **fields: Any) -> Any:
    return index_file(filename, **({"hashes": {"sha256": A}} | fields))


def resolved(name: str = "foo", *, file: Any = None, **fields: Any) -> ResolvedDistribution:
    file = file or listed(f"{name}-1.0-py3-none-any.whl")
    words: dict[str, Any] = {
        "name": canonicalize_name(name),
        "version": "1.0",
        "extras": frozenset(),
        "file": file,
        "page": project_page(file, name=name),
        "metadata": CoreMetadata(name=name, version="1.0", tier="wheel"),
        "via": (Via("-r", "sub/requirements.txt"),),
    }
    return ResolvedDistribution(**(words | fields))


@dataclass
class Resolver:
    """Gives what it was told to, and keeps what it was asked."""

    answer: Resolution
    asked: list[ResolveRequest] = field(default_factory=list)

    def resolve(self, request: ResolveRequest) -> Resolution:
        self.asked.append(request)
        return self.answer


@dataclass
class Hasher:
    hashed: list[str] = field(default_factory=list)

    def sha256(self, page: Any, file: Any) -> str:
        assert page.url_of(file)
        self.hashed.append(file.filename)
        return B


@dataclass
class Releases:
    """Knows what it was told."""

    files: tuple[Any, ...] = ()
    why: dict[str, str] = field(default_factory=dict)
    pips: dict[str, str] = field(default_factory=dict)
    wheels: tuple[str, ...] = ()

    def files_of(self, name: str, version: str) -> list[Any]:
        assert version == "1.0"
        return [(project_page(*self.files, name=name), file) for file in self.files]

    def why_no_wheel(self, name: str, version: str) -> str | None:
        assert version == "1.0"
        return self.why.get(name)

    def needed_pip(self, name: str, version: str) -> str | None:
        assert version == "1.0"
        return self.pips.get(name)

    def has_wheel_in_reach(self, name: str) -> bool:
        return name in self.wheels


def asked(**changes: Any) -> LockRequest:
    words: dict[str, Any] = {"requirements": RequirementSet(requirements=()), "target": make_target(), "command": "c"}
    return LockRequest(**(words | changes))


def locked(
    *distributions: ResolvedDistribution,
    request: LockRequest | None = None,
    releases: Releases | None = None,
    hasher: Hasher | None = None,
    **answer: Any,
) -> LockedSet:
    resolution = Resolution(distributions=distributions, **({"kept": ()} | answer))
    return lock(
        request or asked(),
        resolver=Resolver(resolution),
        hasher=hasher or Hasher(),
        releases=releases or Releases(),
    )


def moved(text: str, specifier: str = "") -> Requirement:
    return Requirement(
        name=canonicalize_name(text),
        specifier=SpecifierSet(specifier),
        source=SourceLine("--upgrade-package", 0),
        text=f"{text}{specifier}",
        is_constraint=True,
    )


# --- pins ------------------------------------------------------------------------------------------------------------


def test_a_pin_says_which_file_and_who_asks() -> None:
    found = locked(resolved(extras=frozenset(map(canonicalize_name, ("z", "a"))))).pins
    assert found == (
        Pin(
            name=canonicalize_name("foo"),
            version="1.0",
            extras=("a", "z"),
            hashes=(f"sha256:{A}",),
            via=(Via("-r", "sub/requirements.txt"),),
            filename=WHEEL,
            files=found[0].files,
        ),
    )
    (file,) = found[0].files
    assert (file.filename, file.url, file.hashes) == (WHEEL, f"https://files.example/{WHEEL}", (f"sha256:{A}",))


def test_a_hash_that_the_index_lacks_is_computed() -> None:
    hasher = Hasher()
    (pin,) = locked(resolved(file=listed(hashes={"md5": "0"})), hasher=hasher).pins
    assert pin.hashes == (f"sha256:{B}",)
    assert set(hasher.hashed) == {WHEEL}


def test_all_hashes_or_none() -> None:
    releases = Releases(files=(listed(SDIST, hashes={}), listed()))
    hasher = Hasher()
    (pin,) = locked(resolved(), request=asked(hashes="all"), releases=releases, hasher=hasher).pins
    assert pin.hashes == (f"sha256:{A}", f"sha256:{B}")
    assert sorted(one.filename for one in pin.files) == [WHEEL, SDIST]
    assert set(hasher.hashed) == {SDIST}
    hasher = Hasher()
    (pin,) = locked(resolved(file=listed(hashes={})), request=asked(hashes="none"), hasher=hasher).pins
    assert pin.hashes == ()
    assert hasher.hashed == []  # nothing is fetched for what nobody asks for


def test_a_direct_url_is_written_without_credentials() -> None:
    url = Url(f"https://user:secret@files.example/{WHEEL}")
    (pin,) = locked(resolved(direct_url=url), request=asked(hashes="all")).pins
    assert pin.url == f"https://files.example/{WHEEL}"
    assert pin.hashes == (f"sha256:{A}",)  # there is no release to look at


def test_paths_are_written_as_seen_from_the_lock() -> None:
    requirements = RequirementSet(
        requirements=(),
        inputs=(InputFile(path="requirements.txt", sha256=A, role="input"),),
        options=IndexOptions(find_links=("wheels",)),
    )
    request = asked(requirements=requirements, path_in_lock=lambda path: f"../{path}")
    vias = (Via("-r", "z.txt"), Via("-c", "limits.txt", constraint="<2"), Via("distribution", "bar"))
    base = BaseDistribution(canonicalize_name("pip"), "21.3.1")
    found = locked(
        resolved(via=vias), request=request, kept=(KeptDistribution(distribution=base, via=(Via("-r", "z.txt"),)),)
    )
    assert [str(via) for via in found.pins[0].via] == ["-c ../limits.txt (<2)", "-r ../z.txt", "bar"]
    assert [one.path for one in found.inputs] == ["../requirements.txt"]
    assert found.options.find_links == ("../wheels",)
    assert found.satisfied == (Satisfied(name=base.name, via=(Via("-r", "../z.txt"),)),)


# --- what is said ----------------------------------------------------------------------------------------------------


def test_a_wheel_needs_no_word() -> None:
    found = locked(resolved())
    assert (found.warnings, found.hints, found.details, found.remarks, found.pins[0].notes) == ((), (), (), (), ())


@pytest.mark.parametrize(
    ("why", "note"),
    [
        (None, "compiled in the image: this release has no wheel"),
        (
            "its wheel needs pip >= 19.3 (manylinux2014)",
            "compiled in the image: its wheel needs pip >= 19.3 (manylinux2014)",
        ),
    ],
)
def test_what_would_be_compiled_is_said_aloud(why: str | None, note: str) -> None:
    found = locked(resolved(file=listed(SDIST)), releases=Releases(why={"foo": why} if why else {}))
    assert found.pins[0].notes == (note,)
    assert found.warnings == (f"`foo==1.0` would be {note}",)


@pytest.mark.parametrize(
    ("yanked", "note"), [("", "yanked: no reason given"), (True, "yanked: no reason given"), ("a\n b", "yanked: a b")]
)
def test_what_is_yanked_is_said_aloud(yanked: bool | str, note: str) -> None:  # noqa: FBT001  a table
    found = locked(resolved(file=listed(yanked=yanked)))
    assert found.pins[0].notes == (note,)
    assert found.warnings == (f"`foo==1.0` is {note}",)


def test_how_dependencies_became_known() -> None:
    built = CoreMetadata(name="foo", version="1.0", tier="build", note="Built under Python 3.11.")
    found = locked(resolved(file=listed(SDIST), metadata=built))
    assert found.pins[0].notes == ("compiled in the image: this release has no wheel", "Built under Python 3.11.")
    assert found.remarks == (("warning", "foo: Built under Python 3.11."),)
    assert found.details == (f"`{SDIST}`: dependencies known from build: Built under Python 3.11.",)
    of_pkg_info = CoreMetadata(name="foo", version="1.0", tier="pkg-info")
    found = locked(resolved(file=listed(SDIST), metadata=of_pkg_info))
    assert found.details == (f"`{SDIST}`: dependencies known from pkg-info",)
    assert found.remarks == ()


def test_the_remedies() -> None:
    sdists = [resolved(name, file=listed(f"{name}-1.0.tar.gz")) for name in ("bar", "baz", "foo")]
    releases = Releases(pips={"bar": "19.3", "foo": "20.3"}, wheels=("bar", "baz"))
    found = locked(*sdists, resolved("qux"), releases=releases)
    assert found.hints == (
        "A newer pip in the image, 20.3 at least, would take `bar`, `foo` as a wheel.",
        "`--prefer-binary` looks for an older release with a wheel of `bar`, `baz`.",
    )
    preferring = RequirementSet(requirements=(), options=IndexOptions(prefer_binary=True))
    assert locked(*sdists, releases=releases, request=asked(requirements=preferring)).hints == found.hints[:1]


@pytest.mark.parametrize(("constraint", "helps"), [("==1.0", False), ("===1.0", False), ("==1.*", True), (">=1", True)])
def test_no_remedy_that_cannot_help(constraint: str, helps: bool) -> None:  # noqa: FBT001  a table
    one = resolved(file=listed(SDIST), via=(Via("-r", "requirements.txt", constraint=constraint),))
    assert bool(locked(one, releases=Releases(wheels=("foo",))).hints) is helps


def test_warnings_of_inputs_and_resolver_are_passed_on() -> None:
    requirements = RequirementSet(requirements=(), notes=("pip ignores it",))
    found = locked(request=asked(requirements=requirements), warnings=("unknown extra",))
    assert found.warnings == ("pip ignores it", "unknown extra")


def test_a_name_that_moves_nothing() -> None:
    kept = KeptDistribution(distribution=BaseDistribution(canonicalize_name("pip"), "21.3.1"), via=())
    request = asked(upgraded=(moved("fooo", "==2"), moved("foo"), moved("pip")))
    found = locked(resolved(), request=request, kept=(kept,))
    assert found.warnings == ("`--upgrade-package fooo==2` moves nothing: no requirement leads to `fooo`",)


def test_a_pip_without_hash_mode() -> None:
    request = asked(target=make_target("7.1.2"))
    with pytest.raises(ResolutionError, match="has no hash mode") as caught:
        locked(resolved(), request=request)
    assert any("--no-hashes" in hint for hint in caught.value.hints)
    assert locked(resolved(), request=replace(request, hashes="none")).pins[0].hashes == ()


# --- the existing lock -----------------------------------------------------------------------------------------------


def pin(name: str, version: str = "1.0", **fields: Any) -> Pin:
    return Pin(name=canonicalize_name(name), version=version, via=(), **({"hashes": (f"sha256:{A}",)} | fields))


def test_pins_are_preferences() -> None:
    existing = (pin("a"), pin("b"), pin("a", "2.0"), pin("c", url="https://files.example/c.whl"))
    preferred = Preferred(version="1.0", hashes=frozenset({f"sha256:{A}"}))
    assert preferences(existing, upgrade=False, upgraded=()) == {"a": preferred, "b": preferred}
    assert preferences(existing, upgrade=False, upgraded={canonicalize_name("a")}) == {"b": preferred}
    assert preferences(existing, upgrade=True, upgraded=()) == {}


def test_the_resolver_is_asked_with_preferences_and_moves() -> None:
    resolver = Resolver(Resolution(distributions=(), kept=()))
    request = asked(existing=(pin("a"), pin("b"), pin("c")), upgraded=(moved("a"), moved("b", "==2")))
    lock(request, resolver=resolver, hasher=Hasher(), releases=Releases())
    (question,) = resolver.asked
    assert list(question.preferred) == ["c"]
    assert [one.text for one in question.moved] == ["b==2"]  # recorded nowhere, and in force for this run
