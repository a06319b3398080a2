"""A conflict, told in sentences: who asks for what, by which chain, what exists, and why each of it was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.index.nearest_names import nearest_names
from pipfreeze_lock.index.remedies import remedies
from pipfreeze_lock.index.selection import most_telling
from pipfreeze_lock.model.legacy_version import LegacyVersion
from pipfreeze_lock.requirements.recorded import canonical_specifier
from pipfreeze_lock.resolve.needs import Candidate, Dependency, Need
from pipfreeze_lock.resolve.provider import PythonNeed
from pipfreeze_lock.target.specifiers import may_contain_legacy_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from packaging.specifiers import SpecifierSet
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
        self._remedies: list[str] = []
        self._may_loosen = False
        """Whether another specifier could help."""

    def error(self) -> ResolutionError:
        names = sorted({need.name for need, _ in self._causes if not isinstance(need, PythonNeed)})
        missing = [name for name in names if not self._has_files(name) and name not in self._provider.base]
        lines = self._who_asks()
        lines += [f"{self._constraint(name)}" for name in names if self._constraint(name)]
        for name in names:
            if name not in missing:
                lines += self._what_exists(name)
        if missing:
            return self._no_such_project(missing[0], lines)
        message = self._message(names)
        hints = [*self._pythons_that_would_do(), *self._remedies]
        if not hints or self._may_loosen or len(self._causes) > 1:
            hints.append(_LOOSEN)
        return ResolutionError(message, context="\n".join(lines), hints=hints)

    def _has_files(self, name: NormalizedName) -> bool:
        return any(page.files for page in self._provider.catalogue.project(name).pages)

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
        for need, parent in self._as_written():
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

    def _as_written(self) -> list[Asked]:
        """Give the causes in the words of those who ask: ``d[x]>1`` once, and not also the ``d>1`` that comes of it."""
        causes = list(dict.fromkeys(map(self._without_extra_node, self._causes)))
        with_extras = {(need.name, str(need.specifier), parent) for need, parent in causes if need.extras}
        return [
            (need, parent)
            for need, parent in causes
            if need.extras or (need.name, str(need.specifier), parent) not in with_extras or not need.specifier
        ]

    def _without_extra_node(self, asked: Asked) -> Asked:
        """Give who asks for ``d[x]`` in place of ``d[x]`` itself, which needs exactly its own ``d``: a step of ours."""
        need, parent = asked
        if need.exact is not None and parent is not None and parent.identifier in self._asked:
            return self._asked[parent.identifier]
        return asked

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
            return self._unreadable(name, project)
        shown = ", ".join(str(version) for version in versions[:_VERSIONS_SHOWN])
        more = f", and {len(versions) - _VERSIONS_SHOWN} older" if len(versions) > _VERSIONS_SHOWN else ""
        return [f"of `{name}` there are {shown}{more}", *self._left_out(name, project), *self._legacy(name, project)]

    def _legacy(self, name: NormalizedName, project: ProjectFiles) -> list[str]:
        """Tell of versions that are asked for, which PEP 440 and so this pip does not know."""
        if not self._may_be_legacy(name):
            return []
        fits = self._fits(name)
        named = (one for one in project.rejections_without_version() if one.cause == "version" and one.version_text)
        fitting = {one.version_text: one for one in named if fits(LegacyVersion(one.version_text or ""))}
        return [f"  {text}: {one.reason}" for text, one in list(fitting.items())[:_VERSIONS_SHOWN]]

    def _unreadable(self, name: NormalizedName, project: ProjectFiles) -> list[str]:
        """Tell of files none of which has a name that tells a version."""
        rejections = project.rejections_without_version()
        self._remedies += remedies(rejections, name, self._provider.rules)
        lines = [f"  `{one.file.filename}`: {one.reason}" for one in rejections[:_VERSIONS_SHOWN]]
        more = len(rejections) - len(lines)
        return [f"of `{name}` there are no versions", *lines, *([f"  and {more} more files"] if more > 0 else [])]

    def _left_out(self, name: NormalizedName, project: ProjectFiles) -> list[str]:
        fitting = self._fitting(name, project)
        groups: dict[str, list[Version]] = {}
        rejected: list[Rejected] = []
        for version in fitting:
            reason = self._reason(name, version, project)
            if reason is not None:
                groups.setdefault(reason, []).append(version)
            if not project.candidates(version):
                rejected += project.rejections(version)
        others = set(project.versions()).difference(fitting)
        self._may_loosen = self._may_loosen or any(project.candidates(version) for version in others)
        if rejected and all(not project.candidates(version) for version in fitting):
            self._remedies += remedies(rejected, name, self._provider.rules)
        lines = [f"  {_versions(versions)}: {reason}" for reason, versions in groups.items()]
        if len(lines) > _VERSIONS_SHOWN:
            lines = [*lines[:_VERSIONS_SHOWN], f"  and {len(lines) - _VERSIONS_SHOWN} more reasons for others"]
        return lines

    def _fitting(self, name: NormalizedName, project: ProjectFiles) -> list[Version]:
        """Give the versions within everything that is asked of a project, newest first."""
        return list(filter(self._fits(name), project.versions()))

    def _specifiers(self, name: NormalizedName) -> list[SpecifierSet]:
        specifiers = [need.specifier for need, _ in self._causes if need.name == name]
        if name in self._provider.bounds:
            specifiers.append(self._provider.bounds[name].specifier)
        return specifiers

    def _may_be_legacy(self, name: NormalizedName) -> bool:
        """Whether somebody asks for a version that PEP 440 may not know: without that, pip takes none."""
        return any(map(may_contain_legacy_versions, self._specifiers(name)))

    def _fits(self, name: NormalizedName) -> Callable[[Version], bool]:
        specifiers = self._specifiers(name)
        contains = self._provider.rules.specifiers.contains
        return lambda version: all(contains(specifier, version) for specifier in specifiers)

    def _reason(self, name: NormalizedName, version: Version, project: ProjectFiles) -> str | None:
        """Give the one reason that says most of why a version was left out; None where it was not."""
        by_metadata = self._provider.catalogue.rejected.get(name, {})
        candidates = project.candidates(version)
        if candidates and isinstance(version, LegacyVersion) and not self._may_be_legacy(name):
            return "it is no version by PEP 440, so that only `===` chooses it"
        for candidate in candidates:
            reason = by_metadata.get(candidate.file.filename) or by_metadata.get(candidate.version_text)
            if reason is not None:
                return reason
        if candidates:
            if all(one.is_yanked for one in candidates):
                if self._provider.rules.capabilities.yanked == "when pinned and all are" and not self._remedies:
                    self._suggest(f"What is yanked is taken when it is pinned exactly: `{name}=={version}`.")
                return f"it is yanked: {candidates[0].file.yanked_reason}"
            return "it is a pre-release" if self._is_unwanted_prerelease(name, version, project) else None
        rejections = most_telling(project.rejections(version))
        return self._reason_of(version, rejections) if rejections else None

    def _reason_of(self, version: Version, rejections: Sequence[Rejected]) -> str:
        first = rejections[0]
        if first.cause == "requires-python":
            self._needs_python[str(version)] = first.reason
        if first.cause == "too new":
            return "it was uploaded after the given date"
        if first.cause == "tags" and all(one.file.filename.endswith(".whl") for one in rejections):
            return f"{first.reason}, and there is no sdist"
        return first.reason

    def _is_unwanted_prerelease(self, name: NormalizedName, version: Version, project: ProjectFiles) -> bool:
        """Whether it was left out as one: nothing else was, since what asks for none may still be given one."""
        allowed = self._provider.rules.prereleases(name)
        if allowed or not version.is_prerelease or len(self._causes) > 1:
            return False
        is_unwanted = not any(project.ranked(specifier=self._causes[0][0].specifier))
        if is_unwanted and allowed is None:
            self._suggest("`--pre` lets pre-releases in.")
        return is_unwanted

    def _suggest(self, hint: str) -> None:
        if hint not in self._remedies:
            self._remedies.append(hint)

    def _no_such_project(self, name: NormalizedName, lines: list[str]) -> ResolutionError:
        near = nearest_names(name, self._asked)
        hints = [f"Did you mean {_listed([f'`{one}`' for one in near], 'or')}?"] if near else []
        places = self._provider.catalogue.places
        where = f" in {_listed([f'`{place}`' for place in places], 'or')}" if places else ""
        return ResolutionError(f"there is no project named `{name}`{where}", context="\n".join(lines), hints=hints)


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
