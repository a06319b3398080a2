"""What is made of two answers, with engines that give what they are told to."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from support.index_files import index_file, make_target, project_page

from pipfreeze_lock.errors import DisagreementError, NetworkError, ResolutionError
from pipfreeze_lock.model.core_metadata import CoreMetadata
from pipfreeze_lock.model.requirement import Requirement, RequirementSet, SourceLine
from pipfreeze_lock.model.target import BaseDistribution, Libc
from pipfreeze_lock.resolve.interface import KeptDistribution, Resolution, ResolvedDistribution, ResolveRequest
from pipfreeze_lock.resolve.pip_tools.engine import Compiled
from pipfreeze_lock.resolve.pip_tools.environment import PipToolsEnvironment
from pipfreeze_lock.resolve.pip_tools.failures import NoAnswerError
from pipfreeze_lock.target.interpreters import Interpreter
from pipfreeze_lock.workflows.cross_check import CrossCheckedResolver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pipfreeze_lock.model.target import Target
    from pipfreeze_lock.resolve.interface import Resolver

TARGET = make_target(python="3.6.8", pip="19.1.1", libc=Libc("glibc", 2, 24))
OWN = replace(TARGET, pip="21.2.4", python="3.6.15", libc=Libc("glibc", 2, 36), markers=(("platform_release", "6.1"),))
REQUEST = ResolveRequest(requirements=RequirementSet(requirements=()), target=TARGET)
ENVIRONMENT = PipToolsEnvironment(
    folder=Path("/environment"),
    interpreter=Interpreter(path="/python", version="3.6.15", implementation="cpython"),
    pip="21.2.4",
    pip_tools="6.4.0",
    compile_options=frozenset({"--resolver"}),
    pip_options=frozenset(),
)


def resolution(pins: Mapping[str, str], kept: Mapping[str, str] | None = None) -> Resolution:
    def one(name: str, version: str) -> ResolvedDistribution:
        file = index_file(f"{name}-{version}-py3-none-any.whl")
        return ResolvedDistribution(
            name=canonicalize_name(name),
            version=version,
            extras=frozenset(),
            file=file,
            page=project_page(file, name=name),
            metadata=CoreMetadata(name=name, version=version, tier="wheel"),
            via=(),
        )

    return Resolution(
        distributions=tuple(one(name, version) for name, version in pins.items()),
        kept=tuple(
            KeptDistribution(distribution=BaseDistribution(canonicalize_name(name), version), via=())
            for name, version in (kept or {}).items()
        ),
    )


@dataclass
class Engine:
    """Answers by a function of the target."""

    answer: Callable[[Target], Resolution]
    asked: list[ResolveRequest] = field(default_factory=list)
    threads: list[str] = field(default_factory=list)

    def resolve(self, request: ResolveRequest) -> Resolution:
        self.asked.append(request)
        self.threads.append(threading.current_thread().name)
        return self.answer(request.target)


@dataclass
class PipTools:
    """Answers always the same, or by what is preferred."""

    pins: Mapping[str, str | None]
    again: Mapping[str, str | None] | Exception | None = None
    asked: list[ResolveRequest] = field(default_factory=list)

    def compile(self, request: ResolveRequest) -> Compiled:
        self.asked.append(request)
        pins = self.again if len(self.asked) > 1 and self.again is not None else self.pins
        if isinstance(pins, Exception):
            raise pins
        named = {canonicalize_name(name): version for name, version in pins.items()}
        return Compiled(pins=named, environment=ENVIRONMENT, own_target=OWN)

    def settle(self, request: ResolveRequest, compiled: Compiled) -> Resolution:
        assert request.target == TARGET
        return resolution({name: version or "0" for name, version in compiled.pins.items()})


def checked(ours: Engine, theirs: Any, **more: Any) -> CrossCheckedResolver:
    @contextmanager
    def resolver_for(target: Target) -> Iterator[Resolver]:
        assert target != TARGET
        yield ours

    return CrossCheckedResolver(
        ours=ours,
        theirs=theirs,
        takes_theirs=more.get("takes_theirs", False),
        resolver_for=resolver_for,
        holds=lambda marker, _extras: marker.evaluate({"sys_platform": "linux"}),
        why_no_wheel=lambda _name, _version: more.get("reason"),
    )


def always(pins: Mapping[str, str], kept: Mapping[str, str] | None = None) -> Engine:
    return Engine(lambda _target: resolution(pins, kept))


def test_equal_answers_are_ours_and_asked_for_at_once() -> None:
    ours = always({"a": "1.0"}, kept={"setuptools": "41.0.1"})
    check = checked(ours, PipTools({"a": "1", "setuptools": "41.0.1"}))
    assert check.resolve(REQUEST) == resolution({"a": "1.0"}, kept={"setuptools": "41.0.1"})
    assert check.report == (
        (
            "cross-check: pip-compile 6.4.0 with pip 21.2.4 on Python 3.6.15, linux/amd64 cp36m glibc-2.36 "
            "(the target's pip is 19.1.1; the target's Python is 3.6.8)"
        ),
        "  all 2 distributions agree",
    )
    assert ours.threads == ["cross-check"]


def test_the_lock_is_of_the_others_answer_where_that_was_asked_for() -> None:
    check = checked(always({"a": "1.0"}), PipTools({"a": "1"}), takes_theirs=True)
    assert check.resolve(REQUEST) == resolution({"a": "1"})


def test_a_direct_reference_agrees_whatever_its_version() -> None:
    assert checked(always({"a": "1.0"}), PipTools({"a": None})).resolve(REQUEST)


@pytest.mark.parametrize(
    ("differs", "words"),
    [
        (lambda target: target.libc == OWN.libc, "this machine's own tags and markers: glibc-2.36, not glibc-2.24"),
        (lambda target: target.pip == OWN.pip, "pip 21.2.4, not 19.1.1"),
    ],
)
def test_what_comes_of_machine_or_pip_is_no_finding(differs: Callable[[Target], bool], words: str) -> None:
    ours = Engine(lambda target: resolution({"a": "2.0" if differs(target) else "1.0", "b": "1"}))
    check = checked(ours, PipTools({"a": "2.0", "b": "1"}), reason="its wheel needs glibc >= 2.28")
    assert check.resolve(REQUEST) == resolution({"a": "1.0", "b": "1"})
    assert check.report[1:] == (
        "  1 of 2 distributions agree",
        f"  a  ours 1.0  pip-compile 2.0  {words} (2.0: its wheel needs glibc >= 2.28)",
    )


def test_both_causes_are_named() -> None:
    versions = {TARGET.pip: "2.0", OWN.pip: "3.0"}
    ours = Engine(lambda target: resolution({"a": "1.0" if target.libc == TARGET.libc else versions[target.pip]}))
    check = checked(ours, PipTools({"a": "3.0"}))
    assert check.resolve(REQUEST)
    assert check.report[-1].endswith("glibc-2.36, not glibc-2.24, pip 21.2.4, not 19.1.1")


def test_a_difference_that_comes_and_goes_again_is_explained_by_nothing() -> None:
    """What changes on the way must end at the other's answer."""
    ours = Engine(lambda target: resolution({"a": "2.0" if target.python == OWN.python else "1.0"}))
    with pytest.raises(DisagreementError) as caught:
        checked(ours, PipTools({"a": "3.0"})).resolve(REQUEST)
    assert "nothing that is known explains it" in str(caught.value.context)


