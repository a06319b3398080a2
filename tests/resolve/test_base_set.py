from __future__ import annotations

import pytest
from packaging.version import Version

from pipfreeze_lock.resolve.base_set import needs_nothing


@pytest.mark.parametrize(
    ("name", "version", "is_known"),
    [
        ("pip", "9.0.3", True),
        ("setuptools", "33.1.1", True),
        ("setuptools", "34.0.0", False),
        ("setuptools", "35.0.2", False),
        ("setuptools", "36.0.0", True),
        ("setuptools", "80.9.0", True),
        ("wheel", "0.45.1", True),
        ("wheel", "0.46.0", False),
        ("wheel", "1.0", False),
        ("six", "1.16", False),
    ],
)
def test_what_is_known_to_need_nothing(name, version, is_known):
    assert needs_nothing(name, Version(version)) is is_known
