"""An image read: its tree, the environments in it, and what is installed in each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from pipfreeze_lock.cli.image_progress import scan_image
from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.image.distributions import installed_set
from pipfreeze_lock.image.environments import choose_environment, find_environments
from pipfreeze_lock.image.interest import with_records
from pipfreeze_lock.image.interface import ImageReporter, Want
from pipfreeze_lock.image.layers import FileTree
from pipfreeze_lock.image.manifest import Platform
from pipfreeze_lock.image.python_versions import find_architecture, find_libc
from pipfreeze_lock.verify.integrity import check_integrity
from pipfreeze_lock.verify.removals import Removals
from pipfreeze_lock.verify.sentences import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipfreeze_lock.cli.rendering import Talk
    from pipfreeze_lock.image.environments import Environment
    from pipfreeze_lock.image.interface import ImageConfig, ImageSource, LayerContents, ScannedLayer
    from pipfreeze_lock.model.installed import InstalledSet
    from pipfreeze_lock.verify.integrity import IntegrityResult

__all__ = ["LookedAt", "look_at_image"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LookedAt:
    """One environment of an image."""

    installed: InstalledSet
    environment: Environment
    tree: FileTree
    config: ImageConfig
    layers: tuple[ScannedLayer, ...]
    digest: str | None
    """Of the image."""
    removals: Removals
    pip: str
    """How its pip is called in a RUN."""
    read_again: Callable[[Sequence[str]], Callable[[str], bytes | None]]
    """Reads some files of the image, whole."""

    def config_with(self, platform: str | None, *, subject: str) -> ImageConfig:
        """Give what is known of the image; for which machines a folder is, its C library tells, or ``--platform``.

        :param subject: The image, as a person named it.
        :raises UsageError: when nothing tells, and for what is no platform.
        """
        if self.config.architecture:
            return self.config
        if platform is not None:
            told = Platform.parse(platform)
            if not told.architecture:
                message = f"`--platform {platform}` is not a platform"
                raise UsageError(message, hints=["Write it as `linux/amd64` or `linux/arm64`."])
            return replace(
                self.config,
                operating_system=told.operating_system,
                architecture=told.architecture,
                variant=told.variant or "",
            )
        architecture = find_architecture(self.tree)
        if architecture is None:
            message = "nothing tells for which machines it is"
            raise UsageError(message, context=subject, hints=["Say it: `--platform linux/amd64`."])
        return replace(self.config, architecture=architecture)

    def integrity(self) -> IntegrityResult:
        """Hold its files against their records; the image has to be read by `with_records`."""
        return check_integrity(
            self.tree,
            self.installed,
            folders=self.environment.search_path,
            prefix=self.environment.prefix,
            is_kept=lambda path: with_records(path) >= Want.DIGEST,
            read_again=self.read_again,
            removals=self.removals,
        )


def look_at_image(
    source: ImageSource,
    *,
    subject: str,
    interest: Callable[[str], Want],
    talk: Talk,
    wanted: str | None = None,
    is_every: bool = False,
) -> list[LookedAt]:
    """Read an image, and give the environments in it that are asked for.

    :param subject: The image, as a person named it.
    :param interest: At least `environment_interest`.
    :param wanted: ``--environment``; None for the one that the image runs.
    :param is_every: ``--all-environments``.
    :raises ImageError: when it cannot be read, or there is no Python in it.
    :raises UsageError: when the environment that is asked for is not there.
    """
    scanned = scan_image(source, interest, talk)
    tree = FileTree(scanned.layers)
    choice = choose_environment(find_environments(tree, scanned.config), wanted, subject=subject)
    others = choice.others
    taken = choice.environment
    if is_every:
        chosen: Sequence[Environment] = [taken, *others]
    else:
        chosen = [taken]
        if others:
            there = listed([one.prefix for one in others])
            talk.say(f"Looking at `{taken.prefix}` (Python {taken.python}): {choice.reason}. Also there: {there}.")
        else:
            talk.detail(f"Looking at `{taken.prefix}` (Python {taken.python}): {choice.reason}.")
    libc = find_libc(tree, scanned.config.architecture)
    removals = Removals((layer.info, _taken_away(layer.contents)) for layer in scanned.layers)
    is_default = len(chosen) == 1 and wanted is None
    return [
        LookedAt(
            installed=installed_set(tree, one, subject=subject if is_default else f"{subject} {one.prefix}", libc=libc),
            environment=one,
            tree=tree,
            config=scanned.config,
            layers=scanned.layers,
            digest=scanned.digest,
            removals=removals,
            read_again=partial(_read_again, source),
            pip="pip" if is_default else f"{one.executable} -m pip",
        )
        for one in chosen
    ]


def _read_again(source: ImageSource, paths: Sequence[str]) -> Callable[[str], bytes | None]:
    """Read an image once more, for these files alone."""
    wanted = frozenset(paths)
    again = source.scan(lambda path: Want.CONTENT if path in wanted else Want.NOTHING, ImageReporter())
    return FileTree(again.layers).read


def _taken_away(contents: LayerContents) -> Iterator[str]:
    return chain(contents.whiteouts, contents.opaque)
