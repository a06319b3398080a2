"""The command line of ``lock`` as a value, and what ``[tool.pipfreeze-lock]`` fills in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipfreeze_lock.errors import UsageError

if TYPE_CHECKING:
    import typer

    from pipfreeze_lock.cli.settings import Settings
    from pipfreeze_lock.cli.targeting import TargetOptions

__all__ = ["LockOptions", "in_order_of_mention", "network_of", "options_of_freeze", "with_settings"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LockOptions:
    """The command line of ``lock``, as it was given; see ``pipfreeze-lock lock --help``."""

    inputs: tuple[str, ...] = ()
    output: str | None = None
    target: TargetOptions
    constraints: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    index_url: str | None = None
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool = False
    trusted_hosts: tuple[str, ...] = ()
    pre: bool = False
    prefer_binary: bool = False
    format_mentions: tuple[tuple[str, str], ...] = ()
    """``--no-binary``, ``--only-binary``, ``--all-releases`` and ``--only-final`` with their values, in order of
    mention, which counts."""
    uploaded_prior_to: str | None = None
    no_build: bool = False
    resolver: str | None = None
    """``pip-tools``; None is ``resolvelib``."""
    cross_check: bool = False
    upgrade: bool = False
    upgrade_packages: tuple[str, ...] = ()
    hashes: str | None = None
    build_lock: bool = False
    dry_run: bool = False
    diff: bool = False
    diff_format: str | None = None
    """``unified``, ``text``, ``markdown``, ``json``; None is the first."""
    diff_output: str | None = None
    exit_non_zero_on_change: bool = False
    cert: str | None = None
    client_cert: str | None = None
    proxy: str | None = None
    timeout: float | None = None
    retries: int | None = None
    keyring_provider: str | None = None
    cache_dir: str | None = None
    no_cache: bool = False
    refresh: bool = False


def with_settings(given: LockOptions, settings: Settings) -> LockOptions:
    """Fill in from ``[tool.pipfreeze-lock]`` what the command line leaves open, and the default input."""
    inputs = tuple(settings.places("inputs", list(given.inputs))) or _default_inputs()
    date = given.uploaded_prior_to or settings.values.get("uploaded-prior-to") or settings.values.get("exclude-newer")
    mentions = given.format_mentions or tuple(
        (f"--{key}", value)
        for key in ("no-binary", "only-binary", "all-releases", "only-final")
        for value in settings.items(key, None)
    )
    return replace(
        given,
        inputs=inputs,
        output=settings.place("output", given.output),
        constraints=tuple(settings.places("constraint", list(given.constraints))),
        extras=tuple(settings.items("extra", list(given.extras))),
        index_url=settings.text("index-url", given.index_url),
        extra_index_urls=tuple(settings.items("extra-index-url", list(given.extra_index_urls))),
        find_links=tuple(settings.places("find-links", list(given.find_links))),
        trusted_hosts=tuple(settings.items("trusted-host", list(given.trusted_hosts))),
        no_index=settings.flag("no-index", given.no_index),
        pre=settings.flag("pre", given.pre),
        prefer_binary=settings.flag("prefer-binary", given.prefer_binary),
        no_build=settings.flag("no-build", given.no_build),
        resolver=settings.text("resolver", given.resolver),
        cross_check=settings.flag("cross-check", given.cross_check),
        build_lock=settings.flag("build-lock", given.build_lock),
        no_cache=settings.flag("no-cache", given.no_cache),
        format_mentions=mentions,
        uploaded_prior_to=date,
        hashes=settings.text("hashes", given.hashes) or "chosen",
        cert=settings.place("cert", given.cert),
        client_cert=settings.place("client-cert", given.client_cert),
        proxy=settings.text("proxy", given.proxy),
        timeout=settings.number("timeout", given.timeout, 15),
        retries=int(settings.number("retries", given.retries, 5)),
        keyring_provider=settings.text("keyring-provider", given.keyring_provider),
        cache_dir=settings.place("cache-dir", given.cache_dir),
    )


def options_of_freeze(given: LockOptions, settings: Settings) -> LockOptions:
    """Fill in from ``[tool.pipfreeze-lock]`` how indexes are reached, and nothing else.

    What is frozen was chosen long ago, so that nothing is of account that says what may be chosen. Its inputs are those
    that are given, and maybe none.
    """
    filled = with_settings(replace(given, inputs=("-",)), settings)  # one is wanted, else a default is looked for
    return replace(
        filled,
        inputs=given.inputs,
        output=given.output,
        constraints=given.constraints,
        extras=(),
        pre=False,
        prefer_binary=False,
        format_mentions=(),
        uploaded_prior_to=None,
        no_build=False,
        resolver=None,
        cross_check=False,
        build_lock=False,
        hashes=given.hashes or "chosen",
    )


_NETWORK = {
    "index_url": "index_url",
    "extra_index_url": "extra_index_urls",
    "find_links": "find_links",
    "no_index": "no_index",
    "trusted_host": "trusted_hosts",
    "cert": "cert",
    "client_cert": "client_cert",
    "proxy": "proxy",
    "timeout": "timeout",
    "retries": "retries",
    "keyring_provider": "keyring_provider",
    "cache_dir": "cache_dir",
    "no_cache": "no_cache",
    "refresh": "refresh",
}
"""Parameters of commands (`pipfreeze_lock.cli.options`), and the field of `LockOptions` for each."""


def network_of(context: typer.Context) -> dict[str, Any]:
    """Give how index and registry are reached, of a command that has these options, or some of them.

    :return: Fields of `LockOptions`: those that the command line says something of, ``--retries 0`` too.
    """
    found = {field: context.params.get(name) for name, field in _NETWORK.items()}
    tuples = {field: tuple(value) if isinstance(value, list) else value for field, value in found.items()}
    return {field: value for field, value in tuples.items() if value is not None and value is not False and value != ()}


def _default_inputs() -> tuple[str, ...]:
    for name in ("requirements.in", "requirements.txt"):
        if Path(name).is_file():
            return (name,)
    message = "no requirements were given, and there is no `requirements.txt` here"
    raise UsageError(message, hints=["Name a file: `pipfreeze-lock lock requirements.txt`."])


def in_order_of_mention(arguments: list[str], left: dict[str, list[str]]) -> tuple[tuple[str, str], ...]:
    """Give options and values as they were mentioned, since a later one takes names out of an earlier one.

    The parser gives a list for each and forgets the order between them, so it is looked up among the arguments; what
    came from the environment comes first.
    """
    mentions: list[tuple[str, str]] = []
    for place, argument in enumerate(arguments):
        option, equals, value = argument.partition("=")
        value = value if equals else "".join(arguments[place + 1 : place + 2])
        if value in left.get(option, ()):
            left[option].remove(value)
            mentions.append((option, value))
    from_environment = [(option, value) for option, values in left.items() for value in values]
    return (*from_environment, *mentions)
