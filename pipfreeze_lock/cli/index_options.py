"""The index options of a command line, as the model has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.model.requirement import FormatControl, IndexOptions, ReleaseControl
from pipfreeze_lock.requirements.index_options import changed_format_control, changed_release_control

if TYPE_CHECKING:
    from pipfreeze_lock.cli.lock_options import LockOptions
    from pipfreeze_lock.model.url import Url

__all__ = ["index_options"]


def index_options(options: LockOptions) -> IndexOptions:
    """Give what the command line says of the index; what stands in the inputs comes on top of it."""
    control = FormatControl()
    releases = ReleaseControl()
    for option, value in options.format_mentions:
        if option in ("--all-releases", "--only-final"):
            releases = changed_release_control(releases, option, value)
        else:
            control = changed_format_control(control, option, value)
    return IndexOptions(
        index_url=_url(options.index_url) if options.index_url else None,
        extra_index_urls=tuple(map(_url, options.extra_index_urls)),
        find_links=options.find_links,
        no_index=options.no_index,
        trusted_hosts=options.trusted_hosts,
        pre=options.pre,
        prefer_binary=options.prefer_binary,
        format_control=control,
        release_control=releases,
    )


def _url(text: str) -> Url:
    from pipfreeze_lock.model.url import Url  # noqa: PLC0415  it imports urllib.parse, and most name no index

    return Url(text)
