"""The tables of the page: HTML that reads well without a script; with one they sort, and lead into the map."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from pipfreeze_lock.report.sizes import exact_size, percentage, readable_size
from pipfreeze_lock.report.weight_colours import class_name
from pipfreeze_lock.report.weight_data import owner_numbers, owner_of
from pipfreeze_lock.report.weight_words import instruction_of, layer_name, owner_name, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipfreeze_lock.model.weight import (
        DistributionWeight,
        HiddenFile,
        ImageWeight,
        LayerWeight,
        RepeatedContents,
        Saving,
    )

__all__ = ["tables"]

_MOST_ROWS = 500
"""Of files, of which an image may have some ten thousand; JSON has all of them."""


def tables(weight: ImageWeight) -> str:
    """Give the sections; those that would be empty are left out."""
    sections = [
        _savings(weight),
        _layers(weight),
        _distributions(weight),
        _hidden(weight),
        _repeated(weight),
        _unchecked(weight),
    ]
    return "\n".join(section for section in sections if section)


def _savings(weight: ImageWeight) -> str:
    total = weight.total
    rows = [_saving(one, total) for one in weight.savings]
    note = "What could be spared. Savings overlap: their sum means nothing."
    return _section("savings", "Savings", note, _table(("What, and how", "-Bytes", "-Share"), rows)) if rows else ""


def _saving(one: Saving, total: int) -> str:
    note = f'<span class="under">{_text(one.note)}</span>' if one.note else ""
    size = f"{'about ' if one.is_estimated else ''}{readable_size(one.size)}"
    return _row(
        f'<th scope="row"><strong>{_text(one.what)}</strong>{note}<code>{_text(one.how)}</code>{_paths(one)}</th>',
        f'<td class="number" data-value="{one.size}" title="{exact_size(one.size)}">{size}</td>',
        _share(one.size, total),
    )


def _paths(saving: Saving) -> str:
    if not saving.paths:
        return ""
    items = "".join(f'<li class="path">{_path(path)}</li>' for path in saving.paths)
    return f"<details><summary>The largest of it</summary><ul>{items}</ul></details>"


def _layers(weight: ImageWeight) -> str:
    total = weight.total
    rows = [_layer(one, total) for one in weight.layers]
    head = ("+Layer", "-Bytes", "-Share", "-Hidden", "-Stored", "-Entries")
    note = "The lowest first. Stored: as sent and kept, compressed as a rule. Entries: of its tar."
    return _section("layers", "Layers", note, _table(head, rows))


def _layer(layer: LayerWeight, total: int) -> str:
    info = layer.info
    instruction = f'<code class="under clamped">{escape(instruction_of(info))}</code>'
    head = f'<th scope="row" data-value="{info.index}" data-layer="{info.index}">{layer_name(info)}{instruction}</th>'
    stored = _bytes(info.size, "extra") if info.size is not None else '<td class="number extra">not known</td>'
    entries = f'<td class="number extra" data-value="{layer.entries}">{layer.entries:,}</td>'
    return _row(head, _bytes(layer.total), _share(layer.total, total), _bytes(layer.hidden), stored, entries)


def _distributions(weight: ImageWeight) -> str:
    numbers = owner_numbers(weight)
    measures = _Measures(
        total=weight.total,
        largest=max((one.total for one in weight.distributions), default=0),
        has_several=len({one.environment for one in weight.distributions}) > 1,
    )
    rows = [_distribution(one, measures, numbers.get(owner_of(one))) for one in weight.distributions]
    head = ("+Distribution", "-Bytes", "-Share", "Kinds", "-Files", "+Layer")
    note = "Bytes that a container sees; the bar shows which kinds they are."
    return _section("distributions", "Distributions", note, _table(head, rows)) if rows else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Measures:
    """What a distribution is measured by."""

    total: int
    """Bytes of the image."""
    largest: int
    """Bytes of the largest distribution."""
    has_several: bool
    """Whether they are of several environments, so that each has to say of which."""


def _distribution(one: DistributionWeight, measures: _Measures, number: int | None) -> str:
    name, layer, size = _text(one.name), one.layer, one.total
    place = f'<span class="under">{_text(one.environment)}</span>' if measures.has_several else ""
    owner = f' data-owner="{number}"' if number is not None else ""
    return _row(
        f'<th scope="row" data-value="{name}"{owner}><bdi>{name}</bdi> '
        f'<span class="version">{_text(one.version)}</span>{place}</th>',
        _bytes(size),
        f'<td class="number extra" data-value="{size}">{percentage(size, measures.total)}</td>',
        f'<td class="extra">{_kinds_bar(one, measures.largest)}</td>',
        f'<td class="number extra" data-value="{one.files}">{one.files:,}</td>',
        f'<td class="extra" data-value="{layer.index if layer else -1}">{layer_name(layer) if layer else ""}</td>',
    )


def _kinds_bar(one: DistributionWeight, largest: int) -> str:
    """Draw kinds one after the other, the whole as long as this distribution is large among the others."""
    drawn, start = [], 0.0
    for kind, size in one.kinds.items():
        width = 100 * size / largest if largest else 0
        if width >= 0.5:
            drawn.append(f'<rect class="{class_name(kind)}" x="{start:.1f}%" width="{width:.1f}%" height="100%"/>')
        start += width
    said = ", ".join(f"{kind} {readable_size(size)}" for kind, size in one.kinds.items() if size)
    return f'<svg class="bar" role="img"><title>{said}</title>{"".join(drawn)}</svg>'


def _hidden(weight: ImageWeight) -> str:
    if not weight.hidden:
        return ""
    rest = sum(one.size for one in weight.hidden[_MOST_ROWS:])
    note = (
        f"{readable_size(weight.hidden_size)} that ship though no container sees them, "
        f"since a later layer replaces them or takes them away.{_left_out(weight.hidden, rest)}"
    )
    return _section(
        "hidden", "Hidden files", note, _table(("+File", "-Bytes"), map(_hidden_file, weight.hidden[:_MOST_ROWS]))
    )


def _hidden_file(one: HiddenFile) -> str:
    verb = "replaced" if one.is_replaced else "taken away"
    fate = "replaced by the same contents" if one.is_equal else verb
    story = f"{layer_name(one.layer)}, {fate} in {layer_name(one.hidden_by).lower()}"
    return _row(
        f'<th scope="row" data-value="{_text(one.path)}"><span class="path">{_path(one.path)}</span>'
        f'<span class="under">{story}; <bdi>{escape(owner_name(one.owner))}</bdi></span></th>',
        _bytes(one.size),
    )


def _repeated(weight: ImageWeight) -> str:
    if not weight.repeated:
        return ""
    spare = readable_size(sum(one.spare for one in weight.repeated))
    rest = sum(one.spare for one in weight.repeated[_MOST_ROWS:])
    note = f"The same contents under several paths: {spare} more than once.{_left_out(weight.repeated, rest)}"
    head = ("Files", "-Bytes of one", "-More than once")
    return _section("repeated", "Stored twice", note, _table(head, map(_repeated_file, weight.repeated[:_MOST_ROWS])))


def _repeated_file(one: RepeatedContents) -> str:
    paths = [f'<span class="path">{_path(path)}</span>' for path in one.paths[:5]]
    if len(one.paths) > 5:
        paths.append(f'<span class="under">and {len(one.paths) - 5:,} more</span>')
    return _row(f'<th scope="row">{"".join(paths)}</th>', _bytes(one.size, "extra"), _bytes(one.spare))


def _unchecked(weight: ImageWeight) -> str:
    items = "".join(f"<li>{_text(sentence)}</li>" for sentence in weight.unchecked)
    return _section("unchecked", "What could not be told", "", f"<ul>{items}</ul>") if items else ""


def _left_out(all_of_them: Sequence[object], size: int) -> str:
    rest = len(all_of_them) - _MOST_ROWS
    return f" The {_MOST_ROWS} largest; {rest:,} more have {readable_size(size)}." if rest > 0 else ""


def _section(identifier: str, heading: str, note: str, content: str) -> str:
    said = f'<p class="note">{note}</p>\n' if note else ""
    return (
        f'<section id="{identifier}" aria-labelledby="{identifier}-heading">\n'
        f'<h2 id="{identifier}-heading">{heading}</h2>\n{said}{content}\n</section>'
    )


def _table(columns: Sequence[str], rows: Iterable[str]) -> str:
    """Give a table; columns with ``+`` sort upwards at first, those with ``-`` downwards, and hold numbers."""
    return f"<table>\n<thead><tr>{''.join(_heads(columns))}</tr></thead>\n<tbody>\n{''.join(rows)}</tbody>\n</table>"


def _heads(columns: Sequence[str]) -> Iterator[str]:
    extras = {"Share", "Stored", "Entries", "Kinds", "Files", "Layer", "Bytes of one"}
    for place, column in enumerate(columns):
        name = column.lstrip("+-")
        classes = ["number"] if column.startswith("-") else []
        classes += ["extra"] if place and name in extras else []
        sorting = {"+": ' data-sort="ascending"', "-": ' data-sort="descending"'}.get(column[0], "")
        attribute = f' class="{" ".join(classes)}"' if classes else ""
        yield f'<th scope="col"{attribute}{sorting}>{name}</th>'


def _row(*cells: str) -> str:
    return f"<tr>{''.join(cells)}</tr>\n"


def _bytes(size: int, more: str = "") -> str:
    classes = f"number {more}".strip()
    return f'<td class="{classes}" data-value="{size}" title="{exact_size(size)}">{readable_size(size)}</td>'


def _share(size: int, total: int) -> str:
    """Give a share as a number and a bar."""
    width = 100 * size / total if total else 0.0
    bar = f'<svg class="bar" aria-hidden="true"><rect width="{width:.1f}%" height="100%"/></svg>'
    return f'<td class="number share extra" data-value="{size}">{percentage(size, total)}{bar}</td>'


def _path(path: str) -> str:
    """Let a path be broken behind each slash."""
    return _text(path).replace("/", "/<wbr>")


def _text(text: str) -> str:
    return escape(shown(text))
