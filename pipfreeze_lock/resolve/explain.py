"""A conflict, told in sentences: who asks for what, by which chain, what exists, and why each of it was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.index.nearest_names import nearest_names
from pipfreeze_lock.requirements.recorded import canonical_specifier
from pipfreeze_lock.resolve.needs import Candidate, Dependency, Need
from pipfreeze_lock.resolve.provider import PythonNeed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from pipfreeze_lock.index.evaluate import Rejected
    from pipfreeze_lock.index.rank import ProjectFiles
    from pipfreeze_lock.resolve.provider import PipProvider

__all__ = ["explain"]

_VERSIONS_SHOWN = 8
_ALIKE_SHOWN = 3
Asked = tuple[Need, "Candidate | None"]


def explain(causes: Iterable[Any], asked: Mapping[str, Asked], provider: PipProvider) -> ResolutionError:
    """Turn what resolvelib found impossible into an error for a reader.

    :param causes: resolvelib's requirement informations: needs that cannot hold together, each with its parent.
    :param asked: For every node the need that last named it, with its parent: to go back to the inputs from there.
    """
    return _Explanation(
        list(dict.fromkeys((cause.requirement, cause.parent) for cause in causes)), asked, provider
    ).error()


class _Explanation:
    def __init__(self, causes: list[Asked], asked: Mapping[str, Asked], provider: PipProvider) -> None:
        self._causes = causes
        self._asked = asked
        self._provider = provider
        self._needs_python: dict[str, str] = {}
        """Version to the reason, for those that another Python would do for; newest first."""

    def error(self) -> ResolutionError:
        names = sorted({need.name for need, _ in self._causes if not isinstance(need, PythonNeed)})
        missing = [
            name
            for name in names
            if not self._provider.catalogue.project(name).versions() and name not in self._provider.base
        ]
        lines = self._who_asks()
        lines += [f"{self._constraint(name)}" for name in names if self._constraint(name)]
        for name in names:
            if name not in missing:
                lines += self._what_exists(name)
        if missing:
            return self._no_such_project(missing[0], lines)
        message = self._message(names)
        return ResolutionError(message, context="\n".join(lines), hints=[*self._pythons_that_would_do(), _LOOSEN])

    def _pythons_that_would_do(self) -> list[str]:
        if not self._needs_python:
            return []
        version, reason = list(self._needs_python.items())[-1]
        python = self._provider.rules.target.python
        return [f"The target has Python {python}, and another would do: {version} {reason.removeprefix('it ')}."]

    def _message(self, names: Sequence[NormalizedName]) -> str:
        if not names:
            return f"no version fits Python {self._provider.rules.target.python}"
        if len(self._causes) == 1 and not isinstance(self._causes[0][0], PythonNeed):
            target = self._provider.rules.target
            on = f"on {target.implementation} {target.python}, {target.platform}, with pip {target.pip}"
            return f"no version of `{names[0]}` satisfies `{_text(self._causes[0][0])}` {on}"
        return f"the requirements for {_listed([f'`{name}`' for name in names])} cannot be met together"

    def _who_asks(self) -> list[str]:
        """Give a sentence for each need; where many versions of one project ask alike, one for the newest of them."""
        groups: dict[tuple[str, str], list[Asked]] = {}
        for need, parent in self._causes:
            groups.setdefault((parent.identifier if parent is not None else "", need.name), []).append((need, parent))
        lines: list[str] = []
        for group in groups.values():
            shown = group if len(group) <= _ALIKE_SHOWN else group[:1]
            lines += [self._sentence(need, parent) for need, parent in shown]
            if len(group) > len(shown):
                parent = group[0][1]
                name = parent.identifier if parent is not None else "the inputs"
                lines.append(f"  and so do {len(group) - 1} other versions of `{name}`, each in its way")
        return lines

    def _sentence(self, need: Need, parent: Candidate | None) -> str:
        if isinstance(need, PythonNeed):
            python = self._provider.rules.target.python
            return f"`{parent}` needs Python {need.requires_python}, and the target has {python}{self._chain(parent)}"
        wanted = f"`{_text(need)}`"
        if parent is None:
            return f"{_source(need)} asks for {wanted}"
        return f"`{parent}` needs {wanted}{self._chain(parent)}"

    def _chain(self, candidate: Candidate | None) -> str:
        """Go back from a candidate to the line of an input that leads to it."""
        steps: list[str] = []
        seen: set[str] = set()
        while candidate is not None and candidate.identifier not in seen:
            seen.add(candidate.identifier)
            need, parent = self._asked.get(candidate.identifier, (None, None))
            if need is None:
                break
            if parent is None:
                steps.append(f"{_source(need)} asks for `{_text(need)}`")
            elif parent.name != candidate.name:
                steps.append(f"`{parent}` needs `{_text(need)}`")
            candidate = parent
        return f" ({', since '.join(steps)})" if steps else ""

    def _constraint(self, name: NormalizedName) -> str:
        bounds = self._provider.bounds.get(name)
        if bounds is None:
            return ""
        return "\n".join(f"{one.source} constrains it to `{one.text}`" for one in bounds.sources)

    def _what_exists(self, name: NormalizedName) -> list[str]:
        """Say which versions there are, what each need would take, and why what would fit all was left out."""
        project = self._provider.catalogue.project(name)
        versions = project.versions()
        if not versions:
            return []
        shown = ", ".join(str(version) for version in versions[:_VERSIONS_SHOWN])
        more = f", and {len(versions) - _VERSIONS_SHOWN} older" if len(versions) > _VERSIONS_SHOWN else ""
        return [f"of `{name}` there are {shown}{more}", *self._left_out(name, project)]

    def _left_out(self, name: NormalizedName, project: ProjectFiles) -> list[str]:
        specifiers = [need.specifier for need, _ in self._causes if need.name == name]
        if name in self._provider.bounds:
            specifiers.append(self._provider.bounds[name].specifier)
        contains = self._provider.rules.specifiers.contains
        fitting = [v for v in project.versions() if all(contains(specifier, v) for specifier in specifiers)]
        groups: dict[str, list[Version]] = {}
        for version in fitting:
            reason = self._reason(name, version, project)
            if reason is not None:
                groups.setdefault(reason, []).append(version)
        lines = [f"  {_versions(versions)}: {reason}" for reason, versions in groups.items()]
        if len(lines) > _VERSIONS_SHOWN:
            lines = [*lines[:_VERSIONS_SHOWN], f"  and {len(lines) - _VERSIONS_SHOWN} more reasons for others"]
        return lines

    def _reason(self, name: NormalizedName, version: Version, project: ProjectFiles) -> str | None:
        """Give the one reason that says most of why a version was left out; None where it was not."""
        by_metadata = self._provider.catalogue.rejected.get(name, {})
        candidates = project.candidates(version)
        for candidate in candidates:
            reason = by_metadata.get(candidate.file.filename) or by_metadata.get(candidate.version_text)
            if reason is not None:
                return reason
        if candidates:
            return (
                f"it is yanked: {candidates[0].file.yanked_reason}"
                if all(one.is_yanked for one in candidates)
                else None
            )
        rejections = sorted(project.rejections(version), key=_telling)
        if not rejections:
            return None
        first = rejections[0]
        if first.cause == "requires-python":
            self._needs_python[str(version)] = first.reason
        return "it was uploaded after the given date" if first.cause == "too new" else first.reason

    def _no_such_project(self, name: NormalizedName, lines: list[str]) -> ResolutionError:
        near = nearest_names(name, self._asked)
        hints = [f"Did you mean {_listed([f'`{one}`' for one in near], 'or')}?"] if near else []
        places = self._provider.catalogue.places
        where = f" in {_listed([f'`{place}`' for place in places], 'or')}" if places else ""
        return ResolutionError(f"there is no project named `{name}`{where}", context="\n".join(lines), hints=hints)


_IN_REACH = ("it needs pip", "it needs glibc", "it needs musl", "it is for another platform")
_TELLING = ("too new", "requires-python", *_IN_REACH, "only-binary", "no-binary", "tags")


def _telling(rejected: Rejected) -> int:
    """Sort the reasons of a version's files: what holds for the release, then the wheel that came nearest."""
    starts = [start for start in _IN_REACH if rejected.reason.startswith(start)]
    kind = starts[0] if rejected.cause == "tags" and starts else rejected.cause
    return _TELLING.index(kind) if kind in _TELLING else len(_TELLING)


def _versions(versions: Sequence[Version]) -> str:
    """``2.5.5``, or ``2.5.5 to 2.0.0 (31 versions)``, newest first as they come."""
    if len(versions) <= 3:
        return ", ".join(str(version) for version in versions)
    return f"{versions[0]} to {versions[-1]} ({len(versions)} versions)"


_LOOSEN = "Loosen one of these requirements."


def _text(need: Need) -> str:
    if need.url is not None:
        return f"{need.identifier} @ {need.url}"
    if need.exact is not None:
        return f"{need.name}=={need.exact.version}"
    return f"{need.identifier}{canonical_specifier(need.specifier)}"


def _source(need: Need) -> str:
    if need.origin is None or isinstance(need.origin, Dependency):
        return "the resolver"
    return str(need.origin.source)


def _listed(words: Sequence[str], conjunction: str = "and") -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"
