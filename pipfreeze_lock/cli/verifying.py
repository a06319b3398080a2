"""``verify`` from its options to its report."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pipfreeze_lock.check.places import LockPlaces
from pipfreeze_lock.cli.image_sources import Listing, SourceOptions, open_image, registry_network
from pipfreeze_lock.cli.recorded_options import read_command, relock_command
from pipfreeze_lock.cli.replaced_inputs import refuse_to_replace
from pipfreeze_lock.cli.report_output import ReportOutput
from pipfreeze_lock.cli.settings import read_settings, working_folder
from pipfreeze_lock.errors import InputError, LockFileError, UsageError
from pipfreeze_lock.model.names import canonical_name
from pipfreeze_lock.verify.mending import Mending
from pipfreeze_lock.verify.policy import BasePolicy, Policy
from pipfreeze_lock.verify.rules import rules_looked_for
from pipfreeze_lock.workflows.verify import VerifyRequest, verify

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from pipfreeze_lock.cli.looking_at_images import LookedAt
    from pipfreeze_lock.cli.rendering import Talk
    from pipfreeze_lock.cli.settings import Settings
    from pipfreeze_lock.lockfile.interface import ReadLock
    from pipfreeze_lock.model.finding import Examination, Finding, Location

__all__ = ["VerifyOptions", "run_verify"]

_BASE_POLICIES = ("strict", "warn", "ignore")
_NEEDS_FILES = ("environment", "all_environments", "integrity", "deep", "platform")


@dataclass(frozen=True, kw_only=True, slots=True)
class VerifyOptions:
    """The command line of ``verify``; see ``pipfreeze-lock verify --help``."""

    lock: str
    image: str
    environment: str | None = None
    all_environments: bool = False
    platform: str | None = None
    insecure: bool = False
    integrity: bool = False
    deep: bool = False
    allow_extra: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    base_policy: str | None = None
    format: str = "text"
    output: str | None = None
    network: dict[str, Any] = field(default_factory=dict)
    """How index and registry are reached: fields of `LockOptions` that were given."""


def run_verify(options: VerifyOptions, talk: Talk) -> int:
    """Compare, and write the report.

    :return: 0 when the environment is the lock, 1 when it is not.
    :raises UsageError: for options that contradict each other.
    :raises InputError: when the lock cannot be read.
    :raises ImageError: when the image cannot be read, or has no Python.
    :raises NetworkError: when a registry or an index cannot be reached.
    """
    rules = rules_looked_for(integrity=options.integrity, deep=options.deep)
    output = ReportOutput(format=options.format, path=options.output, rules=rules)
    refuse_to_replace([options.lock], [options.output], by="the report")
    if options.environment is not None and options.all_environments:
        message = "`--environment` and `--all-environments` cannot be given together"
        raise UsageError(message, hints=["Leave out one of them."])
    settings = read_settings(working_folder())
    policy = _policy(options, settings)
    verification = _Verification(Path(options.lock), options, settings, policy, talk)
    examinations = verification.examinations()
    output.write(examinations, talk)
    return max(int(not one.agrees) for one in examinations)


def _policy(options: VerifyOptions, settings: Settings) -> Policy:
    """Take what the command line says, else the configuration."""
    base = settings.text("base-policy", options.base_policy) or "strict"
    if base not in _BASE_POLICIES:
        message = f"`--base-policy {base}` is not known"
        raise UsageError(message, hints=["Write `strict`, `warn` or `ignore`."])
    return Policy(
        allow_extra=tuple(map(canonical_name, settings.items("allow-extra", list(options.allow_extra)))),
        ignore=tuple(settings.items("ignore", list(options.ignore))),
        base=cast("BasePolicy", base),
    )


class _Verification:
    """One lock, and what it is compared with."""

    def __init__(self, path: Path, options: VerifyOptions, settings: Settings, policy: Policy, talk: Talk) -> None:
        self._path = path
        self._options = options
        self._settings = settings
        self._policy = policy
        self._talk = talk
        data = _bytes_of(path)
        self._read = _read(data, path)
        self._places = LockPlaces(path.as_posix(), data.decode(errors="replace"))
        self._pinned = frozenset(pin.name for pin in self._read.lock.pins)
        self._unpinned = frozenset(one.name for one in self._read.lock.unpinned)
        self._base = {one.name for one in self._read.lock.base}
        if not self._read.digest_ok:
            talk.warn(f"`{path.as_posix()}` was changed after it was written; `pipfreeze-lock check` says more")

    def examinations(self) -> list[Examination]:
        """Read the image, and compare what it has."""
        options = self._options
        source = open_image(
            options.image,
            SourceOptions(
                platform=options.platform,
                network=registry_network(options.network, self._settings),
                is_insecure=options.insecure,
            ),
        )
        if isinstance(source, Listing):
            return [self._of_listing(source)]
        from pipfreeze_lock.cli.looking_at_images import look_at_image  # noqa: PLC0415  not for a listing
        from pipfreeze_lock.image.interest import environment_interest, with_records  # noqa: PLC0415  likewise

        looked = look_at_image(
            source,
            subject=options.image,
            interest=with_records if options.integrity else environment_interest,
            talk=self._talk,
            wanted=options.environment,
            is_every=options.all_environments,
        )
        return [self._of_image(one) for one in looked]

    def _of_listing(self, listing: Listing) -> Examination:
        options = [name for name in _NEEDS_FILES if getattr(self._options, name)]
        if options:
            option = f"--{options[-1].replace('_', '-')}"
            message = f"`{option}` reads files, and `{self._options.image}` is only a list of what is installed"
            hint = "Give the image itself, or `rootfs:FOLDER` (`rootfs:/ --environment PATH` for this machine)."
            raise UsageError(message, hints=[hint])
        is_interpreter = self._options.image.startswith("python:")
        pip = f"{_interpreter(self._options.image)} -m pip" if is_interpreter else "pip"
        mending = Mending(
            lock=self._path.as_posix() if is_interpreter else self._path.name,
            pip=pip,
            pinned=self._pinned,
            unpinned=self._unpinned,
            without_dependencies=self._read.lock.installs_without_dependencies,
            is_image=not is_interpreter,
            relock=self._relock(),
        )
        return verify(
            VerifyRequest(
                lock=self._read.lock,
                path=self._path.as_posix(),
                place=self._place,
                target=self._places.header("target"),
                installed=listing.installed(),
                policy=self._policy,
                mending=mending,
            )
        )

    def _of_image(self, looked: LookedAt) -> Examination:
        findings: list[Finding] = []
        unchecked: list[str] = []
        if self._options.integrity:
            found = looked.integrity()
            findings += found.findings
            unchecked += found.unchecked
        if self._options.deep:
            from pipfreeze_lock.cli.verifying_deep import look_deep  # noqa: PLC0415  brings the network

            deep = look_deep(
                self._read.lock, self._path, looked, self._options.network, self._settings, self._places, self._talk
            )
            findings += deep.findings
            unchecked += deep.unchecked
        mending = Mending(
            lock=self._path.name,
            pip=looked.pip,
            pinned=self._pinned,
            unpinned=self._unpinned,
            without_dependencies=self._read.lock.installs_without_dependencies,
            relock=self._relock(),
        )
        return verify(
            VerifyRequest(
                lock=self._read.lock,
                path=self._path.as_posix(),
                place=self._place,
                target=self._places.header("target"),
                installed=looked.installed,
                policy=self._policy,
                mending=mending,
                config=looked.config,
                removals=looked.removals,
                findings=findings,
                unchecked=unchecked,
            )
        )

    def _place(self, name: NormalizedName) -> Location:
        place = self._places.pin(name)
        if place.line:
            return place
        if name in self._unpinned:
            return self._places.header("unpinned", f"{name} ")
        return self._places.header("base") if name in self._base else place

    def _relock(self) -> str:
        lock = self._read.lock
        recorded = read_command(lock.command, dict(lock.remarks), self._path)
        output = self._settings.place("output", None)
        default = Path(output) if output is not None else self._path.with_name("requirements.lock")
        return relock_command(recorded, self._path, default=default == self._path)


def _interpreter(image: str) -> str:
    """Give what to type for ``python:PATH``, which may be the folder of an environment."""
    path = Path(image.removeprefix("python:"))
    return shlex.quote((path / "bin" / "python").as_posix() if path.is_dir() else path.as_posix())


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"the lock cannot be read: {(error.strerror or type(error).__name__).lower()}"
        raise InputError(message, context=path.as_posix()) from None


def _read(data: bytes, path: Path) -> ReadLock:
    if path.suffix == ".toml":
        from pipfreeze_lock.lockfile import pylock  # noqa: PLC0415  its format needs more of packaging

        return pylock.read(data, path=path.as_posix())
    from pipfreeze_lock.lockfile import requirements_txt  # noqa: PLC0415  not for a pylock.toml

    try:
        return requirements_txt.read(data, path=path.as_posix())
    except LockFileError as error:
        if requirements_txt.is_lock(data):
            raise
        hint = "Name a lock that `pipfreeze-lock lock` wrote: it records the target, and what the base image has."
        raise LockFileError(error.message, context=error.context, hints=[hint]) from None
