"""The edits: each changes the texts of some files, and says what is known of its effect."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mutate_check.pairs import DOCKERFILE, IMAGES, LOCK, MARKERS_THAT_DO_NOT, MARKERS_THAT_HOLD

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from mutate_check.pairs import Pair

__all__ = ["EDITS", "Draft", "Effect"]

_LINE = re.compile(r"(?P<name>[A-Za-z][\w.-]*)(?P<extras>\[[^\]]*\])?(?P<specifier>[^;\[]*)(?P<marker>;.*)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """What is known of an edit; what is not is judged by locking again."""

    is_stale: bool | None = None
    """None: locking again tells."""
    is_silent: bool = False
    """Nothing at all may be said."""
    rules: frozenset[str] = field(default_factory=frozenset)
    """One of them is found, where the edit makes the lock stale; empty: any."""


SILENT = Effect(is_stale=False, is_silent=True)
PINS = frozenset(
    [
        *("missing-pin", "unsatisfied-requirement", "unsatisfied-constraint", "missing-extra", "unasked-extra"),
        *("unasked-pin", "needless-pin", "uninvited-prerelease", "unsatisfied-dependency"),
    ]
)


@dataclass(frozen=True, slots=True)
class Line:
    """A requirement as it stands in a file."""

    file: str
    number: int
    name: str
    extras: str
    specifier: str
    marker: str

    @property
    def canonical(self) -> str:
        return re.sub(r"[-_.]+", "-", self.name).lower()

    def written(self, **changed: str) -> str:
        parts = {"name": self.name, "extras": self.extras, "specifier": self.specifier, "marker": self.marker} | changed
        return f"{parts['name']}{parts['extras']}{parts['specifier']}{parts['marker']}"


@dataclass(frozen=True, slots=True)
class Draft:
    """What an edit works on."""

    random: Random
    pair: Pair
    files: dict[str, str]

    def lines(self, *names: str) -> list[Line]:
        """Read the requirement lines that are in plain form."""
        found: list[Line] = []
        for file in names or ("requirements.txt", "more/nested.txt"):
            for number, text in enumerate(self.files.get(file, "").split("\n")):
                match = _LINE.fullmatch(text)
                if match and "@" not in text and "\\" not in text:
                    parts = {key: value or "" for key, value in match.groupdict().items()}
                    found.append(Line(file, number, **parts))
        return found

    def some_line(self, *names: str) -> Line | None:
        """Give one of them."""
        found = self.lines(*names)
        return self.random.choice(found) if found else None

    def replace(self, line: Line, *new: str) -> None:
        """Put other lines in its place."""
        lines = self.files[line.file].split("\n")
        lines[line.number : line.number + 1] = new
        self.files[line.file] = "\n".join(lines)

    def add(self, file: str, text: str) -> None:
        """Put a line somewhere."""
        lines = self.files[file].split("\n")
        lines.insert(self.random.randrange(len(lines)), text)
        self.files[file] = "\n".join(lines)


# --- what requirements ask for ------------------------------------------------------------------------------------


def loosen(draft: Draft) -> Effect | None:
    line = draft.some_line()
    if line is None or not line.specifier:
        return None
    draft.replace(line, line.written(specifier=draft.random.choice(["", ">=0.1", "!=0.0.1", "<5!0"])))
    return Effect(rules=PINS)


def tighten_within(draft: Draft) -> Effect | None:
    line = draft.some_line()
    version = draft.pair.answer.versions.get(line.canonical) if line else None
    if line is None or version is None:
        return None
    specifier = draft.random.choice(
        [f"=={version}", f">={version}", f"<={version}", f"==={version}", f"<={version},>={version}"]
    )
    draft.replace(line, line.written(specifier=specifier))
    return Effect(rules=PINS)


def tighten_past(draft: Draft) -> Effect | None:
    line = draft.some_line()
    version = draft.pair.answer.versions.get(line.canonical) if line else None
    if line is None or version is None:
        return None
    draft.replace(
        line,
        line.written(specifier=draft.random.choice([f"<{version}", f">{version}", f"!={version}", "==7.7"])),
    )
    return Effect(rules=PINS)


def another_version(draft: Draft) -> Effect | None:
    line = draft.some_line()
    if line is None or line.name not in draft.pair.releases:
        return None
    operator = draft.random.choice(["==", ">=", "<=", "<", ">", "~=", "!="])
    version = draft.random.choice(draft.pair.releases[line.name])
    if operator == "~=" and "." not in version.partition("!")[2 if "!" in version else 0]:
        return None
    draft.replace(line, line.written(specifier=f"{operator}{version}"))
    return Effect(rules=PINS)


def add_line_of_anything(draft: Draft) -> Effect:
    name = draft.random.choice(sorted(draft.pair.releases))
    specifier = draft.random.choice(["", "", f">={draft.pair.releases[name][0]}", f"<{draft.pair.releases[name][-1]}"])
    extra = (
        f"[{draft.random.choice(draft.pair.extras[name])}]"
        if name in draft.pair.extras and draft.random.random() < 0.3
        else ""
    )
    marker = draft.random.choice(
        ["", "", f"; {draft.random.choice(MARKERS_THAT_HOLD)}", f"; {draft.random.choice(MARKERS_THAT_DO_NOT)}"]
    )
    draft.add(draft.random.choice(["requirements.txt", "more/nested.txt"]), f"{name}{extra}{specifier}{marker}")
    return Effect(rules=PINS)


def add_line_of_a_stranger(draft: Draft) -> Effect:
    draft.add("requirements.txt", "nobody-has-this")
    return Effect(is_stale=True, rules=frozenset({"missing-pin"}))


def remove_line(draft: Draft) -> Effect | None:
    line = draft.some_line()
    if line is None:
        return None
    draft.replace(line)
    return Effect(rules=PINS)


def change_extras(draft: Draft) -> Effect | None:
    line = draft.some_line()
    if line is None or line.name not in draft.pair.extras:
        return None
    extras = draft.random.choice(["", "[x]", "[y-z]", "[x,Y.z]"])
    draft.replace(line, line.written(extras=extras))
    return Effect(rules=PINS)


def change_marker(draft: Draft) -> Effect | None:
    line = draft.some_line()
    if line is None:
        return None
    marker = draft.random.choice([*MARKERS_THAT_HOLD, *MARKERS_THAT_DO_NOT, ""])
    draft.replace(line, line.written(marker=f"; {marker}" if marker else ""))
    return Effect(rules=PINS)


def direct_url(draft: Draft) -> Effect | None:
    line = draft.some_line()
    version = draft.pair.answer.versions.get(line.canonical) if line else None
    if (
        line is None
        or (line.canonical, version) not in draft.pair.links
        or (line.marker and line.marker[2:] not in MARKERS_THAT_HOLD)
    ):
        return None
    marker = f" {line.marker}" if line.marker else ""
    draft.replace(line, f"{line.name}{line.extras} @ {draft.pair.links[line.canonical, str(version)]}{marker}")
    return Effect(is_stale=True, rules=frozenset({"other-url"}))


def change_constraints(draft: Draft) -> Effect:
    name = draft.random.choice(sorted(draft.pair.releases))
    line = draft.some_line("limits.txt")
    if line is not None and draft.random.random() < 0.3:
        draft.replace(line)
    else:
        operator = draft.random.choice(["<", ">", "<=", ">=", "!=", "=="])
        draft.add("limits.txt", f"{name}{operator}{draft.random.choice(draft.pair.releases[name])}")
    return Effect(rules=PINS)


def move_to_another_file(draft: Draft) -> Effect | None:
    line = draft.some_line()
    if line is None:
        return None
    draft.replace(line)
    if draft.random.random() < 0.5 and "new.txt" not in draft.files:
        draft.add("requirements.txt", "-r new.txt")
        draft.files["new.txt"] = line.written() + "\n"
    else:
        draft.add(draft.random.choice(["requirements.txt", "more/nested.txt"]), line.written())
    return Effect(is_stale=False)


def drop_nested_file(draft: Draft) -> Effect | None:
    if "-r more/nested.txt\n" not in draft.files["requirements.txt"]:
        return None
    draft.files["requirements.txt"] = draft.files["requirements.txt"].replace("-r more/nested.txt\n", "")
    return Effect(rules=PINS)


# --- what says nothing ----------------------------------------------------------------------------------------------


def reorder(draft: Draft) -> Effect | None:
    name = draft.random.choice(["requirements.txt", "more/nested.txt", "limits.txt"])
    if any(text in draft.files[name] for text in ("\\", "--", "\ufeff")):
        return None
    lines = draft.files[name].strip("\n").split("\n")
    draft.random.shuffle(lines)
    draft.files[name] = "\n".join([*lines, ""])
    return SILENT


def comment(draft: Draft) -> Effect:
    name = draft.random.choice(["requirements.txt", "more/nested.txt", "limits.txt", DOCKERFILE])
    lines = draft.files[name].split("\n")
    place = draft.random.randrange(len(lines))
    if name != DOCKERFILE and lines[place] and not lines[place].endswith("\\") and draft.random.random() < 0.5:
        lines[place] += "  # because"
    elif not place or not lines[place - 1].endswith("\\"):
        lines.insert(place, draft.random.choice(["# a comment", "", "    # another"]))
    draft.files[name] = "\n".join(lines)
    return SILENT


def respell(draft: Draft) -> Effect | None:
    line = draft.some_line("requirements.txt", "more/nested.txt", "limits.txt")
    if line is None:
        return None
    name = draft.random.choice(
        [line.name.upper(), line.name.lower(), re.sub(r"[-_.]+", "__", line.name), line.name.swapcase()]
    )
    draft.replace(line, line.written(name=name, extras=line.extras.upper()))
    return SILENT


def respace(draft: Draft) -> Effect | None:
    line = draft.some_line("requirements.txt", "more/nested.txt", "limits.txt")
    if line is None:
        return None
    specifier = re.sub(r"(===|[=~!<>]=|[<>])", r" \1 ", line.specifier).replace(",", " , ")
    marker = line.marker.replace('"', "'") if draft.random.random() < 0.5 else line.marker.replace("; ", " ;")
    texts = [line.written(specifier=specifier, marker=marker), f"  {line.written()}  "]
    if line.specifier:
        texts.append(f"{line.name}{line.extras} \\\n    {line.specifier}{line.marker}")
    draft.replace(line, *draft.random.choice(texts).split("\n"))
    return SILENT


def line_ends(draft: Draft) -> Effect | None:
    name = draft.random.choice(["requirements.txt", "more/nested.txt", "limits.txt"])
    if "\r" in draft.files[name]:
        return None
    draft.files[name] = draft.random.choice(
        [
            draft.files[name].replace("\n", "\r\n"),
            draft.files[name].rstrip("\n"),
            "\ufeff" + draft.files[name].lstrip("\ufeff"),
        ]
    )
    return SILENT


def say_twice(draft: Draft) -> Effect | None:
    line = draft.some_line("requirements.txt", "more/nested.txt", "limits.txt")
    if line is None:
        return None
    draft.replace(line, line.written(), line.written())
    return SILENT


# --- target, options, draft.files -----------------------------------------------------------------------------------------


def retarget(draft: Draft) -> Effect | None:
    if DOCKERFILE not in draft.files:
        return None
    draft.files[DOCKERFILE] = re.sub(r"(?m)^FROM .*", f"FROM {draft.random.choice(IMAGES)}", draft.files[DOCKERFILE])
    if draft.random.random() < 0.3:
        draft.files[DOCKERFILE] += "RUN pip install pip==" + draft.random.choice(["21.3.1", "25.3"]) + "\n"
    return Effect(rules=frozenset({"changed-target", "changed-base"}) | PINS)


def add_option(draft: Draft) -> Effect:
    option = draft.random.choice(
        ["--pre", "--no-binary fox", "--only-binary :all:", "--extra-index-url https://index.example/simple/"]
    )
    draft.add("requirements.txt", option)
    return Effect(is_stale=True, rules=frozenset({"changed-option"}))


def delete_file(draft: Draft) -> Effect | None:
    name = draft.random.choice(["requirements.txt", "limits.txt", "more/nested.txt", DOCKERFILE])
    if name not in draft.files:
        return None
    del draft.files[name]
    return Effect(is_stale=True, rules=frozenset({"missing-input", "unreadable-input", "unknown-target"}))


# --- the lock by hand -----------------------------------------------------------------------------------------------


def flip_a_character(draft: Draft) -> Effect | None:
    text = draft.files[LOCK]
    place = draft.random.randrange(len(text))
    new = draft.random.choice("0123456789abcdefxyz=#-[] ")
    if text[place] == new or text[place] in "\r\ufeff" or "\ufeff" in text:
        return None
    draft.files[LOCK] = text[:place] + new + text[place + 1 :]
    return Effect(is_stale=True)


def move_a_pin(draft: Draft) -> Effect | None:
    found = list(re.finditer(r"(?m)^([A-Za-z][\w.-]*(?:\[.*\])?)==(\S+)", draft.files[LOCK]))
    if not found:
        return None
    match = draft.random.choice(found)
    draft.files[LOCK] = f"{draft.files[LOCK][: match.start(2)]}7.7{draft.files[LOCK][match.end(2) :]}"
    return Effect(is_stale=True, rules=frozenset({"edited-lock"}))


def delete_lines_of_the_lock(draft: Draft) -> Effect | None:
    lines = draft.files[LOCK].split("\n")
    if len(lines) < 4:
        return None
    start = draft.random.randrange(len(lines) - 2)
    del lines[start : start + draft.random.randint(1, 3)]
    if lines[-1:] != [""]:
        lines.append("")
    draft.files[LOCK] = "\n".join(lines)
    return Effect(is_stale=True)


def bytes_of_the_lock(draft: Draft) -> Effect | None:
    text = draft.files[LOCK]
    if "\r" in text or text.startswith("\ufeff") or not text.endswith("\n"):
        return None
    draft.files[LOCK] = draft.random.choice([text.replace("\n", "\r\n"), "\ufeff" + text, text[:-1]])
    return Effect(is_stale=False)


EDITS: tuple[Callable[[Draft], Effect | None], ...] = (
    *(loosen, tighten_within, tighten_past, another_version, add_line_of_anything, add_line_of_a_stranger, remove_line),
    *(change_extras, change_marker, direct_url, change_constraints, move_to_another_file, drop_nested_file),
    *(reorder, comment, respell, respace, line_ends, say_twice),
    *(retarget, add_option, delete_file),
    *(flip_a_character, move_a_pin, delete_lines_of_the_lock, bytes_of_the_lock),
)
"""Each changes the files of a draft; one that finds nothing that it could change gives None."""
