"""Every error that this package raises on purpose.

One root, so that a caller needs one ``except``; each class has the exit code of its kind. An error is written for
the person who reads it: what is wrong (`message`), where (`context`), what to do (`hints`), where to read on
(`reference`). It is rendered in one place, `pipfreeze_lock.cli.rendering`; the core never prints.

::

    PipfreezeLockError
    ├── UsageError            2   the command line or the configuration
    ├── InputError            3   a requirements file, a Dockerfile, an existing lock, an output that cannot be written
    │   └── LockFileError     3
    ├── ResolutionError       4   no set of files satisfies the requirements
    │   ├── MetadataError     4   a candidate whose dependencies cannot be known
    │   └── BuildError        4   an sdist whose metadata could not be built
    ├── DisagreementError     1   two engines answer otherwise, and nothing that is known explains it
    ├── NetworkError          5   an index or registry that cannot be reached or does not answer as one
    └── ImageError            6   an image that cannot be read
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "BuildError",
    "DisagreementError",
    "ImageError",
    "InputError",
    "LockFileError",
    "MetadataError",
    "NetworkError",
    "PipfreezeLockError",
    "ResolutionError",
    "UsageError",
]


class PipfreezeLockError(Exception):
    """The root of all errors raised on purpose.

    :param message: One sentence, no full stop at its end; back-ticks round names. Never holds a credential.
    :param context: Where: ``requirements.txt:3``, a URL without credentials, or lines of output that show the cause.
    :param hints: What to do, each a sentence of its own.
    :param reference: A PEP, RFC or page that defines what was violated.
    """

    exit_code: ClassVar[int] = 70

    def __init__(
        self,
        message: str,
        *,
        context: str | None = None,
        hints: Sequence[str] = (),
        reference: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.context = context
        self.hints = tuple(hints)
        self.reference = reference

    def __str__(self) -> str:
        """One line: where, then what."""
        return f"{self.context}: {self.message}" if self.context and "\n" not in self.context else self.message


class UsageError(PipfreezeLockError):
    """The command line, the environment or ``[tool.pipfreeze-lock]`` asks for something that cannot be."""

    exit_code = 2


class InputError(PipfreezeLockError):
    """A file that was given to us, or that we were told to write, is not usable."""

    exit_code = 3


class LockFileError(InputError):
    """A lock file that cannot be read as one."""


class ResolutionError(PipfreezeLockError):
    """No set of files satisfies all requirements on this target."""

    exit_code = 4


class MetadataError(ResolutionError):
    """The core metadata of a file cannot be had, or contradicts the file's name."""


class BuildError(MetadataError):
    """Building an sdist's metadata failed, or was not allowed."""


class DisagreementError(PipfreezeLockError):
    """Two engines answer otherwise, and nothing that is known explains it: a finding about the answer itself."""

    exit_code = 1


class NetworkError(PipfreezeLockError):
    """An index, registry or URL that cannot be reached or does not answer as one."""

    exit_code = 5


class ImageError(PipfreezeLockError):
    """An image that cannot be read; never taken for an image without findings."""

    exit_code = 6
