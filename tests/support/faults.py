"""Failures on plan: which requests fail, how, and how often."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from support.loopback import Response

if TYPE_CHECKING:
    from support.loopback import Request

__all__ = ["Fault", "FaultPlan"]

How = Literal["status", "reset", "truncate", "slow", "corrupt"]


@dataclass(slots=True)
class Fault:
    """One line of the plan."""

    path: str
    """A pattern as `fnmatch` has it, put to the unquoted path."""
    how: How = "status"
    """status: answers `status`; reset: the connection; truncate: half of the body, then the end; slow: `seconds`
    before the answer; corrupt: one byte in the middle of the body is another."""
    times: int | None = 1
    """The first so many requests; None for all."""
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    """Of the answer with `status`: ``Retry-After``."""
    seconds: float = 0.05


@dataclass(slots=True)
class FaultPlan:
    """The lines in force, the first that fits is taken."""

    faults: list[Fault] = field(default_factory=list)

    def apply(self, request: Request, response: Response) -> Response:
        """Give the answer that the plan makes of a good one, and count it."""
        for fault in self.faults:
            if fault.times != 0 and fnmatch.fnmatchcase(request.path, fault.path):
                if fault.times is not None:
                    fault.times -= 1
                return _spoiled(fault, response)
        return response


def _spoiled(fault: Fault, response: Response) -> Response:
    match fault.how:
        case "status":
            return Response(fault.status, {"Content-Type": "text/plain"} | fault.headers, b"as planned")
        case "reset":
            response.reset = True
        case "truncate":
            response.sent = len(response.body) // 2
        case "slow":
            response.delay = fault.seconds
        case "corrupt":
            middle = len(response.body) // 2
            wrong = bytes([response.body[middle] ^ 0xFF])
            response.body = response.body[:middle] + wrong + response.body[middle + 1 :]
    return response
