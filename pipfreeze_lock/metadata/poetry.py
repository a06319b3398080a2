"""Poetry's own tables, ``[tool.poetry]``, where what they say needs no guess.

Source: poetry-core's ``factory.py`` and ``constraints/version/parser.py``. Only the common forms are read; anything
else (paths, git, sources, several constraints for one name) is left to a build.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.metadata.pyproject import BuildSystem, NotStaticError, StaticProject

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["read_poetry"]

_CARET_OR_TILDE = re.compile(r"^([\^~])\s*(\d+(?:\.\d+)*)$")
_PLAIN = re.compile(r"^(>=|<=|==|!=|>|<|~=)\s*([0-9][0-9A-Za-z.+!*]*)$")
_BARE = re.compile(r"^\d+(?:\.\d+)*$")


def read_poetry(system: BuildSystem) -> StaticProject:
    """Translate ``[tool.poetry.dependencies]`` and ``extras``.

    :raises NotStaticError: for a form that is not translated here.
    """
    if not system.backend.startswith("poetry."):
        msg = "pyproject.toml has [tool.poetry] but another backend"
        raise NotStaticError(msg)
    poetry = system.document["tool"]["poetry"]
    dependencies = poetry.get("dependencies", {})
    extras = poetry.get("extras", {})
    in_extras = _names_in_extras(extras)
    plain: list[str] = []
    optional: dict[str, str] = {}
    for name, value in dependencies.items():
        if name.lower() == "python":
            continue
        text, is_optional = _requirement(name, value)
        if is_optional:
            optional[_normal(name)] = text
        else:
            plain.append(text)
    if set(optional) != in_extras & set(optional) or in_extras - set(optional):
        msg = "[tool.poetry.extras] and optional dependencies do not match"
        raise NotStaticError(msg)
    conditional = [_with_extra(optional[_normal(name)], extra) for extra, names in extras.items() for name in names]
    return StaticProject(
        name=poetry.get("name"),
        version=poetry.get("version"),
        requires_python=_specifier(_text(dependencies.get("python", ""), "python")) or None,
        requires_dist=(*plain, *conditional),
        provides_extra=tuple(extras),
    )


def _names_in_extras(extras: Mapping[str, list[str]]) -> set[str]:
    return {_normal(name) for names in extras.values() for name in names}


def _requirement(name: str, value: Any) -> tuple[str, bool]:
    table = {"version": value} if isinstance(value, str) else value
    if not isinstance(table, dict) or set(table) - {"version", "extras", "markers", "optional"}:
        msg = f"[tool.poetry] gives `{name}` in a form that only poetry reads"
        raise NotStaticError(msg)
    extras = table.get("extras", [])
    specifier = _specifier(_text(table.get("version", "*"), name))
    text = f"{name}{'[' + ','.join(extras) + ']' if extras else ''}{specifier}"
    marker = table.get("markers")
    return (f"{text}; {marker}" if marker else text), bool(table.get("optional", False))


def _with_extra(text: str, extra: str) -> str:
    bare, semicolon, marker = text.partition(";")
    return f'{bare}; ({marker.strip()}) and extra == "{extra}"' if semicolon else f'{bare}; extra == "{extra}"'


def _text(value: object, name: str) -> str:
    if isinstance(value, str):
        return value
    msg = f"[tool.poetry] gives `{name}` in a form that only poetry reads"
    raise NotStaticError(msg)


def _specifier(constraint: str) -> str:
    """Translate ``^1.2``, ``~1.2``, ``1.2``, ``*`` and PEP 440 clauses joined by commas."""
    clauses = [clause.strip() for clause in constraint.split(",") if clause.strip()]
    return ",".join(part for clause in clauses for part in _clauses(clause))


def _clauses(clause: str) -> tuple[str, ...]:
    if clause == "*":
        return ()
    if match := _CARET_OR_TILDE.match(clause):
        return _caret_or_tilde(match[1], [int(number) for number in match[2].split(".")])
    if match := _PLAIN.match(clause):
        return (f"{match[1]}{match[2]}",)
    if _BARE.match(clause):
        return (f"=={clause}",)
    msg = f"`{clause}` is a constraint that only poetry reads"
    raise NotStaticError(msg)


def _caret_or_tilde(operator: str, release: list[int]) -> tuple[str, ...]:
    lower = ".".join(map(str, release))
    if operator == "~":
        position = min(1, len(release) - 1)
    else:
        position = next((index for index, number in enumerate(release) if number), len(release) - 1)
    upper = [*release[:position], release[position] + 1]
    return f">={lower}", f"<{'.'.join(map(str, upper))}"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
