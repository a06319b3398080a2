"""The ways in which an environment can differ from its lock."""

from __future__ import annotations

from pipfreeze_lock.model.finding import Rule

__all__ = [
    "CHANGED_BASE_DISTRIBUTION",
    "EDITABLE_INSTALL",
    "EXTRA_DISTRIBUTION",
    "MISSING_DISTRIBUTION",
    "OTHER_ORIGIN",
    "OTHER_PYTHON",
    "OTHER_VERSION",
    "TWO_VERSIONS",
    "VERIFY_RULES",
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
    title="A distribution of the base set has another version than the lock was made for",
    help="The base image moved. Lock again for the image as it is.",
)
TWO_VERSIONS = Rule(
    id="two-versions",
    title="A distribution is installed twice",
    help="Only the first on `sys.path` is imported; what is left of the other confuses pip. Remove one.",
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
OTHER_PYTHON = Rule(
    id="other-python",
    title="The environment has another Python than the lock is for",
    help="Other files fit there. Lock for this environment, or make it anew with the Python of the lock.",
)

VERIFY_RULES: tuple[Rule, ...] = tuple(value for value in globals().values() if isinstance(value, Rule))
"""All of them, in the order above."""
