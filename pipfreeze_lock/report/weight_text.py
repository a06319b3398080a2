"""The weight of an image for people: what is heaviest stands first, and lines fit the width that is given."""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipfreeze_lock.report.interface import plain
from pipfreeze_lock.report.sentences import counted
from pipfreeze_lock.report.sizes import percentage, readable_size
from pipfreeze_lock.report.weight_words import all_kinds, instruction_of, owner_name, shown, summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipfreeze_lock.model.weight import (
        DistributionWeight,
        FileKindOfWeight,
        HiddenFile,
        ImageWeight,
        Owner,
        RepeatedContents,
        Saving,
    )
    from pipfreeze_lock.report.interface import Paint

__all__ = ["WeightPresentation", "render"]

_MOST_OWNERS = 10
_MOST_FILES = 10
_LEAST_SAVING = 10_000
"""Bytes: less is told with all."""
_NAME = 28
"""Characters of a distribution's name and version that stand in one column."""
_KINDS_OF_ONE = 2
_GAP = "  "


@dataclass(frozen=True, kw_only=True, slots=True)
class WeightPresentation:
    """What a reader wants of it."""

    paint: Paint = plain
    width: int = 80
    """Characters of a line."""
    most: int | None = 20
    """Distributions of each environment; None for all of them, and of all else, too."""
    verbose: bool = False
    """Whether instructions of layers are told in full."""


def render(weight: ImageWeight, presentation: WeightPresentation) -> str:
    """Give it for a terminal or a pipe."""
    text = _Text(weight, presentation)
    sections = [
        text.summary(),
        text.layers(),
        *text.distributions(),
        text.others(),
        text.kinds(),
        text.hidden(),
        text.repeated(),
        text.savings(),
        text.unchecked(),
    ]
    return "\n".join("".join(f"{line}\n" for line in lines) for lines in sections if lines)


