"""A bare ``NAME[:TAG]``: the daemon is asked first, then the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.errors import PipfreezeLockError
from pipfreeze_lock.image.daemon import NoDaemonError, NotAtDaemonError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipfreeze_lock.image.interface import ImageReporter, ImageSource, ScannedImage, Want

__all__ = ["DaemonOrRegistry"]


class DaemonOrRegistry:
    """The daemon's image, or the registry's where there is no daemon or it does not have it."""

    def __init__(self, daemon: ImageSource, registry: ImageSource) -> None:
        self._daemon = daemon
        self._registry = registry

    def scan(self, interest: Callable[[str], Want], reporter: ImageReporter) -> ScannedImage:
        """Read the image.

        :raises PipfreezeLockError: the registry's, which then tells the daemon's too.
        """
        try:
            return self._daemon.scan(interest, reporter)
        except (NoDaemonError, NotAtDaemonError) as absent:
            try:
                return self._registry.scan(interest, reporter)
            except PipfreezeLockError as error:
                asked = f"Before the registry, the daemon was asked: {absent.message}."
                raise type(error)(
                    error.message, context=error.context, hints=[*error.hints, asked], reference=error.reference
                ) from error
