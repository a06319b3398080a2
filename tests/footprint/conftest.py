"""Wheels that have all that pip treats in a way of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import packages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.distribution import Artifact

DEEP = "/".join(["nested", *(f"deep{number}" for number in range(14))])
LONG = "y" * 120
_BOTH = {
    "thing/__init__.py": "value = 1\n",
    "thing/broken.py": "def (:\n",
    "thing/sub/mod.py": "class Some:\n    def method(self):\n        return 'hello', 12345678, lambda: (1, 2)\n",
    "thing/sub/data.bin": "x" * 1500,
    "thing/empty.txt": "",
    f"thing/{LONG}.txt": "a name that no header holds",
    f"{DEEP}/module.py": "deeper = True\n",
    f"{DEEP}/{LONG}.txt": "likewise",
}
_OF_1 = {
    "thing/gone/away.py": "taken = 'away'\n",
    "thing/gone/still/more.py": "taken = 'away'\n",
    "thing/lost.py": "taken = 'away'\n",
    "lost_module.py": "taken = 'away'\n",
}


def made(version: str) -> Artifact:
    """Make one release; the first has files that the second has not."""
    data = f"thing-{version}.data"
    inside = {
        **_BOTH,
        **(_OF_1 if version == "1" else {"thing/new.py": "added = 'later'\n" * 100}),
        f"{data}/scripts/tool": "#!python\nprint('by the interpreter')\n",
        f"{data}/scripts/tool.py": "#!python -E\nprint('compiled too')\n",
        f"{data}/scripts/shell": "#!/bin/sh\ntrue\n",
        f"{data}/scripts/thing-run-script.py": "#!python\nprint('left out: pip writes its own')\n",
        f"{data}/data/share/thing/read.me": "hello\n",
        f"{data}/headers/thing.h": "int thing;\n",
        f"{data}/purelib/pure_module.py": "pure = True\n",
        f"thing-{version}.dist-info/entry_points.txt": (
            "[console_scripts]\nthing-run = thing.sub:Some.method\n[gui_scripts]\nthing-gui = thing:main [extra]\n"
        ),
    }
    return packages.wheel("thing", version, inside=inside)


@pytest.fixture(scope="session")
def things() -> Mapping[str, Artifact]:
    """Give two releases, by version."""
    return {version: made(version) for version in ("1", "2")}