@dataclass(frozen=True, slots=True)
class _Text:
    weight: ImageWeight
    presentation: WeightPresentation

    def summary(self) -> list[str]:
        weight = self.weight
        subject, told = shown(weight.subject), summary(weight)
        is_long = len(subject) + len(told) + 2 > self.presentation.width
        lines = [self._bold(subject), told] if is_long else [f"{self._bold(subject)}: {told}"]
        if weight.stored is not None and weight.stored < weight.total:
            share = percentage(weight.stored, weight.total)
            lines.append(f"{readable_size(weight.stored)} of it are stored or sent: compressed to {share}.")
        return lines

    def layers(self) -> list[str]:
        """Give them as they stand over each other, the lowest first."""
        has_hidden = bool(self.weight.hidden_size)
        has_stored = any(layer.info.size is not None for layer in self.weight.layers)
        columns = [("layer", 5), ("bytes", 9)]
        columns += [("hidden", 9)] * has_hidden + [("stored", 9)] * has_stored + [("files", 7)]
        lines = [self._bold(_GAP.join(f"{name:>{width}}" for name, width in columns) + f"{_GAP}made by")]
        for layer in self.weight.layers:
            hidden, stored = layer.hidden, layer.info.size
            cells = [f"{layer.info.index + 1:>5}", _right(layer.total)]
            cells += [_right(hidden) if hidden else f"{'-':>9}"] * has_hidden
            cells += [_right(stored) if stored is not None else f"{'-':>9}"] * has_stored
            cells.append(f"{sum(part.files for part in layer.parts):>7,}")
            start = _GAP.join(cells) + _GAP
            lines += self._instruction(start, instruction_of(layer.info))
        return lines

    def distributions(self) -> Iterator[list[str]]:
        """Give the largest of each environment."""
        by_environment: dict[str, list[DistributionWeight]] = {}
        for one in self.weight.distributions:
            by_environment.setdefault(one.environment, []).append(one)
        for environment, found in by_environment.items():
            most = found[: self.presentation.most]
            total = readable_size(sum(one.total for one in found))
            heading = f"{counted(len(found), 'distribution')} in {shown(environment)}: {total}"
            if len(most) < len(found):
                heading += f"; the {len(most)} largest"
            yield [self._bold(heading), *self._table(most)]

    def others(self) -> list[str]:
        """Give what is no distribution's."""
        sizes: Counter[Owner] = Counter()
        for layer in self.weight.layers:
            for part in layer.parts:
                if part.owner.category != "distribution":
                    sizes[part.owner] += part.total
        found = [(owner, size) for owner, size in sizes.most_common() if size]
        lines = [f"{self._sized(size)}{_GAP}{self._cut(_told(owner), 20)}" for owner, size in found]
        return self._section("Python, the system and the rest", lines, _MOST_OWNERS)

    def kinds(self) -> list[str]:
        """Give the bytes of each kind of files."""
        kinds = all_kinds(part.kinds for layer in self.weight.layers for part in layer.parts)
        ordered = sorted(kinds.items(), key=lambda one: -one[1])
        return self._section("Kinds of files", [f"{self._sized(size)}{_GAP}{kind}" for kind, size in ordered], None)

    def hidden(self) -> list[str]:
        """Give the largest files that no container sees."""
        lines = [self._ended(_hidden(one), shown(one.path)) for one in self.weight.hidden]
        heading = f"Hidden: {readable_size(self.weight.hidden_size)} that ship, and that no container sees"
        return self._section(heading, lines, _MOST_FILES)

    def repeated(self) -> list[str]:
        """Give contents that are there more than once; nothing where nobody looked."""
        if self.weight.repeated is None:
            return []
        spare = readable_size(sum(one.spare for one in self.weight.repeated))
        lines = [line for one in self.weight.repeated for line in self._repeated(one)]
        heading = f"The same contents under several paths: {spare} more than once"
        return self._section(heading, lines, _MOST_FILES) or [self._bold(heading)]

    def savings(self) -> list[str]:
        """Give what could be spared, and how."""
        told = [one for one in self.weight.savings if one.size >= _LEAST_SAVING or self.presentation.most is None]
        lines = [line for one in told for line in self._saving(one)]
        return [self._bold("What could be spared (where two overlap, it is said)"), *lines] if lines else []

    def unchecked(self) -> list[str]:
        """Give what could not be told."""
        mark = self.presentation.paint("not told", "warning")
        return [f"{mark}: {shown(sentence)}" for sentence in self.weight.unchecked]

    def _table(self, distributions: Sequence[DistributionWeight]) -> Iterator[str]:
        names = [_ending(shown(f"{one.name} {one.version}".rstrip()), _NAME) for one in distributions]
        column = max(len("name"), *map(len, names))
        has_layers = any(one.layer is not None for one in distributions)
        layer = f"{_GAP}layer" if has_layers else ""
        yield f"{'bytes':>9}{_GAP}{'share':>7}{layer}{_GAP}{'name':<{column}}{_GAP}most of it"
        for one, name in zip(distributions, names, strict=True):
            number = one.layer.index + 1 if one.layer is not None else ""
            layer = f"{_GAP}{number:>5}" if has_layers else ""
            start = f"{self._sized(one.total)}{layer}{_GAP}{name:<{column}}{_GAP}"
            yield f"{start}{_largest_kinds(one.kinds, self.presentation.width - len(start))}".rstrip()

    def _repeated(self, one: RepeatedContents) -> Iterator[str]:
        first, *rest = (shown(path) for path in one.paths)
        yield self._ended(f"{_right(one.spare)}{_GAP}{len(one.paths)} times: ", first)
        if self.presentation.most is None:
            yield from (self._ended(f"{'':>9}{_GAP}", path) for path in rest)

    def _saving(self, one: Saving) -> Iterator[str]:
        about = "about " if one.is_estimated else ""
        yield f"{_right(one.size)}{_GAP}{self._bold(about + shown(one.what))}"
        indent = " " * 11
        yield from (f"{indent}{line}" for line in _command(shown(one.how), self.presentation.width - len(indent)))
        places = [f"{readable_size(size)} in layer {layer.index + 1}" for layer, size in one.layers]
        told = "; ".join(filter(None, [shown(one.note), ", ".join(places) if len(places) > 1 else ""]))
        if told:
            yield from textwrap.wrap(told, self.presentation.width, initial_indent=indent, subsequent_indent=indent)

    def _instruction(self, start: str, instruction: str) -> list[str]:
        if not self.presentation.verbose:
            return [(start + self._cut(instruction, len(start))).rstrip()]
        wrapped = textwrap.wrap(
            instruction, self.presentation.width, initial_indent=start, subsequent_indent=" " * len(start)
        )
        return wrapped or [start.rstrip()]

    def _section(self, heading: str, lines: Sequence[str], most: int | None) -> list[str]:
        """Put a heading above lines; of too many the first, and how many more there are."""
        if not lines:
            return []
        if most is None or self.presentation.most is None or len(lines) <= most:
            return [self._bold(heading), *lines]
        return [self._bold(heading), *lines[:most], f"{'':>9}{_GAP}and {len(lines) - most} more"]

    def _sized(self, size: int) -> str:
        return f"{_right(size)}  {percentage(size, self.weight.total):>7}"

    def _cut(self, text: str, before: int) -> str:
        """Shorten a text to what is left of a line, which is never less than a few words."""
        return _ending(text, max(self.presentation.width - before, _NAME))

    def _ended(self, start: str, path: str) -> str:
        """Put a path behind the start of a line, shortened at its front: it says most at its end."""
        room = max(self.presentation.width - len(start), _NAME)
        return start + (path if len(path) <= room else f"…{path[1 - room :]}")

    def _bold(self, text: str) -> str:
        return self.presentation.paint(text, "bold")


def _largest_kinds(kinds: Mapping[FileKindOfWeight, int], room: int) -> str:
    """Name the kinds with the most bytes, as many as there is room for."""
    told = ""
    for kind, size in sorted(kinds.items(), key=lambda one: -one[1])[:_KINDS_OF_ONE]:
        more = f"{told}, {readable_size(size)} {kind}" if told else f"{readable_size(size)} {kind}"
        if told and len(more) > room:
            break
        told = more
    return told


def _hidden(one: HiddenFile) -> str:
    verb = "replaced" if one.is_replaced else "taken away"
    same = ", the same again" if one.is_equal else ""
    return f"{_right(one.size)}{_GAP}layer {one.layer.index + 1}, {verb} in {one.hidden_by.index + 1}{same}: "


def _told(owner: Owner) -> str:
    """Name an owner that is no distribution."""
    match owner.category:
        case "cache":
            return f"cache of {owner_name(owner)}"
        case "interpreter":
            return f"{shown(owner.name.partition(' ')[0])} {shown(owner.version) or owner.name} in {owner.environment}"
        case _:
            return owner_name(owner)


def _right(size: int) -> str:
    return f"{readable_size(size):>9}"


def _ending(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}…"


def _command(text: str, width: int) -> list[str]:
    """Break a line of a Dockerfile between words, as it may be there: with a backslash at each end but the last."""
    lines = textwrap.wrap(text, max(width - 2, _NAME), break_long_words=False, break_on_hyphens=False)
    return [*(f"{line} \\" for line in lines[:-1]), lines[-1]] if lines else []
