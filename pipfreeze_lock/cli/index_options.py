"""The index options of a command line, as the model has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipfreeze_lock.model.requirement import FormatControl, IndexOptions
from pipfreeze_lock.model.url import Url
from pipfreeze_lock.requirements.index_options import changed_format_control

if TYPE_CHECKING:
    from pipfreeze_lock.cli.lock_options import LockOptions

__all__ = ["index_options"]


def index_options(options: LockOptions) -> IndexOptions:
    """Give what the command line says of the index; what stands in the inputs comes on top of it."""
    control = FormatControl()
    for option, value in options.format_mentions:
        control = changed_format_control(control, option, value)
    return IndexOptions(
        index_url=Url(options.index_url) if options.index_url else None,
        extra_index_urls=tuple(Url(url) for url in options.extra_index_urls),
        find_links=options.find_links,
        no_index=options.no_index,
        trusted_hosts=options.trusted_hosts,
        pre=options.pre,
        prefer_binary=options.prefer_binary,
        format_control=control,
    )
