"""What we say of ourselves, in pip's manner (``user_agent`` in its ``_internal/network/session.py``).

Without what costs a process to find out (the Rust compiler) or what would tell a person apart (the kernel's release).
"""

from __future__ import annotations

import platform
import sys
from typing import Any

import msgspec

__all__ = ["user_agent"]


def user_agent(version: str, *, is_ci: bool = False, user_data: str | None = None) -> str:
    """Give the header's value: ``pipfreeze-lock/VERSION`` and a JSON object."""
    implementation = {"name": platform.python_implementation(), "version": platform.python_version()}
    data: dict[str, Any] = {
        "ci": is_ci or None,
        "cpu": platform.machine(),
        "implementation": implementation,
        "installer": {"name": "pipfreeze-lock", "version": version},
        "python": platform.python_version(),
        "system": {"name": platform.system() or sys.platform},
    }
    if user_data is not None:
        data["user_data"] = user_data
    return f"pipfreeze-lock/{version} {_header_safe(msgspec.json.encode(data).decode())}"


def _header_safe(text: str) -> str:
    """Leave out what a header cannot hold (RFC 9110, 5.5); user data comes from the environment, as it is."""
    return "".join(character for character in text if " " <= character <= "~")
