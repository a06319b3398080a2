"""Makes universes at random: the same one for the same seed, whatever else was made before.

All chance comes from one `random.Random`, so that `universes` can put hypothesis' own in its place (it can shrink what
is made then), and a seed alone names a universe for good.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from fidelity.universes import words
from fidelity.universes.universe import Pair, Universe
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["make_universe", "universes"]


def make_universe(pair: Pair, seed: int) -> Universe:
    """Make the universe of a seed for a pip."""
    chance = random.Random(f"{pair} {seed}")
    return _Maker(chance, pair).universe(seed)


def universes(pair: Pair) -> st.SearchStrategy[Universe]:
    """Give universes to hypothesis, drawn by itself."""
    return st.randoms(use_true_random=False).map(lambda chance: _Maker(chance, pair).universe(None))


class _Project:
    """A project in the making."""

    def __init__(self, name: str, versions: list[str]) -> None:
        self.name = name
        self.versions = versions
        """Oldest first."""
        self.extras: list[str] = []
        self.needs: list[_Edge] = []
        self.releases: dict[str, dict[str, Any]] = {version: {} for version in versions}


class _Edge:
    """That the releases of a project need another project, and how the bound changes from release to release."""

    def __init__(self, target: _Project, kind: str, marker: str, extra: str | None) -> None:
        self.target = target
        self.kind = kind
        self.marker = marker
        self.extra = extra


class _Maker:
    def __init__(self, chance: random.Random, pair: Pair) -> None:
        self._chance = chance
        self._pair = pair
        self._projects: list[_Project] = []

    def universe(self, seed: int | None) -> Universe:
        count = self._chance.choice((2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8, 9, 10, 11, 12))
        names = self._chance.sample(words.NAMES, count)
        self._projects = [_Project(name, self._versions()) for name in names]
        for place in range(count):
            self._connect(place)
        for place, project in enumerate(self._projects):
            self._fill(project, is_leaf=place > count // 2)
        packages = {project.name: project.releases for project in self._projects}
        if self._pair.resolves and self._happens(0.06):
            return self._hashed(packages, seed)
        return Universe(
            pair=self._pair,
            packages=packages,
            requirements=tuple(self._roots()),
            # The old resolver puts a constraint in the place of what it constrains: nothing to agree on.
            constraints=tuple(self._constraints()) if self._pair.resolves and self._happens(0.2) else (),
            options=tuple(self._options()),
            seed=seed,
        )

    def _happens(self, probability: float) -> bool:
        return self._chance.random() < probability

    # --- what there is ----------------------------------------------------------------------------------------------

    def _versions(self) -> list[str]:
        """Give version texts, oldest first; mostly plain ones."""
        chance = self._chance
        releases = chance.sample(words.RELEASES, chance.choice((1, 2, 2, 3, 3, 4, 4, 5, 6)))
        odd = chance.choice((0.0, 0.1, 0.25, 0.6))
        texts = [release + (chance.choice(words.SUFFIXES) if self._happens(odd) else "") for release in releases]
        if self._happens(odd / 2):
            texts.append("1!" + chance.choice(words.RELEASES))
        distinct = {Version(text): text for text in texts}
        if self._happens(odd / 4):
            # A second spelling of one version: its files are those of another release to a reader, not to pip.
            texts = [text for text in distinct.values() if text.count(".") == 1 and text.replace(".", "").isdigit()]
            if texts:
                return [distinct[one] for one in sorted(distinct)] + [f"{chance.choice(texts)}.0"]
        return [distinct[one] for one in sorted(distinct)]

    def _connect(self, place: int) -> None:
        """Choose what a project needs: mostly those after it, so that there are roots and leaves."""
        project, later = self._projects[place], self._projects[place + 1 :]
        if self._pair.resolves:
            targets = self._chance.sample(later, min(len(later), self._chance.choice((0, 1, 1, 2, 2, 3))))
            if place and self._happens(0.07):
                targets.append(self._chance.choice(self._projects[:place]))
            if self._happens(0.35):
                project.extras = self._chance.sample(words.EXTRAS, self._chance.choice((1, 1, 2)))
        else:  # a tree: each is asked for once, so that there is nothing to agree on
            taken = {id(edge.target) for one in self._projects for edge in one.needs}
            free = [one for one in later if id(one) not in taken]
            targets = self._chance.sample(free, min(len(free), self._chance.choice((0, 1, 2, 3))))
        for target in targets:
            marker = self._chance.choice(words.MARKERS) if self._happens(0.15) else ""
            extra = self._chance.choice(project.extras) if project.extras and self._happens(0.5) else None
            kind = self._chance.choice(words.BOUND_KINDS) if self._pair.resolves else "any"
            project.needs.append(_Edge(target, kind, marker, extra))

    def _fill(self, project: _Project, *, is_leaf: bool) -> None:
        # Most projects have a release that nothing speaks against, so that most universes have an answer.
        plain = self._chance.choice(project.versions) if self._happens(0.93) else None
        for place, version in enumerate(project.versions):
            release = project.releases[version]
            self._fill_requirements(project, place, release)
            if version == plain:
                continue
            if self._happens(0.18):
                release.update(self._requires_python())
            if self._happens(0.09):
                release["yanked"] = self._chance.choice((True, "broken"))
            files = self._files(is_leaf=is_leaf)
            if files is not None:
                release["files"] = files

    def _fill_requirements(self, project: _Project, place: int, release: dict[str, Any]) -> None:
        requires: list[str] = []
        extras: dict[str, list[str]] = {extra: [] for extra in project.extras if not self._happens(0.1)}
        for edge in project.needs:
            if self._happens(0.12):
                continue
            line = self._line(edge.target, self._bound(edge, place / max(1, len(project.versions) - 1)), edge.marker)
            if edge.extra in extras:
                extras[edge.extra].append(line)
            else:
                requires.append(line)
        if self._pair.resolves:
            if len(extras) > 1 and self._happens(0.3):  # an extra of all extras
                inner = self._chance.choice(list(extras))
                extras["all"] = [f"{project.name}[{inner}]"]
            if self._happens(0.03):
                requires.append(
                    f"{self._chance.choice(self._projects).name}; {self._chance.choice(words.EXTRA_MARKERS)}"
                )
            if self._happens(0.008):
                requires.append(self._chance.choice(words.ODD_REQUIREMENTS))
        if requires:
            release["requires"] = requires
        if extras:
            release["extras"] = extras

    def _line(self, target: _Project, bound: str, marker: str) -> str:
        extras = ""
        if target.extras and self._happens(0.3):
            wanted = self._chance.sample(target.extras, self._chance.choice((1, 1, len(target.extras))))
            extras = f"[{','.join([*wanted, *(['nowhere'] if self._happens(0.08) else [])])}]"
        elif self._pair.resolves and self._happens(0.02):
            extras = "[nowhere]"
        return f"{self._spelled(target.name)}{extras}{bound}{f'; {marker}' if marker else ''}"

    def _spelled(self, name: str) -> str:
        """Now and then in another of the spellings that mean the same."""
        if not self._happens(0.1):
            return name
        return self._chance.choice(
            (name.upper(), name.replace("-", "_"), name.replace("-", "."), name.replace(".", "-"))
        )

    def _requires_python(self) -> dict[str, str]:
        bounds = self._chance.choice(words.REQUIRES_PYTHON)
        if self._happens(0.1):
            bounds = self._chance.choice(words.ODD_REQUIRES_PYTHON)
        if self._happens(0.75):
            return {"requires-python": bounds}
        if self._happens(0.3):  # only on the page
            return {"requires-python": "", "listed-requires-python": bounds}
        return {"requires-python": bounds, "listed-requires-python": ""}  # only in the metadata

    # --- bounds -----------------------------------------------------------------------------------------------------

    def _bound(self, edge: _Edge, age: float) -> str:
        """Give the specifier of one release's need.

        :param age: 0 for the oldest release, 1 for the newest: the bounds of real projects move along.
        """
        versions = edge.target.versions
        place = round(age * (len(versions) - 1))
        near, bound = versions[place], _public(versions[place])
        if edge.kind == "":
            return self._specifier(versions)
        if edge.kind == "below" and place and self._happens(0.5):
            return f"<{bound}"
        if edge.kind == "window" and place + 1 < len(versions):
            return f">={bound},<{_public(versions[place + 1])}"
        texts = {"any": "", "exactly": f"=={near}", "below": f"<={bound}", "compatible": f"~={_two_parts(near)}"}
        return texts.get(edge.kind, f">={bound}")

    def _specifier(self, versions: Sequence[str]) -> str:
        """Give any specifier, mostly one that some version satisfies."""
        for _ in range(4):
            parts = [self._part(versions) for _ in range(self._chance.choice((1, 1, 1, 2)))]
            text = ",".join(parts)
            if any(SpecifierSet(text).contains(version, prereleases=False) for version in versions):
                return text
        return text if self._happens(0.3) else ""

    def _part(self, versions: Sequence[str]) -> str:
        version = self._chance.choice(versions)
        if self._happens(0.3):
            version = Version(version).base_version
        operator = self._chance.choice(words.OPERATORS)
        match operator:
            case "===":
                return f"==={version}"
            case "~=":
                return f"~={_two_parts(version)}"
            case "==" | "!=":
                return f"{operator}{version}"
            case "==*":
                return f"=={_prefix(version)}.*"
            case "!=*":
                return f"!={_prefix(version)}.*"
        return f"{operator}{_public(version)}"

    # --- files ------------------------------------------------------------------------------------------------------

    def _files(self, *, is_leaf: bool) -> list[Any] | None:
        """Give the files of a release; None for one wheel that fits everywhere."""
        match self._chance.choices(("any", "tagged", "sdist beside", "sdist", "strange"), (58, 26, 9, 4, 3))[0]:
            case "any":
                if self._happens(0.7):
                    return None
                return self._built(["py3-none-any", *(["py2.py3-none-any"] if self._happens(0.3) else [])])
            case "tagged":
                files = self._built(self._tags())
                if self._happens(0.3):
                    files.append("py3-none-any")
                if self._happens(0.15):
                    files.append(self._sdist())
            case "sdist beside":
                files = ["py3-none-any", self._sdist()]
            case "sdist":
                files = [self._sdist() if is_leaf or self._happens(0.5) else "py3-none-any"]
            case _:
                files = list(self._chance.sample(words.STRANGE_TAGS, 2))
        self._chance.shuffle(files)
        return [self._yanked(file) if self._happens(0.04) else file for file in files]

    def _built(self, tags: list[str]) -> list[Any]:
        """Give some of the tags a build number."""
        files: list[Any] = []
        for tag in tags:
            files.append(f"{self._chance.choice(words.BUILDS)}-{tag}" if self._happens(0.12) else tag)
            if self._happens(0.1):
                files.append(f"{self._chance.choice(words.BUILDS)}-{tag}")
        return list(dict.fromkeys(files))

    def _tags(self) -> list[str]:
        python = self._pair.python if self._happens(0.8) else self._chance.choice(("3.6", "3.8", "3.11", "3.14"))
        minor = python.replace(".", "")
        suffix = "m" if int(python.partition(".")[2]) < 8 else ""
        machine = self._pair.machine if self._happens(0.9) else "aarch64"
        pool = [tag.format(cp=f"cp{minor}", abi=f"cp{minor}{suffix}", py=f"py{minor}", m=machine) for tag in words.TAGS]
        return self._chance.sample(pool, self._chance.choice((1, 2, 2, 3, 4)))

    def _sdist(self) -> Any:
        """One that can be read without running anything, and built with nothing but itself."""
        return "sdist:pkg-info" if self._pair.pip_release >= (20, 0) else "sdist:setuptools"

    def _yanked(self, file: Any) -> dict[str, Any]:
        if isinstance(file, str) and not file.startswith("sdist"):
            *build, interpreter, abi, platform = file.split("-")
            return {"tag": f"{interpreter}-{abi}-{platform}", "yanked": True} | ({"build": build[0]} if build else {})
        return {"style": file.partition(":")[2], "yanked": True}

    # --- what is asked ----------------------------------------------------------------------------------------------

    def _roots(self) -> list[str]:
        needed = {id(edge.target) for project in self._projects for edge in project.needs}
        unneeded = [project for project in self._projects if id(project) not in needed] or self._projects[:1]
        count = self._chance.choice((1, 2, 2, 3, 4))
        chosen = self._chance.sample(unneeded, min(count, len(unneeded)))
        if self._pair.resolves:
            # Somebody bounds what others need, so that the newest of all does not agree.
            others = [one for one in self._projects if one not in chosen]
            chosen += self._chance.sample(others, min(len(others), self._chance.choice((0, 1, 1, 2))))
            if self._happens(0.05):
                chosen.append(self._chance.choice(chosen))
        self._chance.shuffle(chosen)
        return [self._root(project, is_needed=project not in unneeded) for project in chosen]

    def _root(self, project: _Project, *, is_needed: bool) -> str:
        if is_needed and self._happens(0.55):
            newer = project.versions[len(project.versions) // 2 :]
            bound = f"<={_public(self._chance.choice(newer))}"
        else:
            bound = self._specifier(project.versions) if self._happens(0.5) else ""
        marker = self._chance.choice(words.MARKERS) if self._happens(0.06) else ""
        return self._line(project, bound, marker)

    def _constraints(self) -> list[str]:
        chosen = self._chance.sample(self._projects, min(len(self._projects), self._chance.choice((1, 2, 3))))
        return [
            f"{self._spelled(one.name)}{self._specifier(one.versions)}"
            + (f"; {self._chance.choice(words.MARKERS)}" if self._happens(0.1) else "")
            for one in chosen
        ]

    def _options(self) -> list[str]:
        options: list[str] = []
        if self._happens(0.08):
            options.append("--pre")
        if self._happens(0.08):
            options.append("--prefer-binary")
        if self._happens(0.09):
            names = [one.name for one in self._projects if "sdist:" in str(one.releases)]
            names = names or [one.name for one in self._projects]
            kinds = (":all:", ":none:", *names)
            for _ in range(self._chance.choice((1, 2))):
                option = self._chance.choice(("--only-binary", "--only-binary", "--no-binary"))
                value = self._chance.choice(kinds if option == "--only-binary" else (":none:", *names))
                options += [option, value]
        return options

    def _hashed(self, packages: dict[str, dict[str, dict[str, Any]]], seed: int | None) -> Universe:
        """Ask for pins with hashes: of one project with nothing under it, or of all that there are."""
        projects = self._projects
        if self._happens(0.3):  # one with nothing under it
            projects = [one for one in projects if not one.needs][:1] or projects
        lines = []
        for project in projects:
            version = self._chance.choice(project.versions)
            built = Universe(
                pair=self._pair, packages={project.name: {version: packages[project.name][version]}}, requirements=()
            )
            names = [one.filename for one in built.files()]
            allowed = self._chance.sample(names, self._chance.randint(1, len(names)))
            lines.append(f"{project.name}=={version} {' '.join(f'--hash=@{name}' for name in allowed)}")
        return Universe(pair=self._pair, packages=packages, requirements=tuple(lines), seed=seed)


def _public(version: str) -> str:
    """Without a local segment, which ordered comparisons do not take."""
    return version.partition("+")[0]


def _two_parts(version: str) -> str:
    """``~=`` wants two numbers at least."""
    parsed = Version(_public(version))
    number = parsed.base_version
    return _public(version) if len(parsed.release) > 1 else f"{number}.0{str(parsed).removeprefix(number)}"


def _prefix(version: str) -> str:
    parsed = Version(version)
    epoch = f"{parsed.epoch}!" if parsed.epoch else ""
    return epoch + ".".join(map(str, parsed.release[: max(1, len(parsed.release) - 1)]))