def test_the_patch_level_is_named_and_is_a_finding() -> None:
    ours = Engine(lambda target: resolution({"a": "2.0" if target.python == OWN.python else "1.0"}))
    with pytest.raises(DisagreementError) as caught:
        checked(ours, PipTools({"a": "2.0"})).resolve(REQUEST)
    assert caught.value.exit_code == 1
    assert caught.value.message == (
        "pip-compile answers otherwise for `a`, and neither this machine's tags nor its pip explain it"
    )
    assert "a  ours 1.0  pip-compile 2.0  Python 3.6.15, not 3.6.8" in str(caught.value.context)
    assert "Put a Python of the target's own patch level on PATH, and run this again." in caught.value.hints


def test_the_base_set_is_put_as_preferences_where_it_counts_for_nothing() -> None:
    target = replace(TARGET, base=(BaseDistribution(canonicalize_name("setuptools"), "41.0.1"),))
    ours = Engine(lambda target: resolution({"a": "1.0"} if target.base else {"a": "2.0"}))
    theirs = PipTools({"a": "2.0"})
    with pytest.raises(DisagreementError, match="for `a`") as caught:
        checked(ours, theirs).resolve(replace(REQUEST, target=target))
    assert "the base set, which pip-compile does not know" in str(caught.value.context)
    preferred = ours.asked[-1].preferred
    assert {name: one.version for name, one in preferred.items()} == {"setuptools": "41.0.1"}


def test_requirements_of_the_target_stay_those_of_the_target() -> None:
    """pip-compile is given the requirements whose markers hold for the target: so is our engine on the way."""
    from packaging.markers import Marker  # noqa: PLC0415

    def asked(name: str, marker: str) -> Requirement:
        return Requirement(
            name=canonicalize_name(name),
            specifier=SpecifierSet(),
            marker=Marker(marker),
            source=SourceLine(file="requirements.txt", line=1),
            text=name,
        )

    requirements = (asked("a", "sys_platform == 'linux'"), asked("b", "sys_platform == 'win32'"))
    ours = Engine(lambda target: resolution({"a": "2.0" if target.pip == OWN.pip else "1.0"}))
    request = replace(REQUEST, requirements=RequirementSet(requirements=requirements))
    checked(ours, PipTools({"a": "2.0"})).resolve(request)
    assert [(one.name, one.marker) for one in ours.asked[-1].requirements.requirements] == [("a", None)]


