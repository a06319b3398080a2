"""The ways in which an environment can differ from its lock; docs/verify.md shows this table."""

from __future__ import annotations

from pipfreeze_lock.model.finding import Rule

__all__ = [
    "BROKEN_METADATA",
    "CHANGED_BASE_DISTRIBUTION",
    "CHANGED_FILE",
    "EDITABLE_INSTALL",
    "EXTRA_DISTRIBUTION",
    "MISSING_DISTRIBUTION",
    "MISSING_FILE",
    "OTHER_FILE",
    "OTHER_INSTALLER",
    "OTHER_LIBC",
    "OTHER_ORIGIN",
    "OTHER_PATCH_LEVEL",
    "OTHER_PLATFORM",
    "OTHER_PYTHON",
    "OTHER_VERSION",
    "TWO_VERSIONS",
    "UNOWNED_FILE",
    "VERIFY_RULES",
    "rules_looked_for",
]

_INSTALL = "Install the lock: `pip install --require-hashes -r LOCK`."

MISSING_DISTRIBUTION = Rule(
    id="missing-distribution",
    title="A pinned distribution is not installed",
    help=f"The lock was not installed whole, or it was uninstalled since. {_INSTALL}",
)
EXTRA_DISTRIBUTION = Rule(
    id="extra-distribution",
    title="Something is installed that is neither in the lock nor in the base set",
    help="Somebody installed it besides the lock. Add it to the requirements and lock again, or take it out.",
)
OTHER_VERSION = Rule(
    id="other-version",
    title="Another version is installed than the lock pins",
    help=f"The lock was renewed and not installed, or something moved it since. {_INSTALL}",
)
CHANGED_BASE_DISTRIBUTION = Rule(
    id="changed-base-distribution",
    title="A distribution of the base set is another one than the lock was made for",
    help="The base image moved. Lock again for the image as it is; `--base-policy` says how grave it is.",
)
TWO_VERSIONS = Rule(
    id="two-versions",
    title="A distribution is installed twice",
    help="Only the first on `sys.path` is imported; what is left of the other confuses pip. Remove one.",
)
BROKEN_METADATA = Rule(
    id="broken-metadata",
    title="The metadata of a distribution cannot be read",
    help=f"An installation was interrupted, or its files were taken away. {_INSTALL}",
)
EDITABLE_INSTALL = Rule(
    id="editable-install",
    title="A source tree is installed where the lock pins a release",
    help=f"What it holds is whatever lies there, and no hash speaks for it. {_INSTALL}",
)
OTHER_ORIGIN = Rule(
    id="other-origin",
    title="A distribution was installed from another place than the lock says",
    help=f"`direct_url.json` says where it came from. {_INSTALL}",
)
OTHER_INSTALLER = Rule(
    id="other-installer",
    title="A distribution was installed by something other than pip",
    help="Who installs by other means does not hold to the lock's hashes, as pip does.",
    severity="warning",
)
OTHER_FILE = Rule(
    id="other-file",
    title="What is installed is not the file that the lock allows",
    help=f"Its record differs from that of the locked file, of the same version. {_INSTALL}",
)
OTHER_PYTHON = Rule(
    id="other-python",
    title="The environment has another Python than the lock is for",
    help="Other files fit there. Lock for this environment, or make it anew with the Python of the lock.",
)
OTHER_PATCH_LEVEL = Rule(
    id="other-patch-level",
    title="The environment has another patch level of the Python that the lock is for",
    help="The same files fit there as a rule; `Requires-Python` may tell patch levels apart.",
    severity="warning",
)
OTHER_LIBC = Rule(
    id="other-libc",
    title="The image has another C library than the lock is for",
    help="With an older one the locked wheels may not load, with a newer one pip would have taken others. Lock again.",
)
OTHER_PLATFORM = Rule(
    id="other-platform",
    title="The image is for another platform than the lock",
    help="Its wheels do not load there. Take the lock of this platform, or lock for it with `--platform`.",
)
MISSING_FILE = Rule(
    id="missing-file",
    title="A file of an installed distribution is not there",
    help=f"Its RECORD names it. It was deleted after the installation. {_INSTALL}",
)
CHANGED_FILE = Rule(
    id="changed-file",
    title="A file of an installed distribution was changed",
    help=f"It has not the hash or the size that RECORD says. It was edited after the installation. {_INSTALL}",
)
UNOWNED_FILE = Rule(
    id="unowned-file",
    title="A file lies in site-packages that no distribution owns",
    help="Python imports it, or runs it at its start, and nothing says where it came from.",
)

VERIFY_RULES: tuple[Rule, ...] = tuple(value for value in globals().values() if isinstance(value, Rule))
"""All of them, in the order above."""

_OF_FILES = frozenset({MISSING_FILE, CHANGED_FILE, UNOWNED_FILE})
"""Looked for with ``--integrity`` alone."""


def rules_looked_for(*, integrity: bool, deep: bool) -> tuple[Rule, ...]:
    """Give those that a run looks for, so that no other is told as passed."""
    left_out = (frozenset() if integrity else _OF_FILES) | (frozenset() if deep else {OTHER_FILE})
    return tuple(rule for rule in VERIFY_RULES if rule not in left_out)
