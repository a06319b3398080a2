from __future__ import annotations

from dataclasses import replace

from pipfreeze_lock.lockfile import constraints


def test_versions_alone(full_lock):
    assert constraints.render(full_lock).decode() == (
        "# Constraints made by pipfreeze-lock: the versions of a lock for\n"
        "# cpython 3.6.8 cp36m linux/amd64 glibc-2.24 pip-19.1.1\n"
        "grpcio==1.34.1\n"
        "requests==2.22.0\n"
        "service-client @ https://files.example/service_client-0.3-py3-none-any.whl\n"
    )


def test_an_encoding_is_named_where_pip_needs_it(full_lock):
    assert constraints.render(replace(full_lock, target="é\nnumpy")).decode().splitlines()[:3] == [
        "# coding: utf-8",
        "# Constraints made by pipfreeze-lock: the versions of a lock for",
        r"# é\x0anumpy",
    ]