@pytest.mark.parametrize(
    ("again", "hint"),
    [
        ({"a": "1.0"}, "pip-compile keeps our versions when they stand in a lock already"),
        (NoAnswerError("none"), "pip-compile finds no answer at all when our versions stand in a lock"),
    ],
)
def test_it_is_found_out_whether_our_answer_is_one_for_the_other(again: Any, hint: str) -> None:
    theirs = PipTools({"a": "2.0"}, again=again)
    with pytest.raises(DisagreementError) as caught:
        checked(always({"a": "1.0"}), theirs).resolve(REQUEST)
    assert any(one.startswith(hint) for one in caught.value.hints)
    assert theirs.asked[1].preferred[canonicalize_name("a")].version == "1.0"


def raising(error: Exception, *, unless: Callable[[Target], bool] = lambda _target: False) -> Engine:
    def answer(target: Target) -> Resolution:
        if unless(target):
            return resolution({"a": "1.0"})
        raise error

    return Engine(answer)


def test_where_we_alone_have_none_and_the_machine_does_not_explain_it_is_a_finding() -> None:
    with pytest.raises(DisagreementError, match="finds an answer, and we do not: no way"):
        checked(raising(ResolutionError("no way")), PipTools({"a": "1.0"})).resolve(REQUEST)


def test_where_the_target_alone_has_none_that_is_no_finding() -> None:
    ours = raising(ResolutionError("no way"), unless=lambda target: target.pip == OWN.pip)
    with pytest.raises(ResolutionError, match="no way") as caught:
        checked(ours, PipTools({"a": "1.0"})).resolve(REQUEST)
    assert "the pip that pip-compile runs with" in caught.value.hints[-1]


def test_where_the_other_alone_has_none_it_is_a_finding() -> None:
    with pytest.raises(DisagreementError, match="none, and we do"):
        checked(always({"a": "1.0"}), PipTools(NoAnswerError("none"))).resolve(REQUEST)  # type: ignore[arg-type]


def refused(own: Target = OWN) -> NoAnswerError:
    refusal = NoAnswerError("pip-compile finds none")
    refusal.own_target = own
    return refusal


def test_where_the_other_has_none_for_this_machine_that_is_no_finding() -> None:
    """As where only the target has a wheel that its pip takes."""
    ours = Engine(lambda target: always({"a": "1.0"}).answer(target) if target == TARGET else _none())
    check = checked(ours, PipTools(refused()))  # type: ignore[arg-type]
    assert check.resolve(REQUEST) == resolution({"a": "1.0"})
    assert check.report == (
        (
            "cross-check: pip-compile finds none, which comes of this machine's own tags and markers: "
            "glibc-2.36, not glibc-2.24"
        ),
    )


def test_there_is_no_lock_of_an_answer_that_the_other_does_not_have() -> None:
    ours = Engine(lambda target: always({"a": "1.0"}).answer(target) if target == TARGET else _none())
    with pytest.raises(NoAnswerError):
        checked(ours, PipTools(refused()), takes_theirs=True).resolve(REQUEST)  # type: ignore[arg-type]


def test_that_there_is_none_for_the_patch_level_is_a_finding() -> None:
    ours = Engine(lambda target: always({"a": "1.0"}).answer(target) if target.python == "3.6.8" else _none())
    with pytest.raises(DisagreementError, match="pip-compile finds none, and we do"):
        checked(ours, PipTools(refused())).resolve(REQUEST)  # type: ignore[arg-type]


def _none() -> Resolution:
    message = "none"
    raise ResolutionError(message)


@pytest.mark.parametrize("error", [ResolutionError("ours"), NetworkError("ours")])
def test_where_neither_has_one_ours_is_told(error: Exception) -> None:
    with pytest.raises(type(error), match="ours"):
        checked(raising(error), PipTools(NoAnswerError("none"))).resolve(REQUEST)  # type: ignore[arg-type]


def test_what_kept_the_other_from_looking_is_no_finding() -> None:
    with pytest.raises(ResolutionError, match="no interpreter") as caught:
        checked(always({"a": "1.0"}), PipTools(ResolutionError("no interpreter"))).resolve(REQUEST)  # type: ignore[arg-type]
    assert not isinstance(caught.value, DisagreementError)
