"""The set of requirements that a pip without a resolver keeps: one line for a name, the first that it saw.

Source: ``RequirementSet.add_requirement`` in pip's ``req/req_set.py``, 9.0 to 20.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.index.filenames import LZMA_SUFFIXES, SUFFIXES, parse_wheel_name, split_suffix
from pipfreeze_lock.model.requirement import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipfreeze_lock.model.url import Url
    from pipfreeze_lock.resolve.needs import Dependency
    from pipfreeze_lock.resolve.planning.install_rules import InstallRules
    from pipfreeze_lock.target.pip_capabilities import PipCapabilities

__all__ = ["Line", "Lines", "line_of_dependency", "line_of_input", "safe_name"]

_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?=[^A-Za-z0-9._-]|$)")
_NAMED_URL = re.compile(r"\s*[A-Za-z0-9][A-Za-z0-9._-]*\s*(?:\[[^\]]*\])?\s*@")


@dataclass(kw_only=True, slots=True)
class Line:
    """One requirement as pip holds it; what pip changes on the way changes here."""

    name: NormalizedName
    spelled: str
    """The name as this pip compares it: see `safe_name`."""
    specifier: SpecifierSet
    extras: frozenset[NormalizedName]
    origin: Requirement | Dependency
    url: Url | None = None
    hashes: tuple[tuple[str, str], ...] = ()
    is_constraint: bool = False
    """Until somebody asks for the name."""
    stood_in: bool = False
    """Whether it was a constraint: its extras are a tuple then, which to Python is never the set that a line has."""
    is_asked_by_user: bool = False
    """``is_direct``, later ``user_supplied``: what ``--upgrade`` may move."""
    is_unnamed: bool = False
    """The URL of an sdist, which pip has to fetch before it knows the name."""
    is_prepared: bool = False

    def __str__(self) -> str:
        extras = f"[{','.join(sorted(self.extras))}]" if self.extras else ""
        return f"{self.name}{extras} @ {self.url}" if self.url else f"{self.name}{extras}{self.specifier}"


def safe_name(name: str) -> str:
    """Give a name as pkg_resources does, in lower case: ``zope.interface`` and ``zope-interface`` are two names."""
    return re.sub(r"[^a-z0-9.]+", "-", name.lower())


def line_of_input(requirement: Requirement, known: PipCapabilities, rules: InstallRules) -> Line:
    """Give the line that a requirement or a constraint of the inputs makes.

    A wheel's URL pins its version; an sdist's, without ``#egg=``, does not even tell its name.

    :param requirement: With extras as this pip spells them.
    :raises ResolutionError: for ``name @ URL``, where this pip cannot read that.
    """
    line = Line(
        name=requirement.name,
        spelled=_spelled(requirement.name if requirement.url else requirement.text, requirement.name),
        specifier=requirement.specifier,
        extras=requirement.extras,
        origin=requirement,
        url=requirement.url,
        hashes=requirement.hashes,
        is_constraint=requirement.is_constraint,
    )
    if requirement.url is None:
        return line
    if _NAMED_URL.match(requirement.text):
        _check_named_url(requirement, known, rules)
    else:
        filename = unquote(urlsplit(requirement.url.without_credentials).path).rpartition("/")[2]
        wheel = parse_wheel_name(filename, known.wheel_names) if filename.endswith(".whl") else None
        if wheel is not None:
            line.specifier = SpecifierSet(f"=={wheel.version_text}")
        elif "egg=" not in requirement.text:
            line.is_unnamed = True
    return line


def _check_named_url(requirement: Requirement, known: PipCapabilities, rules: InstallRules) -> None:
    """``_get_url_from_path`` in pip's ``req/constructors.py`` (``from_line`` before), which looks for a file first."""
    suffix = split_suffix(requirement.text.partition(";")[0].strip())[1].lower()
    is_path = rules.named_url_may_be_path and suffix in {*SUFFIXES, *LZMA_SUFFIXES}
    if not is_path and known.url_requirements:
        return
    reason = "takes it for the name of a file" if known.url_requirements else "does not read a name before a URL"
    message = f"pip {known.version} refuses `{requirement.text}`: it {reason}"
    hints = [f"Write the URL alone, with `#egg={requirement.name}` behind it."]
    raise ResolutionError(message, context=str(requirement.source), hints=hints)


def line_of_dependency(dependency: Dependency, known: PipCapabilities) -> Line:
    """Give the line that a ``Requires-Dist`` makes; pip 9 overlooks a URL in it."""
    return Line(
        name=dependency.name,
        spelled=_spelled(dependency.text, dependency.name),
        specifier=dependency.specifier,
        extras=dependency.extras,
        origin=dependency,
        url=dependency.url if known.url_requirements else None,
    )


def _spelled(text: str, name: NormalizedName) -> str:
    match = _NAME.match(text)
    return safe_name(match[1] if match and canonicalize_name(match[1]) == name else name)


class Lines:
    """All lines that were seen, by name, in the order in which each name was first seen."""

    def __init__(self, known: PipCapabilities) -> None:
        self._known = known
        self._lines: dict[str, Line] = {}
        self.unnamed: list[Line] = []

    def __iter__(self) -> Iterator[Line]:
        """Those with a name."""
        return iter(self._lines.values())

    def has(self, line: Line) -> bool:
        """Whether a line of that name is there that is no constraint."""
        there = self._lines.get(self._key(line))
        return there is not None and not there.is_constraint

    def add(self, line: Line, *, by_user: bool) -> Line | None:
        """Take a line in, or see that its name is taken; give the line to look at next, if there is one.

        :raises ResolutionError: where this pip refuses two lines of the inputs, or a URL that is constrained.
        """
        if line.is_unnamed:
            self.unnamed.append(line)
            return line
        there = self._lines.get(self._key(line))
        if by_user and there is not None and _are_double(there, line):
            raise self._double(there, line)
        if there is None:
            self._lines[self._key(line)] = line
            return line
        if line.is_constraint or not there.is_constraint:
            return None
        if line.url is not None and (there.url is None or _path(there.url) != _path(line.url)):
            raise self._constrained(there, line)
        # The constraint stands in for the requirement, whose own specifier, hashes and place are lost.
        there.is_constraint, there.stood_in = False, True
        there.is_asked_by_user = there.is_asked_by_user or line.is_asked_by_user
        there.extras |= line.extras
        return there

    def _key(self, line: Line) -> str:
        return line.spelled if self._known.names_keep_dots else line.name

    def _double(self, there: Line, line: Line) -> ResolutionError:
        message = f"pip {self._known.version} refuses two requirements for `{line.name}`: `{there}` and `{line}`"
        places = [str(one.origin.source) for one in (there, line) if isinstance(one.origin, Requirement)]
        return ResolutionError(message, context=" and ".join(places), hints=["Write them as one line."])

    def _constrained(self, there: Line, line: Line) -> ResolutionError:
        message = f"pip {self._known.version} does not install `{line}`, since the constraint `{there}` names a version"
        return ResolutionError(message, hints=["Leave it out of the constraints."])


def _are_double(there: Line, line: Line) -> bool:
    if there.is_constraint or there.stood_in:
        return False
    return there.extras == line.extras and there.specifier != line.specifier


def _path(url: Url) -> str:
    return urlsplit(url.without_credentials).path
