"""A lock with one of everything."""

from __future__ import annotations

import pytest

from pipfreeze_lock.model.lock import LockedFile, LockedSet, Pin, Satisfied, Via
from pipfreeze_lock.model.requirement import FormatControl, IndexOptions, InputFile
from pipfreeze_lock.model.target import BaseDistribution
from pipfreeze_lock.model.url import Url

A, B, C = ("sha256:" + letter * 64 for letter in "abc")


@pytest.fixture
def full_lock() -> LockedSet:
    return LockedSet(
        command="pipfreeze-lock lock --base-image python:3.6.8 requirements.txt",
        target="cpython 3.6.8 cp36m linux/amd64 glibc-2.24 pip-19.1.1",
        base=(
            BaseDistribution("pip", "19.1.1"),
            BaseDistribution("setuptools", "41.0.1"),
            BaseDistribution("wheel", "0.33.4"),
        ),
        satisfied=(Satisfied(name="setuptools", via=(Via("distribution", "tensorboard", constraint=">=41.0.0"),)),),
        inputs=(
            InputFile(path="requirements.txt", sha256="0" * 64, role="input"),
            InputFile(path="limits.txt", sha256="1" * 64, role="constraint"),
        ),
        remarks=(("exclude-newer", "2021-01-16T00:00:00Z"), ("warning", "built under another Python")),
        options=IndexOptions(
            index_url=Url("https://index.example/simple/"),
            extra_index_urls=(Url("https://other.example/simple"),),
            find_links=("wheels", "/srv/my wheels"),
            trusted_hosts=("index.example",),
            format_control=FormatControl(no_binary=frozenset({":all:"}), only_binary=frozenset({"numpy", "grpcio"})),
        ),
        pins=(
            Pin(
                name="grpcio",
                version="1.34.1",
                hashes=(A,),
                via=(
                    Via("-c", "limits.txt", constraint="<2"),
                    Via("distribution", "tensorboard", constraint=">=1.24.3"),
                    Via("distribution", "tensorflow", extra="gpu", constraint=">=1", marker='python_version < "3.7"'),
                ),
                notes=("compiled in the image: no wheel of it that pip 19.1.1 reads",),
                filename="grpcio-1.34.1.tar.gz",
                files=(
                    LockedFile(
                        filename="grpcio-1.34.1.tar.gz",
                        url="https://files.example/grpcio-1.34.1.tar.gz",
                        size=21042525,
                        upload_time="2021-01-12T22:07:01.234567Z",
                        hashes=(A,),
                    ),
                ),
            ),
            Pin(
                name="requests",
                version="2.22.0",
                extras=("socks",),
                hashes=(A, B),
                via=(Via("-r", "requirements.txt", constraint="==2.22.0", extras=("socks",)),),
                filename="requests-2.22.0-py2.py3-none-any.whl",
                files=(
                    LockedFile(
                        filename="requests-2.22.0-py2.py3-none-any.whl",
                        url="https://files.example/requests-2.22.0-py2.py3-none-any.whl",
                        hashes=(A,),
                    ),
                    LockedFile(
                        filename="requests-2.22.0.tar.gz",
                        url="https://files.example/requests-2.22.0.tar.gz",
                        hashes=(B,),
                    ),
                ),
            ),
            Pin(
                name="service-client",
                version="0.3",
                url="https://files.example/service_client-0.3-py3-none-any.whl",
                hashes=(C,),
                via=(Via("-r", "requirements.txt"),),
                filename="service_client-0.3-py3-none-any.whl",
                files=(
                    LockedFile(
                        filename="service_client-0.3-py3-none-any.whl",
                        url="https://files.example/service_client-0.3-py3-none-any.whl",
                        hashes=(C,),
                    ),
                ),
            ),
        ),
    )
