"""What an image runs, as far as its ENTRYPOINT and CMD tell: the words of programs, without what only starts them."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipfreeze_lock.image.interface import ImageConfig

__all__ = ["StartedProgram", "started_programs"]

_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh"})
_OPERATORS = re.compile(r"[();<>|&\n]+")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))")
_STARTERS: Mapping[str, tuple[int, frozenset[str]]] = {
    "exec": (0, frozenset({"-a"})),
    "env": (0, frozenset({"-u", "-C", "--unset", "--chdir"})),
    "nohup": (0, frozenset()),
    "time": (0, frozenset()),
    "command": (0, frozenset()),
    "nice": (0, frozenset({"-n"})),
    "ionice": (0, frozenset({"-c", "-n"})),
    "stdbuf": (0, frozenset({"-i", "-o", "-e"})),
    "setpriv": (0, frozenset({"--reuid", "--regid", "--groups"})),
    "sudo": (0, frozenset({"-u", "-g"})),
    "timeout": (1, frozenset({"-s", "-k", "--signal", "--kill-after"})),
    "gosu": (1, frozenset()),
    "su-exec": (1, frozenset()),
    "tini": (0, frozenset({"-p", "-e"})),
    "tini-static": (0, frozenset({"-p", "-e"})),
    "docker-init": (0, frozenset({"-p", "-e"})),
    "dumb-init": (0, frozenset({"-r", "--rewrite"})),
    "catatonit": (0, frozenset()),
}
"""Programs that start another one: how many words of their own they take, and which options take a word."""
_CONDA = frozenset({"conda", "mamba", "micromamba"})
_CONDA_ROOTS = (
    "/opt/conda",
    *(f"{folder}/{name}" for folder in ("/opt", "/root") for name in ("miniconda3", "miniforge3")),
)
"""Where images have it."""
_PROJECT_RUNNERS = frozenset({"uv", "poetry", "pdm", "pipenv", "rye", "hatch"})
"""Programs whose ``run`` starts another one in the environment of the project, mostly ``.venv``."""
_DEEPEST = 8
"""A shell in a shell in a shell: nobody writes more."""


class StartedProgram(NamedTuple):
    """One program that may be what the image runs."""

    word: str
    """As it is called: ``python3``, ``/opt/venv/bin/gunicorn``."""
    instruction: str
    """Where that is said: ENTRYPOINT or CMD."""
    activated: tuple[str, ...] = ()
    """Folders that come before PATH, since a shell read the ``activate`` in them, or by ``conda run -n NAME``; some may
    not be there, and what is relative starts from the working directory."""


def started_programs(config: ImageConfig) -> list[StartedProgram]:
    """Give what ENTRYPOINT starts, then what CMD does, which a script for entrypoint mostly runs at its end.

    Of what a shell runs each command counts, in its order.
    """
    programs: list[StartedProgram] = []
    if config.entrypoint:
        programs += _programs(config.entrypoint + config.command, "ENTRYPOINT", config.environment, depth=0)
    if config.command:
        programs += _programs(config.command, "CMD", config.environment, depth=0)
    return programs


def _programs(
    words: Sequence[str], instruction: str, environment: Mapping[str, str], *, depth: int
) -> Iterator[StartedProgram]:
    words = _without_starters(words)
    if not words or depth > _DEEPEST:
        return
    runner = _of_runner(words, environment)
    if runner is not None:
        for program in _programs(runner[0], instruction, environment, depth=depth + 1):
            yield program._replace(activated=(*program.activated, *runner[1]))
        return
    script = _script_of_shell(words)
    if script is None:
        yield StartedProgram(words[0], instruction)
        return
    activated: list[str] = []
    for command in _simple_commands(script, environment):
        if command[0] in (".", "source") and command[1:] and command[1].endswith("/activate"):
            activated.insert(0, command[1].rpartition("/")[0])
            continue
        for program in _programs(command, instruction, environment, depth=depth + 1):
            yield program._replace(activated=(*program.activated, *activated))


def _without_starters(words: Sequence[str]) -> list[str]:
    """Drop assignments, and programs that only start what comes behind them."""
    ahead = list(words)
    while ahead:
        if _ASSIGNMENT.match(ahead[0]):
            del ahead[0]
            continue
        starter = _STARTERS.get(ahead[0].rpartition("/")[2])
        if starter is None:
            break
        count, with_word = starter
        del ahead[0]
        while ahead and ahead[0].startswith("-"):
            option = ahead.pop(0)
            if option == "--":
                break
            if option in with_word:
                del ahead[:1]
        del ahead[:count]
        if ahead[:1] == ["--"]:
            del ahead[0]
    return ahead


def _of_runner(words: Sequence[str], environment: Mapping[str, str]) -> tuple[list[str], tuple[str, ...]] | None:
    """Give what ``conda run`` or ``uv run`` starts, and the folders in which it looks first; None for the rest."""
    folder, _, name = words[0].rpartition("/")
    if name not in _CONDA | _PROJECT_RUNNERS or words[1:2] != ["run"]:
        return None
    ahead = list(words[2:])
    chosen: dict[str, str] = {}
    while ahead and ahead[0].startswith("-"):
        option = ahead.pop(0)
        if option == "--":
            break
        if name in _CONDA and option in ("-n", "--name", "-p", "--prefix") and ahead:
            chosen[option.lstrip("-")[0]] = ahead.pop(0)
    if name not in _CONDA:
        return ahead, (f"{environment.get('UV_PROJECT_ENVIRONMENT', '.venv') if name == 'uv' else '.venv'}/bin",)
    if "p" in chosen:
        return ahead, (f"{chosen['p']}/bin",)
    roots = dict.fromkeys((environment.get("MAMBA_ROOT_PREFIX", ""), folder.rpartition("/")[0], *_CONDA_ROOTS))
    below = f"/envs/{chosen['n']}/bin" if "n" in chosen and chosen["n"] != "base" else "/bin"
    return ahead, tuple(f"{root}{below}" for root in roots if root)


def _script_of_shell(words: Sequence[str]) -> str | None:
    """Give what a shell is told by ``-c``, ``-lc``, ``-o pipefail -c``; None where it is no shell, or told nothing."""
    if words[0].rpartition("/")[2] not in _SHELLS:
        return None
    for index, word in enumerate(words[1:-1], start=1):
        if re.fullmatch(r"-[a-z]*c", word):
            return words[index + 1]
        if not word.startswith(("-", "+")) and words[index - 1] not in ("-o", "+o", "-eo", "-euo"):
            return None
    return None


def _simple_commands(script: str, environment: Mapping[str, str]) -> Iterator[list[str]]:
    """Give the simple commands of a script as words; variables of the image's environment are put in."""
    lexer = shlex.shlex(script.replace("\n", " ; "), posix=True, punctuation_chars=True)
    lexer.commenters = ""
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:  # a quote that nobody closes
        words = script.split()
    command: list[str] = []
    for word in [*words, ";"]:
        if _OPERATORS.fullmatch(word):
            if command:
                yield command
            command = []
        else:
            command.append(_VARIABLE.sub(lambda match: environment.get(match[1] or match[2], match[0]), word))
