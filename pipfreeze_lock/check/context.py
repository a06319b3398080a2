"""One lock beside what it has to agree with: what every part of a check looks at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from packaging.markers import InvalidMarker, Marker
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from pipfreeze_lock.check import rules
from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.model.finding import Finding, Location, RelatedLocation
from pipfreeze_lock.model.legacy_version import LegacyVersion, read_version
from pipfreeze_lock.model.requirement import Requirement
from pipfreeze_lock.requirements.recorded import via_of_input

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from pipfreeze_lock.check.places import LockPlaces
    from pipfreeze_lock.lockfile.interface import ReadLock
    from pipfreeze_lock.model.finding import Rule
    from pipfreeze_lock.model.lock import LockedSet, Pin, Via
    from pipfreeze_lock.model.requirement import RequirementSet, UnnamedRequirement
    from pipfreeze_lock.target.specifiers import SpecifierRules

__all__ = ["Asked", "CheckContext"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A line of an input that holds on the target: a requirement, or a constraint."""

    name: NormalizedName
    via: Via
    """Its path is as the lock has it."""
    requirement: Requirement | None
    """None where the input cannot be looked at, and the lock's own record of it has to do."""
    location: Location | None

    @property
    def text(self) -> str:
        """The line, or what the lock recorded of it."""
        if self.requirement is not None:
            return self.requirement.text
        extras = f"[{','.join(self.via.extras)}]" if self.via.extras else ""
        return f"{self.name}{extras}{self.via.constraint}"


