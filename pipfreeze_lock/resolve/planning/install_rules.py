"""What ``pip install`` does differently from pip to pip beside choosing files, by its version.

Read in the sources of each: ``req/req_set.py`` (9), ``_internal/resolve.py`` (10 to 19.2), ``legacy_resolve.py`` (19.3
and 20.0), ``_internal/resolution/{legacy,resolvelib}`` (from 20.1 on); held against real pips in ``tests/planning``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Collection

    from pipfreeze_lock.resolve.planning.interface import UpgradeStrategy

__all__ = ["Insertion", "InstallRules"]

Insertion = Literal["all first", "one ahead", "by version"]
"""What is fetched before it is known that what is installed is as good (``found_candidates.py``): every file that fits,
one more than is needed, or none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InstallRules:
    """Those of one pip."""

    strategy: UpgradeStrategy
    """Of ``--upgrade``, where nobody names one."""
    force_needs_upgrade: bool
    """``--force-reinstall`` says how ``--upgrade`` goes about it, and nothing without that."""
    constraints_ask: bool
    """A constraint on what others need makes it one of those that the user asks for: see ``is_direct``."""
    named_url_may_be_path: bool
    """``a @ URL`` is taken for the name of a file where it ends as an archive's does, and there is no such file."""
    installed_keeps_dots: bool
    """``zope-interface`` does not find an installed ``zope.interface``: names are those of pkg_resources."""
    replaced_hashes_count: bool
    """A hash on a line whose place a constraint takes makes hash mode all the same."""
    insertion: Insertion
    step_back_makes_all: bool
    """resolvelib 0.5 makes every candidate of what it has to choose anew."""
    bounds_extras: bool
    """A constraint on ``a`` is one on the node ``a[x]``, too."""
    python_first: bool
    """Requires-Python is looked at before what else a candidate needs, so that nothing is fetched for that in vain."""
    requested: Literal["exact node", "project", "node"]
    """What ``--upgrade`` finds among what the user asks for, for ``a[x]``: see `may_upgrade`."""

    @classmethod
    def of(cls, pip: str) -> InstallRules:
        """Give those of a pip.

        :param pip: Its version.
        """
        version = Version(pip)

        def since(first: str) -> bool:
            return version >= Version(first)

        return cls(
            strategy="only-if-needed" if since("10.0") else "eager",
            force_needs_upgrade=not since("10.0"),
            constraints_ask=not since("20.2"),
            named_url_may_be_path=not since("19.3"),
            installed_keeps_dots=not since("20.2"),
            replaced_hashes_count=since("20.0"),
            insertion="by version" if since("21.0") else "one ahead" if since("20.3.2") else "all first",
            step_back_makes_all=not since("21.1"),
            bounds_extras=since("21.2") or (since("20.3.2") and not since("21.1")),
            python_first=since("25.1"),
            requested="node" if since("22.0") else "exact node" if since("21.1") else "project",
        )

    def may_upgrade(self, identifier: str, requested: Collection[str]) -> bool:
        """Whether the user asks for a node: ``_eligible_for_upgrade`` in pip's ``resolvelib/provider.py``.

        :param requested: The nodes that the inputs ask for.
        """
        name = identifier.partition("[")[0]
        if self.requested == "project":
            return any(one.partition("[")[0] == name for one in requested)
        return identifier in requested or (self.requested == "node" and name in requested)
