"""pip's requirements grammar, without files: from text to requirements, options and named files, each with its line.

Follows ``handle_line`` of pip's ``_internal/req/req_file.py``. On a line with a requirement only the options of that
requirement count, on a line that names a file nothing else counts; pip passes over the rest in silence, we note it.
``--no-binary`` and ``--only-binary`` count wherever they stand, since pip's option parser acts on them by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.errors import InputError
from pipfreeze_lock.model.requirement import Requirement, SourceLine, UnnamedRequirement
from pipfreeze_lock.requirements.line_options import GivenOption, parsed_options, split_line
from pipfreeze_lock.requirements.logical_lines import LogicalLine, logical_lines, with_variable_names
from pipfreeze_lock.requirements.parsed import NestedFile, OptionLine, ParsedFile
from pipfreeze_lock.requirements.problems import LineProblem, hide_credentials, input_error, shown
from pipfreeze_lock.requirements.requirement_lines import (
    Hash,
    editable_of_line,
    hash_of_option,
    requirement_of_line,
    wrong_digests,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipfreeze_lock.requirements.parsed import Entry

__all__ = [
    "NestedFile",
    "OptionLine",
    "ParsedFile",
    "format_requirement",
    "parse_requirement",
    "parse_requirements_text",
]


def parse_requirements_text(
    text: str,
    *,
    file: str,
    environment: Mapping[str, str],
    is_constraint: bool = False,
    legacy_specifiers: bool = False,
    of_installed: bool = False,
) -> ParsedFile:
    """Read the text of a requirements file, or of a constraints file.

    :param file: For `SourceLine` and messages: a path or a URL without credentials.
    :param environment: Values for ``${NAME}``.
    :param legacy_specifiers: Whether the pip that this is for reads ``pytz>dev``.
    :param of_installed: Whether it is read for what is installed already: what no hash can hold is taken too.
    :return: All of it; what is wrong is in `ParsedFile.errors`, and nothing is raised.
    """
    reader = _Reader(is_constraint=is_constraint, legacy_specifiers=legacy_specifiers, of_installed=of_installed)
    for line in logical_lines(text, environment):
        reader.read(line, file, environment)
    errors = _unless_foreign(reader.errors, text, file) if reader.errors else []
    return ParsedFile(entries=tuple(reader.entries), errors=tuple(errors), notes=tuple(reader.notes))


def parse_requirement(
    text: str, *, source: SourceLine, is_constraint: bool = False, of_installed: bool = False
) -> Requirement:
    """Read one requirement, with options of its own such as ``--hash``; from the command line, say.

    :param of_installed: As `parse_requirements_text` has it; a name it must have all the same.
    :raises InputError: when it is none, or an option or a file instead.
    """
    reader = _Reader(is_constraint=is_constraint, of_installed=of_installed)
    line = text.strip()
    try:
        reader.read_line(line, line, source)
    except LineProblem as problem:
        raise input_error(problem, source) from problem
    match reader.entries:
        case [Requirement() as requirement]:
            return requirement
    msg = f"`{shown(line)}` is not a requirement"
    raise InputError(msg, context=str(source), hints=["Write it as `NAME==VERSION`."])


def format_requirement(requirement: Requirement) -> str:
    """Write a requirement, with its hashes, so that `parse_requirement` reads the same; credentials are hidden."""
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    where = f" @ {requirement.url}" if requirement.url else str(requirement.specifier)
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    hashes = "".join(f" --hash={algorithm}:{digest}" for algorithm, digest in requirement.hashes)
    return f"{requirement.name}{extras}{where}{marker}{hashes}"


class _Reader:
    """Gathers what the lines of one file say."""

    def __init__(self, *, is_constraint: bool, legacy_specifiers: bool = False, of_installed: bool = False) -> None:
        self.is_constraint = is_constraint
        self.legacy_specifiers = legacy_specifiers
        self.of_installed = of_installed
        self.entries: list[Entry] = []
        self.notes: list[str] = []
        self.errors: list[InputError] = []

    def read(self, line: LogicalLine, file: str, environment: Mapping[str, str]) -> None:
        """Take one line; what is said of it shows variables by their names, since their values may be secrets."""
        source = SourceLine(file, line.number)
        notes = len(self.notes)
        try:
            self.read_line(line.text, line.written, source)
        except LineProblem as problem:
            told = _as_command(line.text) or problem
            if line.text is not line.written:
                told = told.rephrased(lambda text: with_variable_names(text, line.written, environment))
            self.errors.append(input_error(told, source))
        if line.text is not line.written:
            self.notes[notes:] = [with_variable_names(note, line.written, environment) for note in self.notes[notes:]]

    def read_line(self, line: str, written: str, source: SourceLine) -> None:
        requirement, options_text = split_line(line)
        if not options_text:
            self.entries.append(self._requirement(requirement, written, (), source))
            return
        options, loose = parsed_options(options_text)
        self._note_ineffective(options, loose, source)
        if requirement:
            written = split_line(written)[0] or written
            hashes = _hashes(options)
            self._note_ignored(options, ("index", "nested", "editable"), f"beside `{shown(requirement)}`", source)
            self._add_options(options, ("format",), source)
            self.entries.append(self._requirement(requirement.strip(), written.strip(), hashes, source))
        elif editable := next((option for option in options if option.kind.effect == "editable"), None):
            self.entries.append(self._editable(editable.value, written, source))
            self._note_ignored(options, ("index", "nested"), f"beside `-e {shown(editable.value)}`", source)
            self._add_options(options, ("format",), source)
        else:
            self._read_options(options, source)

    def _editable(self, value: str, written: str, source: SourceLine) -> Requirement | UnnamedRequirement:
        if self.of_installed and not self.is_constraint:
            return editable_of_line(value, hide_credentials(written), source)
        from pipfreeze_lock.requirements.direct_references import refuse_editable  # noqa: PLC0415  for errors only

        raise refuse_editable(value, is_constraint=self.is_constraint)

    def _read_options(self, options: list[GivenOption], source: SourceLine) -> None:
        _hashes(options)
        for option in options:
            if option.kind.name == "--hash":
                self._note(
                    source, "`--hash` has no requirement before it on its line, so pip ignores it: is a `\\` missing?"
                )
        nested = _nested(options, source)
        if nested is None:
            self._add_options(options, ("index", "format"), source)
            return
        self._note_ignored(options, ("index",), "beside a file that is named", source)
        if sum(option.kind.effect == "nested" for option in options) > 1:
            self._note(source, f"pip reads `{shown(nested.path)}` alone of the files named on one line")
        self._add_options(options, ("format",), source)
        self.entries.append(nested)

    def _requirement(
        self, text: str, written: str, hashes: tuple[Hash, ...], source: SourceLine
    ) -> Requirement | UnnamedRequirement:
        requirement = requirement_of_line(
            text,
            hide_credentials(written),
            hashes,
            source,
            is_constraint=self.is_constraint,
            legacy_specifiers=self.legacy_specifiers,
            of_installed=self.of_installed,
        )
        self._check_digests(requirement, source)
        if isinstance(requirement, UnnamedRequirement):
            return requirement
        if requirement.extras and self.is_constraint:
            msg = f"`{shown(written)}` is a constraint, and pip takes none with extras"
            raise LineProblem(msg, hints=[f"Write `{requirement.name}{requirement.specifier}`."])
        if text.partition(";")[0].rstrip(" )").endswith(","):
            self._note(source, f"`{shown(written)}` ends in a comma, which pips before 24.1 refuse")
        if self.legacy_specifiers:
            self._note_legacy(requirement, written, source)
        return requirement

    def _note_legacy(self, requirement: Requirement, written: str, source: SourceLine) -> None:
        from pipfreeze_lock.target.legacy_specifiers import LegacySpecifier  # noqa: PLC0415  for old pips alone

        if any(isinstance(part, LegacySpecifier) for part in requirement.specifier):
            self._note(source, f"`{shown(written)}` is compared as setuptools once did: pips from 24.1 on refuse it")

    def _check_digests(self, requirement: Requirement | UnnamedRequirement, source: SourceLine) -> None:
        wrong = wrong_digests(requirement.hashes)
        if not wrong:
            return
        msg = f"`{shown(wrong[0])}` is not a digest that a file could have"
        if len(wrong) == len(requirement.hashes):
            hint = "A SHA-256 digest has 64 hexadecimal digits: copy it again from `pip hash FILE` or the index."
            raise LineProblem(msg, hints=[hint])
        self._note(source, msg)

    def _add_options(self, options: list[GivenOption], effects: tuple[str, ...], source: SourceLine) -> None:
        seen_links = False
        for kind, value in options:
            if kind.effect not in effects:
                continue
            if kind.effect == "format" and kind.takes_value and value.startswith("-"):
                msg = f"`{kind.name}` has the value `{shown(value)}`, which no distribution is named"
                raise LineProblem(msg, hints=[f"Write `{kind.name} NAME`, `:all:` or `:none:`."])
            if kind.name == "--find-links" and seen_links:
                self._note(source, f"pip ignores `--find-links {shown(value)}`: it reads one a line")
                continue
            seen_links = seen_links or kind.name == "--find-links"
            self.entries.append(OptionLine(kind.name, value, source))

    def _note_ineffective(self, options: list[GivenOption], loose: list[str], source: SourceLine) -> None:
        for kind, value in options:
            if kind.note:
                self._note(source, f"`{kind.name}{f' {shown(value)}' if value else ''}`: {kind.note}")
            elif kind.name == "--config-settings":
                self._check_setting(value)
                self._note(source, "`--config-settings` is for the build in the image, and no part of a lock")
        if loose and not options:
            msg = f"`{shown(' '.join(loose))}` is no option, and pip passes over it in silence"
            raise LineProblem(msg, hints=["Drop the dash: one requirement a line, `name==1.0`."])
        if loose:
            self._note(source, f"pip ignores `{shown(' '.join(loose))}`: it stands after the line's options")

    def _check_setting(self, value: str) -> None:
        if "=" not in value:
            msg = f"`--config-settings {shown(value)}` gives no value"
            raise LineProblem(msg, hints=["Write `--config-settings KEY=VALUE`."])

    def _note_ignored(self, options: list[GivenOption], effects: tuple[str, ...], why: str, source: SourceLine) -> None:
        for kind, _ in options:
            if kind.effect in effects:
                self._note(source, f"pip ignores `{kind.name}` {why}: give it a line of its own")

    def _note(self, source: SourceLine, text: str) -> None:
        self.notes.append(f"{source}: {text}")


def _nested(options: list[GivenOption], source: SourceLine) -> NestedFile | None:
    """Give the first ``-r`` of the line, else its first ``-c``."""
    for name in ("--requirement", "--constraint"):
        for kind, value in options:
            if kind.name == name:
                return NestedFile(value, "requirement" if name == "--requirement" else "constraint", source)
    return None


def _hashes(options: list[GivenOption]) -> tuple[Hash, ...]:
    return tuple(hash_of_option(value) for kind, value in options if kind.name == "--hash")


def _unless_foreign(errors: list[InputError], text: str, file: str) -> list[InputError]:
    """Give the errors of a file, or the one that it is no requirements file at all."""
    from pipfreeze_lock.requirements.slips import foreign_format  # noqa: PLC0415  for errors only

    foreign = foreign_format(text, file)
    if not foreign:
        return errors
    message, hints = foreign
    return [input_error(LineProblem(message, hints=hints), SourceLine(file, 1))]


def _as_command(line: str) -> LineProblem | None:
    from pipfreeze_lock.requirements.slips import arguments_of_command  # noqa: PLC0415  for errors only

    arguments = arguments_of_command(line)
    if arguments is None:
        return None
    msg = f"`{shown(line)}` is a command, not a requirement"
    return LineProblem(msg, hints=[f"Did you mean `{shown(arguments)}`?"] if arguments else [])
