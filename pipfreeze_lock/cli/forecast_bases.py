"""What a forecast is made on: an image that is read, or what a table and the command line say of one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pipfreeze_lock.cli.image_sources import Listing, SourceOptions, open_image, registry_network
from pipfreeze_lock.cli.targeting import TargetOptions, choose_targets
from pipfreeze_lock.errors import UsageError
from pipfreeze_lock.footprint.places import places_of_environment, places_of_official_image
from pipfreeze_lock.image.interface import ImageConfig
from pipfreeze_lock.model.core_metadata import CoreMetadata
from pipfreeze_lock.model.forecast import ForecastBase
from pipfreeze_lock.model.installed import InstalledDistribution
from pipfreeze_lock.model.legacy_version import read_version
from pipfreeze_lock.resolve.base_set import base_candidates, needs_nothing
from pipfreeze_lock.resolve.planning.interface import InstalledState
from pipfreeze_lock.target.dockerfile import dockerfile_base, parse_build_args, read_dockerfile
from pipfreeze_lock.target.image_references import is_python_image

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from packaging.utils import NormalizedName

    from pipfreeze_lock.cli.forecast_options import ForecastOptions
    from pipfreeze_lock.cli.rendering import Talk
    from pipfreeze_lock.cli.settings import Settings
    from pipfreeze_lock.cli.targeting import ChosenTargets
    from pipfreeze_lock.footprint.interface import InstallPlaces
    from pipfreeze_lock.image.layers import FileTree
    from pipfreeze_lock.model.target import Target
    from pipfreeze_lock.resolve.catalogue import Catalogue

__all__ = ["Base", "base_of_image", "base_of_options"]

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Base:
    """A place to install in."""

    told: ForecastBase
    target: Target
    places: InstallPlaces
    tree: FileTree | None
    config: ImageConfig
    instructions: tuple[str, ...] = field(repr=False)
    """Of the image's history, or of a Dockerfile."""
    installed: Callable[[Catalogue], Mapping[NormalizedName, InstalledState]]
    """All that is there; the index says what a distribution needs of which no files were read."""


def base_of_image(image: str, options: ForecastOptions, settings: Settings, talk: Talk) -> Base:
    """Read an image, or take an official one from the table.

    :raises UsageError: for what is no image, or has no files.
    :raises ImageError: when it cannot be read.
    """
    is_read = image.startswith("docker://") or Path(image.removeprefix("python:")).exists()
    if is_python_image(image) and not is_read:
        return _official(image, options, settings, talk)
    return _with_dockerfile(_read(image, options, settings, talk), options.lock.target)


def base_of_options(
    options: ForecastOptions, settings: Settings, talk: Talk, *, recorded: str | None, lock: Path | None
) -> Base:
    """Take what the target's options say, else the command that a lock records.

    :param lock: The lock's path, to which paths in that command are relative.
    :raises UsageError: when they do not say enough.
    """
    chosen = choose_targets(options.lock.target, settings, recorded=recorded, lock=lock)
    return _with_dockerfile(_assumed(chosen, talk), chosen.options)


def _official(image: str, options: ForecastOptions, settings: Settings, talk: Talk) -> Base:
    if options.environment is not None:
        message = f"`--environment` is of an image that is read, and `{image}` is taken from the table"
        raise UsageError(message, hints=[f"`docker://{image.removeprefix('docker.io/')}` reads the image itself."])
    wanted = TargetOptions(base_image=image, platforms=options.lock.target.platforms)
    base = _assumed(choose_targets(wanted, settings, recorded=None), talk)
    there = ", ".join(f"{one.name} {one.version}" for one in base.target.base)
    talk.say(f"`{image}` is taken from the table of official images, with {there}; nothing was pulled.")
    talk.detail(f"`docker://{image.removeprefix('docker.io/')}` would be read itself.")
    return _with_dockerfile(base, options.lock.target)