@dataclass(kw_only=True, slots=True)
class CheckContext:
    """What a check is given; the parsed forms of texts are kept, since locks repeat them."""

    read: ReadLock
    places: LockPlaces
    requirements: RequirementSet
    holds: Callable[[Marker, Collection[str]], bool]
    """Whether a marker holds on the target, for any of some extras."""
    specifiers: SpecifierRules
    path_in_lock: Callable[[str], str]
    unread: frozenset[str]
    """Inputs that could not be looked at, as the lock has their paths: its own record of them counts."""
    relock: str
    """The command that renews the lock."""
    versions: dict[str, Version] = field(default_factory=dict)
    verdicts: dict[tuple[str, str], bool] = field(default_factory=dict)
    markers: dict[tuple[str, str | None], bool] = field(default_factory=dict)
    senseless: list[Finding] = field(default_factory=list)
    """Lines of the inputs whose marker pip cannot answer on the target."""
    let_in_by_others: list[Pin] = field(default_factory=list)
    """Pre-releases that no line lets in, but what another pin needs."""
    unanswered: dict[str, None] = field(default_factory=dict)
    """Sentences on recorded markers of the same kind, which count as holding."""

    @property
    def lock(self) -> LockedSet:
        """The lock itself."""
        return self.read.lock

    def held(self) -> dict[NormalizedName, str]:
        """Give the versions of what the image has without a pin: of its base set, and of a frozen image the rest."""
        unpinned = {one.name: one.version for one in self.lock.unpinned if one.reason != "hidden"}
        return {one.name: one.version for one in self.lock.base} | unpinned

    def recorded(self) -> Iterator[tuple[NormalizedName, Via]]:
        """Give each ``via`` of the lock with the distribution it stands at, of those that the image has too."""
        for pin in self.lock.pins:
            for via in pin.via:
                yield pin.name, via
        for kept in self.lock.satisfied:
            for via in kept.via:
                yield kept.name, via

    def version(self, text: str) -> Version:
        """Read a version, a `LegacyVersion` where PEP 440 does not know it."""
        if text not in self.versions:
            self.versions[text] = read_version(text)
        return self.versions[text]

    def satisfies(self, version: str, specifier: SpecifierSet) -> bool:
        """Whether a specifier contains a version for the target's pip, pre-releases allowed."""
        return self.specifiers.contains(specifier, self.version(version))

    def satisfies_text(self, version: str, constraint: str) -> bool:
        """Say the same of a constraint as a ``via`` has it; one that cannot be read contains nothing."""
        if not constraint:
            return True
        key = (version, constraint)
        if key not in self.verdicts:
            self.verdicts[key] = all(self._satisfies_part(version, part) for part in constraint.split(","))
        return self.verdicts[key]

    def _satisfies_part(self, version: str, text: str) -> bool:
        parsed = self.version(version)
        try:
            part = self.specifiers.read(text.strip())
        except InvalidSpecifier:
            return False
        if isinstance(parsed, LegacyVersion):
            return self.specifiers.contains(SpecifierSet([part]), parsed)
        return self.specifiers.predicate(part)(parsed)

    def is_prerelease(self, pin: Pin) -> bool:
        """Whether it is one that pip has to be told to take; a direct reference tells it."""
        return pin.url is None and self.version(pin.version).is_prerelease

    def prereleases_are_let_in(self, name: NormalizedName) -> bool:
        """Whether an option lets pre-releases of a distribution in."""
        options = self.requirements.options
        return options.pre or name in options.release_control.all_releases

    def lets_prereleases_in(self, constraint: str) -> bool:
        """Whether a constraint does so by itself; of one that cannot be read it is believed."""
        try:
            return self.specifiers.admits_prereleases(SpecifierSet(constraint))
        except InvalidSpecifier:
            return True

    def holds_text(self, marker: str | None, extra: str | None) -> bool:
        """Whether a marker as a ``via`` has it holds on the target; one that cannot be read does not."""
        if not marker:
            return True
        key = (marker, extra)
        if key not in self.markers:
            try:
                self.markers[key] = self.holds(Marker(marker), (extra,) if extra else ())
            except InvalidMarker:
                self.markers[key] = False
            except ResolutionError as error:
                self.unanswered[error.message] = None
                self.markers[key] = True
        return self.markers[key]

    def requirements_that_hold(self) -> list[Asked]:
        """Give every requirement of the inputs whose marker holds, and the recorded ones of inputs that are unread."""
        asked = [self._asked(one) for one in self.requirements.requirements if self.applies(one)]
        return asked + self._recorded("-r")

    def constraints_that_hold(self) -> list[Asked]:
        """Give the constraints likewise."""
        asked = [self._asked(one) for one in self.requirements.constraints if self.applies(one)]
        return asked + self._recorded("-c")

    def applies(self, requirement: Requirement | UnnamedRequirement) -> bool:
        """Whether its marker holds on the target; where that has no meaning there, `senseless` says so."""
        if requirement.marker is None:
            return True
        try:
            return self.holds(requirement.marker, ())
        except ResolutionError as error:
            place = Location(requirement.source.file, requirement.source.line)
            remedy = " ".join(error.hints)
            name = requirement.name if isinstance(requirement, Requirement) else None
            self.senseless.append(
                self.finding(rules.UNREADABLE_INPUT, error.message, location=place, name=name, remedy=remedy)
            )
            return False

    def _asked(self, requirement: Requirement) -> Asked:
        return Asked(
            name=requirement.name,
            via=self.via_of("-c" if requirement.is_constraint else "-r", requirement),
            requirement=requirement,
            location=Location(requirement.source.file, requirement.source.line),
        )

    def via_of(self, kind: Literal["-c", "-r"], line: Requirement | UnnamedRequirement) -> Via:
        """Give what the lock says of a line, if it knows it."""
        via = via_of_input(kind, line)
        return type(via)(
            via.kind, self.path_in_lock(via.parent), via.extra, via.constraint, via.marker, via.extras
        )  # `dataclasses.replace` takes four times as long

    def _recorded(self, kind: str) -> list[Asked]:
        if not self.unread:
            return []
        return [
            Asked(name=name, via=via, requirement=None, location=None)
            for name, via in self.recorded()
            if via.kind == kind and via.parent in self.unread
        ]

    def finding(
        self,
        rule: Rule,
        message: str,
        *,
        location: Location | None = None,
        pin: Pin | None = None,
        name: NormalizedName | None = None,
        remedy: str | None = None,
        details: tuple[tuple[str, str], ...] = (),
    ) -> Finding:
        """Make one; of a pin, its line in the lock is the place, or a related one where there is another place."""
        of_pin = self.places.pin(pin.name) if pin is not None else None
        related = (RelatedLocation(of_pin, "the pin"),) if of_pin is not None and location is not None else ()
        return Finding(
            rule=rule,
            severity=rule.severity,
            message=message,
            location=location or of_pin or (self.places.satisfied(name) if name else self.places.whole),
            related=related,
            name=name or (pin.name if pin is not None else None),
            pin=pin_text(pin) if pin is not None else None,
            remedy=self.relock if remedy is None else remedy,
            details=details,
        )


def pin_text(pin: Pin) -> str:
    """Give a pin as it is spoken of: ``requests[socks]==2.22.0``, ``name @ URL``."""
    extras = f"[{','.join(pin.extras)}]" if pin.extras else ""
    return f"{pin.name}{extras} @ {pin.url}" if pin.url else f"{pin.name}{extras}=={pin.version}"
