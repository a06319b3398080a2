"""The Dockerfile instruction that made a layer, from what the history of an image has of it."""

from __future__ import annotations

import re

__all__ = ["instruction_of"]

_NOTHING = "#(nop)"
_SHELL = re.compile(
    r"(?:\S*/)?(?:a|ba|da|k|z)?sh\s+(?:-\S+\s+(?:[a-z]+\s+)?)*?-[a-z]*c\s+|cmd /S /C\s+|powershell -Command\s+"
)
"""Of the classic builder and of buildah, before what the shell was told."""
_BUILD_ARGUMENTS = re.compile(r"\|(\d+) ")
"""The classic builder and BuildKit: ``|2 A=1 B=two words /bin/sh -c …``: how many there are, and they themselves."""
_BUILDKIT = re.compile(r"\s*# buildkit\s*$")
_WORD = re.compile(
    r"(?:ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|"
    r"VOLUME|WORKDIR)\s"
)


def instruction_of(created_by: str | None, comment: str | None = None) -> str | None:
    r"""Give the instruction in one line: ``RUN pip install flask``, ``COPY . /app``.

    Knows what the classic builder writes (``/bin/sh -c #(nop) COPY dir:… in /app``, ``/bin/sh -c pip install flask``),
    BuildKit (``RUN /bin/sh -c pip install flask # buildkit``), buildah and kaniko.

    :param comment: Of the history; said where there is nothing better.
    """
    text = " ".join((created_by or "").split())
    text = _BUILDKIT.sub("", text)
    if not text:
        return " ".join((comment or "").split()) or None
    word = _WORD.match(text)
    if word is not None and word[0].strip() != "RUN":
        return text
    command = text[word.end() :] if word is not None else text
    shell = _after_arguments(command)
    if shell is None:
        return f"RUN {command}" if word is not None else text
    if shell.startswith(_NOTHING):
        return shell.removeprefix(_NOTHING).strip() or None
    return f"RUN {shell}"


def _after_arguments(command: str) -> str | None:
    """Give what a shell was told; None where there is no shell."""
    arguments = _BUILD_ARGUMENTS.match(command)
    if arguments is not None:
        found = _SHELL.search(command, arguments.end())
        return command[found.end() :] if found else None
    shell = _SHELL.match(command)
    return command[shell.end() :] if shell is not None else None
