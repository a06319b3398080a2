"""Builders of real distributions, from Python (`wheel`, `sdist`) or from TOML (`universe`).

In TOML, a release is a table under its project and version. What it says holds for all its files; a file is a word
or a table of its own that may differ::

    [packages.requests."2.22.0"]
    requires = ["idna>=2.5"]
    extras.socks = ["PySocks"]
    requires-python = ">=2.7, !=3.0.*"
    upload-time = "2019-05-16T14:00:00Z"
    yanked = "broken"
    files = ["py2.py3-none-any", "2-py3-none-any", "sdist", "sdist:backend", { tag = "py3-none-any", yanked = true }]

A word is a wheel's tag, with its build number before it where it has one, or ``sdist``, with its style after a colon.
Without ``files`` there is one wheel for any Python. The keys of a release and of a file are those of `_DISTRIBUTION`,
`_LISTED`, `_WHEEL` and `_SDIST` below, with dashes; ``content`` makes a file of that text, which no zip reader opens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support.distribution import Artifact, Distribution
from support.sdists import SdistStyle, build_sdist
from support.wheels import build_wheel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Artifact", "SdistStyle", "release", "sdist", "universe", "wheel"]

_DISTRIBUTION = frozenset(
    ["requires", "extras", "requires_python", "metadata_version", "metadata_fields", "metadata", "inside", "padding"]
)
_LISTED = frozenset(["upload_time", "yanked"])
_WHEEL = frozenset(["tag", "build", "filename", "without_metadata"])
_SDIST = frozenset(["style", "suffix", "filename", "setup_py", "pyproject"])


def wheel(name: str, version: str, **words: Any) -> Artifact:
    """Build a wheel: ``wheel("a", "1", requires=["b>1"], tag="cp36-cp36m-manylinux1_x86_64", yanked=True)``."""
    distribution, listed, rest = _sorted_out(name, version, words, _WHEEL)
    return build_wheel(distribution, **rest, **listed)


def sdist(name: str, version: str, **words: Any) -> Artifact:
    """Build an sdist: ``sdist("a", "1", requires=["b>1"], style="backend")``."""
    distribution, listed, rest = _sorted_out(name, version, words, _SDIST)
    return build_sdist(distribution, **rest, **listed)


def _sorted_out(
    name: str, version: str, words: Mapping[str, Any], own: frozenset[str]
) -> tuple[Distribution, dict[str, Any], dict[str, Any]]:
    """Part the words into what the distribution says, what the index says, and what shapes the file."""
    fields: dict[str, Any] = {}
    listed: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for word, value in words.items():
        key = word.replace("-", "_")
        if key in _DISTRIBUTION:
            fields[key] = value
        elif key in _LISTED:
            listed[key] = value
        elif key in own:
            rest[key] = value
        elif key != "listed_requires_python":
            msg = f"{name} {version}: no builder knows the word {word!r}"
            raise TypeError(msg)
    fields["requires"] = tuple(fields.get("requires", ()))
    fields["extras"] = {extra: tuple(more) for extra, more in fields.get("extras", {}).items()}
    # An index lists what the metadata says, unless the test wants them to differ; "" is not listed at all.
    said = words.get("listed_requires_python", words.get("listed-requires-python", fields.get("requires_python")))
    listed["requires_python"] = said or None
    return Distribution(name=name, version=version, **fields), listed, rest


def universe(packages: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> list[Artifact]:
    """Build all files of all releases of all projects, in the order they are written."""
    return [
        artifact
        for name, releases in packages.items()
        for version, words in releases.items()
        for artifact in release(name, version, **words)
    ]


def release(name: str, version: str, **words: Any) -> Iterable[Artifact]:
    """Build the files of one release."""
    common = {key.replace("-", "_"): value for key, value in words.items()}
    files = common.pop("files", ["py2.py3-none-any"])
    for one in files:
        own = _file_words(one) if isinstance(one, str) else {key.replace("-", "_"): one[key] for key in one}
        yield _file(name, version, {**common, **own})


def _file_words(word: str) -> dict[str, Any]:
    if word.partition(":")[0] == "sdist":
        return {"style": word.partition(":")[2] or "setuptools"}
    *build, interpreter, abi, platform = word.split("-")
    return {"tag": f"{interpreter}-{abi}-{platform}", "build": build[0] if build else None}


def _file(name: str, version: str, words: dict[str, Any]) -> Artifact:
    content = words.pop("content", None)
    built = (sdist if words.keys() & {"style", "suffix"} else wheel)(name, words.pop("version", version), **words)
    if content is None:
        return built
    listed = {key: getattr(built, key) for key in ("requires_python", "upload_time", "yanked")}
    return Artifact.of(name, version, built.filename, content.encode(), **listed)
