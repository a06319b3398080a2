"""What a pip can do and how it chooses, by its version: one table of steps, each with the pip that took it.

`capabilities` folds the steps up to a version into a `PipCapabilities`. Nothing here knows wheel tags; those steps are
in `pipfreeze_lock.target.tags`. Each step was found by reading pip's sources release by release, and
``tests/fidelity/test_candidate_rules.py`` asks the real pips on both sides of it.
"""

# ruff: noqa: FBT003  a step's value is a column of a table

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any, Literal

from pipfreeze_lock.errors import UsageError

__all__ = ["STEPS", "PipCapabilities", "Step", "capabilities"]

Resolver = Literal["first seen", "resolvelib"]
KeyOrder = Literal["version, tag", "version, build, tag", "version, tag, build"]
YankedPolicy = Literal["unknown", "last", "when all are", "when pinned and all are"]
WheelNames = Literal["version starts with a digit", "loose", "no spaces", "strict or no spaces", "strict"]
SdistNames = Literal["as asked", "canonical"]
MetadataProblem = Literal["error", "next file"]
ExtraSpelling = Literal["as setuptools", "as written or normalised", "normalised"]
BuildHold = Literal["--build-constraint", "PIP_CONSTRAINT"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PipCapabilities:
    """How one pip chooses among files, and what it can read. The defaults are those of pip 7 and below."""

    version: str
    resolver: Resolver = "first seen"
    """``first seen``: the first requirement of a name wins, for better or worse."""
    key_order: KeyOrder = "version, tag"
    """What ranks the files of a project, after allowed hash, yank and ``--prefer-binary`` where this pip has them."""
    hash_mode: bool = False
    """Knows ``--hash`` and ``--require-hashes``."""
    prefers_allowed_hash: bool = False
    """Ranks a file whose link carries an allowed hash above all others; else its first choice must be the right one.

    pip 22.3 does so for HTML pages alone. As its first choice is right in both cases, it counts as one that does not.
    """
    prefer_binary: bool = False
    """Has ``--prefer-binary``: any wheel is above any sdist, whatever the versions."""
    prefer_binary_in_files: bool = False
    """Accepts ``--prefer-binary`` in a requirements file."""
    requires_python: bool = False
    """Skips a file whose link names a Requires-Python that this Python is not in."""
    yanked: YankedPolicy = "unknown"
    """Whether a yanked file may be chosen (PEP 592): see `pipfreeze_lock.index.rank`."""
    wheel_names: WheelNames = "version starts with a digit"
    """Which wheel file names are valid."""
    sdist_names: SdistNames = "as asked"
    """``as asked``: the file name must begin with the name as the requirement spells it, ``_`` taken for ``-``."""
    names_keep_dots: bool = True
    """``zope-interface`` in a lock is no pin of the ``zope.interface`` that somebody needs."""
    tags_ignore_case: bool = False
    """Wheel tags are compared in lower case."""
    legacy_versions: bool = True
    """Takes versions that PEP 440 does not know; they sort below all others, and only ``===`` chooses them."""
    legacy_specifiers: bool = True
    """Takes specifiers that PEP 440 does not know (``>=3.6.*``, ``==2011k``) and compares as setuptools once did."""
    extra_spelling: ExtraSpelling = "as setuptools"
    """How names of extras are compared: see `pipfreeze_lock.target.extra_names`."""
    markers_order_text: bool = True
    """A marker compares as versions what reads as one, whatever its name, and else as text (``platform_machine >=
    "x"``); since packaging 26.0 the name decides which of both, and text has no order."""
    arbitrary_equality_takes_marker: bool = True
    """``===1.0; …`` is read as the version ``1.0;``, so that a dependency with ``===`` and a marker cannot be met."""
    less_equal_ignores_local: bool = False
    """``<=1.0`` takes ``1.0+local``."""
    compatible_ignores_prerelease: bool = False
    """``~=1.0a1`` is ``>=1.0a1, ==1.*``; before it was ``>=1.0a1, ==1.0.*``."""
    prefix_fills_short_release: bool = False
    """``==1.0.0.*`` takes ``1.0rc1`` and ``1.0.post1``, as it takes ``1.0``."""
    exclusive_bound_means_prerelease: bool = False
    """A pre-release in ``<`` or ``>`` admits pre-releases, as one in ``==``, ``>=``, ``<=`` and ``~=`` always did."""
    prerelease_fallback: bool = False
    """Where only pre-releases match a specifier they are taken. Before, that held for the empty specifier alone."""
    exclusive_bounds_by_suffix: bool = False
    """``<1.0.post1`` takes ``1.0rc1``, and ``>1.0a1`` takes ``1.0.post1`` and ``1.0+local``."""
    inconsistent_metadata: MetadataProblem = "error"
    """When a file's metadata contradicts its file name in name or version."""
    failing_build: MetadataProblem = "error"
    """When building an sdist's metadata fails."""
    invalid_metadata_skips_version: bool = False
    """An invalid version or Requires-Dist in the metadata rules out all files of the version; before, it is an error
    where the specifier is not even a legacy one."""
    url_requirements: bool = False
    """``name @ URL`` in a requirements file."""
    url_constraints: bool = False
    """The new resolver takes ``name @ URL`` in a constraints file; the old one always did."""
    url_dependencies: bool = False
    """``name @ URL`` in a distribution's Requires-Dist."""
    build_isolation: bool = False
    """Reads ``[build-system] requires`` (PEP 518)."""
    build_backends: bool = False
    """Calls build backends (PEP 517)."""
    in_tree_backends: bool = False
    """Finds a backend that lies in the sdist itself (``backend-path``)."""
    setup_py_install: bool = True
    """May run ``setup.py install`` or ``setup.py bdist_wheel``; later pips call a backend always."""
    reads_range: bool = False
    """Has ``--use-feature=fast-deps``: metadata by HTTP range."""
    json_index: bool = False
    """Asks an index for JSON (PEP 691)."""
    extras_bound_base: bool = False
    """``a[x]<2`` bounds ``a`` from the start of the search; before, only once a candidate of ``a[x]`` is settled."""
    json_everywhere: bool = False
    """Is given JSON by every index that has it: some answer pip 22.2 and 22.3 in HTML though they ask for JSON."""
    metadata_files: bool = False
    """Reads ``.metadata`` beside a wheel where the link says so (PEP 658)."""
    core_metadata_attribute: bool = False
    """Reads ``data-core-metadata`` (PEP 714)."""
    dry_run: bool = False
    """Has ``install --dry-run --report``."""
    build_requires: tuple[str, ...] = ()
    """What an isolated build has where pyproject.toml names no ``[build-system]``."""
    build_constraint: bool = False
    """Has ``--build-constraint``."""
    environment_bounds_builds: bool = False
    """Isolated builds obey the constraints that ``PIP_CONSTRAINT`` names, which then bound what is installed, too."""
    constraint_hashes: bool = False
    """The new resolver takes a constraint with a hash for a pin; before, hash mode refuses what the line itself does
    not pin, so that in isolated builds no constraint may have a hash."""
    uploaded_prior_to: bool = False
    """Has ``--uploaded-prior-to``."""
    release_control: bool = False
    """Has ``--all-releases`` and ``--only-final``."""
    pylock: bool = False
    """Has ``pip lock`` and writes pylock.toml (PEP 751)."""
    find_links_pages_first: bool = False
    """Pages named by ``--find-links`` stand before those of the indexes in the list of candidates, not after."""

    @property
    def takes_last_of_equals(self) -> bool:
        """Which of two files with the same key is chosen: the last listed, or the first.

        The old resolver takes ``max``, which is the first; the new one walks a stable ascending sort backwards.
        """
        return self.resolver == "resolvelib"

    @property
    def holds_builds_by(self) -> BuildHold | None:
        """By what this pip holds isolated builds to versions *and* hashes; None where nothing does both."""
        if self.build_constraint and self.constraint_hashes:
            return "--build-constraint"
        # The old resolver puts a constraint in the place of what it constrains, with its version and its hashes.
        if self.environment_bounds_builds and self.resolver == "first seen":
            return "PIP_CONSTRAINT"
        return None


@dataclass(frozen=True, slots=True)
class Step:
    """One change of behaviour."""

    pip: str
    """The first pip that has it."""
    capability: str
    """A field of `PipCapabilities`."""
    value: Any
    what: str
    """What changed, for a reader."""
    source: str
    """Where pip says so: a file of its own, with the pull request where it is known."""


_FINDER = "_internal/index/package_finder.py"
_SPECIFIERS = "_vendor/packaging/specifiers.py"
_FACTORY = "_internal/resolution/resolvelib/factory.py"

STEPS: tuple[Step, ...] = (
    Step("8.0", "hash_mode", True, "--hash and --require-hashes", "req/req_install.py, #3231"),
    Step("9.0.0", "requires_python", True, "data-requires-python of a link is honoured", "index.py"),
    Step(
        "10.0.0",
        "key_order",
        "version, build, tag",
        "build numbers count, above tags",
        "_internal/index.py, Wheel.build_tag",
    ),
    Step("10.0.0", "wheel_names", "loose", "a wheel's version may start with a letter", "wheel.py"),
    Step("10.0.0", "url_requirements", True, "`name @ URL` is read (PEP 508)", "req/req_install.py, #4175"),
    Step("10.0.0", "build_isolation", True, "build-system.requires is installed (PEP 518)", "operations/prepare.py"),
    Step("10.0.0", "build_requires", ("setuptools", "wheel"), "the default", "get_pep_518_info"),
    Step(
        "18.0",
        "environment_bounds_builds",
        True,
        "`pip install` fills the build environment; before, wheels found beforehand",
        "_internal/build_env.py",
    ),
    Step("18.0", "prefer_binary", True, "--prefer-binary", "_internal/index.py, #3785"),
    Step("18.1", "url_dependencies", True, "`name @ URL` in Requires-Dist", "_internal/req/constructors.py"),
    Step("18.1", "build_requires", ("setuptools>=38.2.5", "wheel"), "the default", "_internal/pyproject.py"),
    Step("19.0", "build_requires", ("setuptools>=40.8.0", "wheel"), "the default", "_internal/pyproject.py"),
    Step("19.0", "sdist_names", "canonical", "an sdist's name is compared normalised", "_internal/index.py, #5870"),
    Step("19.0", "build_backends", True, "PEP 517", "_internal/pyproject.py, #5743"),
    Step("19.2", "yanked", "last", "yanked files are chosen last (PEP 592)", "_internal/index.py, #6633"),
    Step("19.2", "prefers_allowed_hash", True, "files with an allowed hash come first", "_internal/index.py, #5874"),
    Step("19.3", "names_keep_dots", False, "names are compared normalised", "_internal/req/req_set.py"),
    Step("20.0", "tags_ignore_case", True, "tags are packaging.tags.Tag", "_internal/models/wheel.py"),
    Step("20.0", "in_tree_backends", True, "backend-path", "_internal/pyproject.py, #6599"),
    Step("20.2", "prefer_binary_in_files", True, "--prefer-binary in a file", "_internal/req/req_file.py, #7693"),
    Step("20.2", "less_equal_ignores_local", True, "packaging 20.4", _SPECIFIERS),
    Step("20.2", "reads_range", True, "--use-feature=fast-deps", "_internal/network/lazy_wheel.py, #8588"),
    Step("20.3", "resolver", "resolvelib", "the new resolver; on Python 2 from no version on", "cli/req_command.py"),
    Step("20.3.2", "yanked", "when all are", "a yanked file only where nothing else fits", f"{_FACTORY}, #9203"),
    Step("20.3.2", "inconsistent_metadata", "next file", "the file is discarded", f"{_FACTORY}, #9246"),
    Step("20.3.2", "failing_build", "next file", "an sdist that does not build is discarded", f"{_FACTORY}, #9246"),
    Step("20.3.3", "inconsistent_metadata", "error", "taken back", f"{_FACTORY}, #9264"),
    Step("20.3.3", "failing_build", "error", "taken back", f"{_FACTORY}, #9264"),
    Step("20.3.4", "inconsistent_metadata", "next file", "the file is discarded, again", f"{_FACTORY}, #9203"),
    Step("20.3.4", "failing_build", "next file", "an sdist that does not build is, again", f"{_FACTORY}, #9246"),
    Step("21.1", "key_order", "version, tag, build", "tags count above build numbers", f"{_FINDER}, #9565"),
    Step("21.1", "url_constraints", True, "`name @ URL` as a constraint", f"{_FACTORY}, #8253"),
    Step("21.1", "find_links_pages_first", True, "sources instead of links", "_internal/index/sources.py"),
    Step("21.2", "compatible_ignores_prerelease", True, "packaging 21.0", _SPECIFIERS),
    Step("22.0", "yanked", "when pinned and all are", "and only for a pin with == or ===", f"{_FACTORY}, #10617"),
    Step("22.0", "failing_build", "error", "an sdist that does not build ends the resolution", _FACTORY),
    Step("22.2", "json_index", True, "PEP 691", "_internal/index/collector.py, #11158"),
    Step("22.2", "dry_run", True, "install --dry-run --report", "_internal/commands/install.py"),
    Step("22.3", "wheel_names", "no spaces", "no whitespace in a wheel's name", "_internal/models/wheel.py"),
    Step("22.3", "prefers_allowed_hash", False, "hashes of JSON pages are lost", "models/link.py, Link.link_hash"),
    Step("22.3", "metadata_files", True, "PEP 658", "_internal/operations/prepare.py, #11111"),
    Step("23.0", "prefers_allowed_hash", True, "those of JSON pages are looked at again", "_internal/models/link.py"),
    Step("23.0", "json_everywhere", True, "no index is known that answers it in HTML", "seen at a mirror"),
    Step("23.1", "setup_py_install", False, "setup.py install is gone", "_internal/req/req_install.py"),
    Step("23.2", "core_metadata_attribute", True, "PEP 714", "_internal/models/link.py"),
    Step("23.3", "extras_bound_base", True, "`a[x]<2` is also a requirement of `a`", f"{_FACTORY}, #11924"),
    Step("23.3", "extra_spelling", "as written or normalised", "PEP 685 on one side", f"{_FACTORY}, #11649"),
    Step("24.0", "build_requires", ("setuptools>=40.8.0",), "the default", "_internal/pyproject.py"),
    Step("24.1", "extra_spelling", "normalised", "packaging 24.1", "_vendor/packaging/markers.py, #12372"),
    Step("24.1", "legacy_versions", False, "packaging 24.1: PEP 440 alone", _FINDER),
    Step("24.1", "legacy_specifiers", False, "packaging 24.1: PEP 440 alone", _SPECIFIERS),
    Step("24.1", "arbitrary_equality_takes_marker", False, "packaging 24.1: `===` ends at `;`", _SPECIFIERS),
    Step("24.1", "prefix_fills_short_release", True, "packaging 24.1", _SPECIFIERS),
    Step(
        "24.1",
        "invalid_metadata_skips_version",
        True,
        "a version with invalid metadata is passed over, with a warning",
        "_internal/resolution/resolvelib/found_candidates.py",
    ),
    Step("25.0", "exclusive_bound_means_prerelease", True, "packaging 24.2", f"{_SPECIFIERS}, #13163"),
    Step("25.1", "wheel_names", "strict or no spaces", "packaging reads wheel names", "models/wheel.py, #13229"),
    Step("25.1", "pylock", True, "pip lock", "_internal/commands/lock.py, #13213"),
    Step("25.3", "wheel_names", "strict", "packaging alone reads wheel names", "_internal/models/wheel.py, #13581"),
    Step("25.3", "build_constraint", True, "--build-constraint", "_internal/cli/cmdoptions.py, #13534"),
    Step("26.0", "markers_order_text", False, "packaging 26.0", "_vendor/packaging/markers.py, #13746"),
    Step("26.0", "prerelease_fallback", True, "packaging 26.0", f"{_SPECIFIERS}, #13746"),
    Step("26.0", "uploaded_prior_to", True, "--uploaded-prior-to", f"{_FINDER}, #13625"),
    Step("26.0", "release_control", True, "--all-releases, --only-final", "models/release_control.py, #13221"),
    Step("26.1", "constraint_hashes", True, "hashes of constraints count as of the line", "resolvelib/factory.py"),
    Step("26.1", "exclusive_bounds_by_suffix", True, "packaging 26.2", _SPECIFIERS),
    Step("26.2", "environment_bounds_builds", False, "--build-constraint alone does", "build_env/installer.py"),
)
"""Sorted by the pip that took the step; a later one for the same capability replaces an earlier."""


@lru_cache(maxsize=64)
def capabilities(pip_version: str, *, python_major: int = 3) -> PipCapabilities:
    """Give what this pip can do.

    :param pip_version: ``19.1.1``; a suffix such as ``b1`` or ``.dev0`` is overlooked. A version above all steps is
        taken to behave as the newest one known.
    :param python_major: 2 keeps the old resolver, which pip 20.3 uses on Python 2.
    :raises UsageError: for a text that is no version.
    """
    release = _release(pip_version)
    changes = {step.capability: step.value for step in STEPS if _release(step.pip) <= release}
    if python_major == 2:
        changes.pop("resolver", None)
    return replace(PipCapabilities(version=pip_version), **changes)


def _release(version: str) -> tuple[int, ...]:
    """``(20, 3, 4)`` of ``20.3.4b1``, trailing zeros dropped, so that ``18.0.0`` is not above ``18.0``."""
    match = re.match(r"\d+(?:\.\d+)*", version)
    if match is None:
        msg = f"`{version}` is not a version of pip"
        raise UsageError(msg, hints=["Write it as `19.1.1`."])
    numbers = [int(part) for part in match.group().split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


_UNKNOWN = {step.capability for step in STEPS} - {field.name for field in fields(PipCapabilities)}
if _UNKNOWN:  # pragma: no cover  a slip in the table, seen at first import
    raise AttributeError(_UNKNOWN)
