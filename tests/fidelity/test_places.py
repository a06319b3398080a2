"""Which of equal files a pip takes when several places have one: indexes, find-links pages, folders."""

from __future__ import annotations

import io
import re
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from support.distribution import Artifact
from support.index_files import make_target

from pipfreeze_lock.http.client import Client
from pipfreeze_lock.index.client import SimpleIndexes
from pipfreeze_lock.index.places import Places
from pipfreeze_lock.index.rank import ProjectFiles, SelectionRules
from pipfreeze_lock.model.requirement import IndexOptions
from pipfreeze_lock.model.url import Url

if TYPE_CHECKING:
    from pathlib import Path

    from support.index_server import IndexServer
    from support.real_pip import RealPips

PIPS = [
    ("3.6", "9.0.3"),
    ("3.6", "19.1.1"),
    ("3.6", "20.2.4"),
    ("3.6", "20.3.4"),
    ("3.6", "21.0.1"),
    ("3.6", "21.1.3"),
    ("3.10", "26.3"),
]
PYTHONS = {"3.6": ("3.6.15", "cp36m"), "3.10": ("3.10.13", "cp310")}
FILES = ("foo-1.tar.gz", "foo-1.zip", "foo-1.tgz")


@pytest.mark.parametrize(("python", "pip"), PIPS)
@pytest.mark.parametrize("files", [FILES, FILES[::-1]], ids=["forward", "backward"])
@pytest.mark.parametrize("places", ["index index index", "index page page", "index folder folder", "index page folder"])
def test_the_same_file_as_pip(
    index_server: IndexServer,
    real_pips: RealPips,
    tmp_path: Path,
    places: str,
    files: tuple[str, ...],
    python: str,
    pip: str,
) -> None:
    options = laid_out(index_server, tmp_path, dict(zip(files, places.split(), strict=True)))
    ran = real_pips(python, pip).run(
        *("download", "--no-deps", "--disable-pip-version-check", "--dest", tmp_path / "out"),
        f"--index-url={options.index_url}",
        *(f"--extra-index-url={url}" for url in options.extra_index_urls),
        *(f"--find-links={place}" for place in options.find_links),
        "foo",
    )
    theirs = re.findall(r"foo-1\.(?:zip|tar\.gz|tgz)", ran.output)
    assert theirs, ran.output
    assert best(options, python, pip) == theirs[0]


def laid_out(server: IndexServer, folder: Path, places: dict[str, str]) -> IndexOptions:
    """Put each file where it shall be, and give the options that name the places."""
    indexes: list[Url] = []
    find_links: list[str] = []
    for number, (filename, place) in enumerate(places.items()):
        artifact = Artifact.of("foo", "1", filename, telling_archive(filename))
        if place == "folder":
            links = folder / "links"  # two folders are one list to pip: here they are one folder
            links.mkdir(exist_ok=True)
            links.joinpath(filename).write_bytes(artifact.content)
            find_links.append(str(links))
            continue
        name = f"index{number}"
        server.index(name).add(artifact)
        if place == "page":
            find_links.append(server.links_of(name))
        else:
            indexes.append(Url(server.url_of(name)))
    links_once = tuple(dict.fromkeys(find_links))
    return IndexOptions(index_url=indexes[0], extra_index_urls=tuple(indexes[1:]), find_links=links_once)


def telling_archive(filename: str) -> bytes:
    """Make an sdist that fails to build with its own name, since old pips do not say which local file they take."""
    content = f"raise SystemExit({f'this is {filename}'!r})\n".encode()
    stream = io.BytesIO()
    if filename.endswith(".zip"):
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("foo-1/setup.py", content)
    else:
        with tarfile.open(fileobj=stream, mode="w:gz") as archive:
            entry = tarfile.TarInfo("foo-1/setup.py")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


def best(options: IndexOptions, python: str, pip: str) -> str:
    """Give the file that we think this pip takes, through our own index client."""
    release, abi = PYTHONS[python]
    target = make_target(pip, python=release, implementation_version=release, abi=abi)
    with Client() as http, SimpleIndexes(Places.of(options), http=http, cache=None, credentials=None) as indexes:
        name = canonicalize_name("foo")
        project = ProjectFiles(name, indexes.pages(name), SelectionRules.of(target, options))
        return next(project.ranked(specifier=SpecifierSet())).file.filename
