"""Which layer took something away."""

from __future__ import annotations

from pipfreeze_lock.model.image import LayerInfo
from pipfreeze_lock.verify.removals import Removals

SITE = "usr/lib/python3.6/site-packages"


def info(index: int) -> LayerInfo:
    return LayerInfo(index=index, digest="sha256:1", diff_id=None, instruction=None)


def test_a_path_or_a_folder_above_it() -> None:
    removals = Removals([(info(1), [f"{SITE}/a"]), (info(2), ["usr/lib"]), (info(3), ["opt"])])
    assert removals.of_path(f"/{SITE}/a/b.py") == info(2)
    assert removals.of_path("/usr/lib") == info(2)
    assert removals.of_path("/usr/libexec") is None
    assert removals.of_path("/") is None


def test_the_topmost_layer_counts() -> None:
    removals = Removals([(info(1), ["a"]), (info(4), ["a"]), (info(2), ["a/b"])])
    assert removals.of_path("/a/b") == info(4)


def test_a_distribution_of_this_version_before_others() -> None:
    paths = [f"{SITE}/Some.Name-1.0.dist-info", f"{SITE}/some_name-2.0.dist-info", f"{SITE}/some_name"]
    removals = Removals([(info(1), paths)])
    assert removals.of_distribution("some-name", "2.0") == (f"/{SITE}/some_name-2.0.dist-info", info(1))
    assert removals.of_distribution("some-name", "1.0") == (f"/{SITE}/Some.Name-1.0.dist-info", info(1))
    assert removals.of_distribution("some-name", "3.0") is not None
    assert removals.of_distribution("some", "1.0") is None


def test_eggs_too() -> None:
    removals = Removals([(info(1), [f"{SITE}/a-1.0-py3.6.egg-info", f"{SITE}/b-1.0-py3.6.egg"])])
    assert removals.of_distribution("a", "1.0") == (f"/{SITE}/a-1.0-py3.6.egg-info", info(1))
    assert removals.of_distribution("b", "1.0") == (f"/{SITE}/b-1.0-py3.6.egg", info(1))
