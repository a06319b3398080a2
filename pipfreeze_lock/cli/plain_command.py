"""A command whose plain values are taken as they are.

typer 0.29 and newer convert every value by pydantic, which takes longer to import (60 to 100 ms) than most locks take
to be checked. Texts, lists of texts, flags and counts need no conversion; everything else still goes typer's way. Where
a typer has no such step (before 0.29), nothing is changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PlainCommand", "take_plain_values"]


class PlainCommand(TyperCommand):
    """Use it as ``app.command(cls=PlainCommand)``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse; `get_params` has the help option too, which is made as late as this."""
        take_plain_values(self.get_params(ctx))
        return super().parse_args(ctx, args)


def take_plain_values(parameters: Iterable[Any]) -> None:
    """Let parameters take plain values as they are."""
    for parameter in parameters:
        if hasattr(parameter, "get_runtime_param"):  # typer >= 0.29
            plain = _Plain(parameter.get_runtime_param)
            parameter.get_runtime_param = lambda plain=plain: plain


class _Plain:
    """Stands where typer's ``RuntimeParam`` stands."""

    def __init__(self, original: Any) -> None:
        self._original = original

    def coerce(self, value: Any, *, param: Any, ctx: Any) -> Any:
        annotation = param.type_descriptor.annotation
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        if annotation in (str, bool, int, float) and type(value) is annotation:
            return value
        if annotation == list[str] and not isinstance(value, str) and all(isinstance(one, str) for one in value):
            return list(value)
        return self._original().coerce(value, param=param, ctx=ctx)