def _assumed(chosen: ChosenTargets, talk: Talk) -> Base:
    target = _one_of(chosen.targets)
    if target.operating_system != "linux":
        message = f"a forecast is for images of Linux, and this target is {target.platform}"
        raise UsageError(message, hints=["Name the platform of the image: `--platform linux/amd64`."])
    for note in chosen.notes:
        talk.warn(note)
    subject = chosen.options.base_image or chosen.options.dockerfile or str(target)
    return Base(
        told=ForecastBase(subject=subject, is_read=False, target=str(target), python=target.python, pip=target.pip),
        target=target,
        places=places_of_official_image(target),
        tree=None,
        config=ImageConfig(),
        instructions=(),
        installed=lambda catalogue: _of_target(target, catalogue),
    )


def _read(image: str, options: ForecastOptions, settings: Settings, talk: Talk) -> Base:
    from pipfreeze_lock.cli.looking_at_images import look_at_image  # noqa: PLC0415  not for the table
    from pipfreeze_lock.image.environment_target import first_of_each_name, target_of_environment  # noqa: PLC0415
    from pipfreeze_lock.image.interest import with_growth  # noqa: PLC0415  likewise
    from pipfreeze_lock.metadata.installed import installed_metadata  # noqa: PLC0415  likewise
    from pipfreeze_lock.target.from_flags import target_from_flags  # noqa: PLC0415  likewise

    platform = _one_of(options.lock.target.platforms or (None,))
    source = open_image(
        image,
        SourceOptions(
            platform=platform,
            network=registry_network(options.network, settings),
            is_insecure=options.insecure,
        ),
    )
    if isinstance(source, Listing):
        message = f"`forecast` reads files, and `{image}` is only a list of what is installed"
        hint = "Give the image itself, or `rootfs:FOLDER` (`rootfs:/ --environment PATH` for this machine)."
        raise UsageError(message, hints=[hint])
    (looked,) = look_at_image(source, subject=image, interest=with_growth, talk=talk, wanted=options.environment)
    target = target_of_environment(looked.environment, looked.installed, looked.config_with(platform, subject=image))
    if options.lock.target.markers:
        target = target_from_flags(base=target, markers=options.lock.target.markers)
    states = {
        one.name: InstalledState(distribution=one, metadata=installed_metadata(one, looked.tree.read))
        for one in first_of_each_name(looked.installed)
    }
    return Base(
        told=ForecastBase(
            subject=image,
            is_read=True,
            digest=looked.digest,
            environment=looked.environment.prefix,
            target=str(target),
            python=target.python,
            pip=target.pip,
        ),
        target=target,
        places=places_of_environment(looked.environment, looked.tree, target),
        tree=looked.tree,
        config=looked.config,
        instructions=tuple(one.info.instruction for one in looked.layers if one.info.instruction is not None),
        installed=lambda _catalogue: states,
    )


def _one_of(several: Sequence[_T]) -> _T:
    """Give the only one, of targets or platforms.

    :raises UsageError: where there are more.
    """
    if len(several) > 1:
        message = "a forecast is for one platform"
        raise UsageError(message, hints=["Give one `--platform`."])
    return several[0]


def _with_dockerfile(base: Base, target: TargetOptions) -> Base:
    """Take from a Dockerfile how pip is called, and in which environment."""
    if target.dockerfile is None:
        return base
    found = dockerfile_base(
        read_dockerfile(target.dockerfile),
        target.dockerfile,
        build_args=parse_build_args(target.build_args),
        stage=target.stage,
        platform=target.platforms[0] if target.platforms else None,
    )
    config = replace(base.config, environment={**base.config.environment, **dict(found.environment)})
    return replace(base, config=config, instructions=found.runs)


def _of_target(target: Target, catalogue: Catalogue) -> dict[NormalizedName, InstalledState]:
    """Give the base set of a target as installed, with what the same releases need by the index."""
    found = {}
    candidates = base_candidates(target.base, catalogue)
    for one in target.base:
        known = CoreMetadata(name=one.name, version=one.version, tier="wheel")
        if not needs_nothing(one.name, read_version(one.version)):
            release = candidates[one.name].release
            known = release.metadata if release is not None else known
        distribution = InstalledDistribution(name=one.name, version=one.version, path="")
        found[one.name] = InstalledState(distribution=distribution, metadata=known)
    return found
