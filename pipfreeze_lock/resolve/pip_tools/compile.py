"""One run of pip-compile: what is asked is written to files, and the pins are read from what it wrote."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from pipfreeze_lock.errors import ResolutionError
from pipfreeze_lock.metadata.child_programs import index_variables
from pipfreeze_lock.model.requirement import SourceLine
from pipfreeze_lock.requirements.parser import parse_requirement
from pipfreeze_lock.resolve.pip_tools.failures import failure_of
from pipfreeze_lock.resolve.pip_tools.programs import run_program

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from packaging.utils import NormalizedName

    from pipfreeze_lock.model.requirement import FormatControl, IndexOptions, Requirement
    from pipfreeze_lock.resolve.pip_tools.environment import PipToolsEnvironment

__all__ = ["Question", "pip_compile"]

_TIME_LIMIT = 3600.0
"""Seconds; the search of pip may take long, and builds too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """All that shapes pip-compile's answer, markers of inputs already answered for the target."""

    roots: Sequence[Requirement]
    constraints: Sequence[Requirement]
    options: IndexOptions
    exclude_newer: datetime | None
    preferred: Mapping[NormalizedName, str]
    """Versions that stand in the output file before: kept where nothing speaks against them."""


def pip_compile(
    question: Question, environment: PipToolsEnvironment, *, variables: Mapping[str, str], cache: Path | None
) -> dict[NormalizedName, str | None]:
    """Run it, and give its pins; None is the version of a direct reference.

    :param variables: What it runs in: `pipfreeze_lock.resolve.pip_tools.programs.child_environment`.
    :param cache: A folder for what pip fetches.
    :raises NoAnswerError: with the lines of what it said that say why.
    :raises NetworkError: where it could not ask the index.
    :raises ResolutionError: where it cannot do what is asked, or fails otherwise.
    """
    _check_options(question, environment)
    with tempfile.TemporaryDirectory(prefix="pipfreeze-lock-compile-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _write(folder / "requirements.in", _input_lines(question))
        _write(folder / "constraints.txt", [_line(one, as_constraint=True) for one in question.constraints])
        output = folder / "requirements.txt"
        if question.preferred:
            _write(output, [f"{name}=={version}" for name, version in sorted(question.preferred.items())])
        ended = run_program(
            [*environment.pip_compile, *_options(question, environment, folder, cache)],
            variables={
                **variables,
                **environment.variables,
                **index_variables(question.options),
                **_selection_variables(question),
                **({"PIP_CACHE_DIR": str(cache / "pip")} if cache else {"PIP_NO_CACHE_DIR": "1"}),
            },
            folder=folder,
            time_limit=_TIME_LIMIT,
            purpose="as pip-compile",
        )
        if ended.returncode:
            raise failure_of(ended, environment, name)
        return _pins(output.read_text(encoding="utf-8"))


def _write(path: Path, lines: Iterable[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _input_lines(question: Question) -> list[str]:
    lines = [_line(one) for one in question.roots]
    return [*lines, "-c constraints.txt"] if question.constraints else lines


def _line(requirement: Requirement, *, as_constraint: bool = False) -> str:
    """Write a requirement without its marker, which holds, and without hashes, which are looked at afterwards."""
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras and not as_constraint else ""
    if requirement.url is not None:
        return f"{requirement.name}{extras} @ {requirement.url.reveal()}"
    return f"{requirement.name}{extras}{requirement.specifier}"


def _options(question: Question, environment: PipToolsEnvironment, folder: Path, cache: Path | None) -> list[str]:
    known = environment.compile_options
    # With its own search, before 7.0, pip-tools keeps beside its downloads what each version needs, for good and for
    # every index at once; a cache for this run alone cannot be wrong.
    keeps_answers = not environment.steps_back
    cache_folder = folder / "cache" if keeps_answers or cache is None else cache / "pip"
    options = ["--no-header", "--no-annotate", "--allow-unsafe", "--no-emit-find-links"]
    optional = [
        "--no-emit-index-url",
        "--no-emit-trusted-host",
        "--no-emit-options",
        "--no-strip-extras",
        "--no-config",
    ]
    options += [option for option in optional if option in known]
    # What pip says of a conflict it says with -v alone; what pip-tools says by itself stands there anyway.
    options += ["--quiet"] if keeps_answers else ["--verbose", "--resolver", "backtracking"]
    options += ["--pre"] if question.options.pre else []
    return [*options, "--cache-dir", str(cache_folder), "--output-file", "requirements.txt", "requirements.in"]


def _selection_variables(question: Question) -> dict[str, str]:
    """Say which files may be chosen, in pip's variables."""
    options = question.options
    variables = _format_control_variables(options.format_control)
    if options.pre:
        variables["PIP_PRE"] = "1"
    if options.prefer_binary:
        variables["PIP_PREFER_BINARY"] = "1"
    control = options.release_control
    if control.all_releases:
        variables["PIP_ALL_RELEASES"] = ",".join(sorted(control.all_releases))
    if control.only_final:
        variables["PIP_ONLY_FINAL"] = ",".join(sorted(control.only_final))
    if question.exclude_newer is not None:
        variables["PIP_UPLOADED_PRIOR_TO"] = f"{question.exclude_newer:%Y-%m-%dT%H:%M:%SZ}"
    return variables


def _format_control_variables(control: FormatControl) -> dict[str, str]:
    variables = {}
    if control.no_binary:
        variables["PIP_NO_BINARY"] = ",".join(sorted(control.no_binary))
    if control.only_binary:
        variables["PIP_ONLY_BINARY"] = ",".join(sorted(control.only_binary))
    return variables


def _check_options(question: Question, environment: PipToolsEnvironment) -> None:
    """Refuse what this pip would silently leave out of account."""
    control = question.options.release_control
    asked = {
        "--uploaded-prior-to": question.exclude_newer is not None,
        "--all-releases": bool(control.all_releases),
        "--only-final": bool(control.only_final),
        "--prefer-binary": question.options.prefer_binary,
    }
    for option, is_asked in asked.items():
        if is_asked and option not in environment.pip_options:
            message = f"pip {environment.pip}, which pip-compile runs with, has no `{option}`"
            python = environment.interpreter.version
            hints = [f"Lock without `--resolver pip-tools` and `--cross-check`: pip-compile on Python {python} cannot."]
            if option == "--uploaded-prior-to":
                hints.append("Or give `--index-url` the address of an index that answers as of that day.")
            raise ResolutionError(message, hints=hints)


def _pins(text: str) -> dict[NormalizedName, str | None]:
    """Read what pip-compile wrote: one pin a line, between comments and options."""
    pins: dict[NormalizedName, str | None] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith(("#", "-")):
            continue
        requirement = parse_requirement(line.partition(" #")[0], source=SourceLine(file="pip-compile", line=number))
        versions = [one.version for one in requirement.specifier if one.operator in ("==", "===")]
        pins[canonicalize_name(requirement.name)] = versions[0] if requirement.url is None and versions else None
    return pins
