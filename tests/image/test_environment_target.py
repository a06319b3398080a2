"""The target that an environment of an image is."""

from __future__ import annotations

import pytest
from support.file_trees import distribution, merged, python, tree

from pipfreeze_lock.errors import ImageError
from pipfreeze_lock.image.distributions import installed_set
from pipfreeze_lock.image.environment_target import target_of_environment
from pipfreeze_lock.image.environments import find_environments
from pipfreeze_lock.image.interface import ImageConfig
from pipfreeze_lock.model.target import BaseDistribution, Libc, Target


def target(version: str, *distributions: tuple[str, str], libc: str | None = "glibc-2.24", **config: str) -> Target:
    series = ".".join(version.split(".")[:2])
    site = f"usr/local/lib/python{series}/site-packages"
    layers = tree(merged(python("usr/local", version), *({site: distribution(*one)} for one in distributions)))
    image = ImageConfig(**config)
    (found, *_) = find_environments(layers, image)
    return target_of_environment(found, installed_set(layers, found, subject="image", libc=libc), image)


def test_all_of_it():
    found = target("3.6.8", ("pip", "19.1.1"), ("Flask-Login", "0.6.3"), ("wheel", "0.33.4"))
    assert str(found) == "cpython 3.6.8 cp36m linux/amd64 glibc-2.24 pip-19.1.1"
    assert found.base == (
        BaseDistribution("flask-login", "0.6.3"),
        BaseDistribution("pip", "19.1.1"),
        BaseDistribution("wheel", "0.33.4"),
    )
    assert dict(found.sources)["pip"] == "image"


@pytest.mark.parametrize(
    ("architecture", "variant", "machine"), [("arm64", "v8", "aarch64"), ("arm", "v7", "armv7l"), ("386", "", "i686")]
)
def test_machine(architecture: str, variant: str, machine: str):
    assert target("3.11.7", ("pip", "24.0"), architecture=architecture, variant=variant).machine == machine


def test_c_library():
    assert target("3.11.7", ("pip", "24.0"), libc="musl-1.2").libc == Libc("musl", 1, 2)


def test_without_a_c_library():
    with pytest.raises(ImageError, match="nothing tells which C library is in it"):
        target("3.11.7", ("pip", "24.0"), libc=None)


def test_without_pip():
    with pytest.raises(ImageError, match="there is no pip in `/usr/local`") as error:
        target("3.11.7", ("six", "1.16.0"))
    assert error.value.context == "image"
