"""Environment markers (PEP 508) of a target; nothing here depends on the running machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.markers import UndefinedComparison

from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.target.marker_rules import MarkerRules
from pipfreeze_lock.target.pip_capabilities import capabilities

if TYPE_CHECKING:
    from collections.abc import Collection

    from packaging.markers import Marker

    from pipfreeze_lock.model.target import Target

__all__ = [
    "MarkerEnvironment",
    "TargetMarkers",
    "evaluate",
    "marker_environment",
    "unknowable_markers",
    "uses_unknowable",
]

unknowable_markers = frozenset({"platform_release", "platform_version"})
"""What the kernel of the machine that runs the image will say."""

_OS_NAMES = {"linux": "posix", "macos": "posix", "windows": "nt"}
_SYSTEMS = {"linux": "Linux", "macos": "Darwin", "windows": "Windows"}
_SYS_PLATFORMS = {"linux": "linux", "macos": "darwin", "windows": "win32"}
_IMPLEMENTATIONS = {"cpython": "CPython", "pypy": "PyPy"}
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")
_NAME = re.compile(r"[a-z_]+")


class MarkerEnvironment(dict[str, str]):
    """Marker names to values, without ``extra``; not to be changed once it has been asked."""

    __slots__ = ("answers", "rules", "seen", "unknown")

    def __init__(self, values: dict[str, str], rules: MarkerRules, *, unknown: frozenset[str] = frozenset()) -> None:
        super().__init__(values)
        self.rules = rules
        """How the target's pip compares."""
        self.unknown = unknown
        """Names whose values are not known; they stand as empty text."""
        self.answers: dict[tuple[str, str], bool] = {}
        """What was worked out already, by marker and extra."""
        self.seen: dict[tuple[int, str], tuple[Marker, bool]] = {}
        """The same by a marker's id, since its text costs ten times what a look-up does; holds the marker, so that no
        other gets its id."""


def marker_environment(target: Target) -> MarkerEnvironment:
    """Give every variable of PEP 508 but ``extra``, as the packaging that the target's pip vendors computes it there.

    Source: ``default_environment`` in ``packaging/markers.py``. Python 2.7 has no ``sys.implementation``, so that
    packaging leaves its name empty and its version ``0`` there, and calls Linux ``linux2``.
    """
    is_python_2 = target.python_release < (3,)
    sys_platform = _SYS_PLATFORMS[target.operating_system]
    values = {
        "implementation_name": "" if is_python_2 else target.implementation,
        "implementation_version": "0" if is_python_2 else _short_phase(target.implementation_version),
        "os_name": _OS_NAMES[target.operating_system],
        "platform_machine": target.machine,
        "platform_python_implementation": _IMPLEMENTATIONS[target.implementation],
        "platform_release": "",
        "platform_system": _SYSTEMS[target.operating_system],
        "platform_version": "",
        "python_full_version": target.python,
        "python_version": target.python_version,
        "sys_platform": "linux2" if is_python_2 and sys_platform == "linux" else sys_platform,
    }
    given = dict(target.markers)
    rules = MarkerRules(capabilities(target.pip, python_major=target.python_release[0]))
    return MarkerEnvironment(values | given, rules, unknown=unknowable_markers - given.keys())


def _short_phase(version: str) -> str:
    """``3.14.0c1`` of ``3.14.0rc1``: packaging takes the first letter of ``candidate`` (``format_full_version``)."""
    return version.replace("rc", "c")


def evaluate(marker: Marker, environment: MarkerEnvironment, extras: Collection[str] = ()) -> bool:
    """Whether a marker holds for any of the requested extras; without extras, for ``extra`` being empty.

    As the newest pip does (``iter_dependencies`` in ``pip/_internal/metadata/importlib/_dists.py``): the marker of a
    requirement is asked once for each requested extra alone, and with an empty extra only where none is requested.
    Names of extras are compared normalised.

    :raises packaging.markers.UndefinedComparison: for a comparison that has no meaning, as pip does.
    """
    return any(_holds(marker, environment, extra) for extra in (extras or ("",)))


def _holds(marker: Marker, environment: MarkerEnvironment, extra: str) -> bool:
    seen = environment.seen.get((id(marker), extra))
    if seen is not None:
        return seen[1]
    text = str(marker)
    answer = environment.answers.get((text, extra))
    if answer is None:
        answer = environment.answers[text, extra] = environment.rules.holds(marker, {**environment, "extra": extra})
    environment.seen[id(marker), extra] = marker, answer
    return answer


class TargetMarkers:
    """Answers for one target, and remembers which answers were guessed."""

    def __init__(self, target: Target) -> None:
        self._environment = marker_environment(target)
        self._guessed: dict[str, tuple[str, ...]] = {}

    def holds(self, marker: Marker, extras: Collection[str]) -> bool:
        """Whether a marker holds, as `evaluate` has it.

        :raises ResolutionError: for a comparison that has no meaning.
        """
        if self._environment.unknown:
            text = str(marker)
            if "platform_" in text and text not in self._guessed:
                self._guessed[text] = uses_unknowable(marker, self._environment)
        try:
            return evaluate(marker, self._environment, extras)
        except UndefinedComparison as error:
            message = f"the marker `{marker}` has no meaning on this target, and pip fails on it: {error}"
            hints = ["Correct the marker, or rule out the release that has it."]
            raise ResolutionError(message, hints=hints, reference="PEP 508") from None

    def guesses(self) -> list[str]:
        """Give a sentence for each marker that speaks of what nobody can know before the image runs."""
        return [
            f"`{text}` was answered with an empty `{names[0]}`: say what it is with `--marker {names[0]}=VALUE`"
            for text, names in sorted(self._guessed.items())
            if names
        ]


def uses_unknowable(marker: Marker, environment: MarkerEnvironment) -> tuple[str, ...]:
    """Give the names in a marker whose values are not known, sorted: it should be said that the answer is a guess."""
    names = set(_NAME.findall(_QUOTED.sub("", str(marker))))
    return tuple(sorted(names & environment.unknown))
