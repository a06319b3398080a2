"""Options that several commands share, named as pip names them, else as pip-compile, else as uv does."""

from __future__ import annotations

from typing import Annotated

import typer

__all__: list[str] = []

_TARGET = "Target: the image's pip"
_INDEX = "Index"
_SELECTION = "Which files may be chosen"
_OUTPUT = "Output"
_NETWORK = "Network and cache"

BaseImage = Annotated[
    str | None,
    typer.Option(
        "--base-image",
        metavar="REF",
        envvar="PIPFREEZE_LOCK_BASE_IMAGE",
        help="The base image, e.g. python:3.6.8; the official ones are known offline.",
        rich_help_panel=_TARGET,
    ),
]
Dockerfile = Annotated[
    str | None,
    typer.Option(
        "--dockerfile",
        metavar="FILE",
        envvar="PIPFREEZE_LOCK_DOCKERFILE",
        help="Take the base image from the last FROM of a Dockerfile.",
        rich_help_panel=_TARGET,
    ),
]
BuildArg = Annotated[
    list[str] | None,
    typer.Option("--build-arg", metavar="NAME=VALUE", help="An ARG of the Dockerfile.", rich_help_panel=_TARGET),
]
Stage = Annotated[
    str | None,
    typer.Option(
        "--stage", metavar="NAME", help="The stage of the Dockerfile; default: its last.", rich_help_panel=_TARGET
    ),
]
PythonVersion = Annotated[
    str | None,
    typer.Option(
        "--python-version",
        metavar="VERSION",
        envvar="PIPFREEZE_LOCK_PYTHON_VERSION",
        help="The image's Python, e.g. 3.6.8.",
        rich_help_panel=_TARGET,
    ),
]
Implementation = Annotated[
    str | None,
    typer.Option(
        "--implementation", metavar="NAME", help="cpython (cp), pypy (pp) or pypy-7.3.17.", rich_help_panel=_TARGET
    ),
]
Abi = Annotated[
    str | None,
    typer.Option(
        "--abi", metavar="ABI", help="The ABI tag, e.g. cp313t; default: the usual one.", rich_help_panel=_TARGET
    ),
]
Platform = Annotated[
    list[str] | None,
    typer.Option(
        "--platform",
        metavar="PLATFORM",
        envvar="PIPFREEZE_LOCK_PLATFORM",
        help="linux/amd64, linux/arm64, …; a wheel tag is read too. Given twice: one lock for each.",
        rich_help_panel=_TARGET,
    ),
]
Libc = Annotated[
    str | None,
    typer.Option(
        "--libc",
        metavar="LIBC",
        envvar="PIPFREEZE_LOCK_LIBC",
        help="The image's C library: glibc-2.24, musl-1.2.",
        rich_help_panel=_TARGET,
    ),
]
PipVersion = Annotated[
    str | None,
    typer.Option(
        "--pip-version",
        metavar="VERSION",
        envvar="PIPFREEZE_LOCK_PIP_VERSION",
        help="The image's pip, e.g. 19.1.1.",
        rich_help_panel=_TARGET,
    ),
]
Preinstalled = Annotated[
    list[str] | None,
    typer.Option(
        "--preinstalled",
        metavar="NAME==VERSION",
        help="A distribution that the base image has already; may be repeated.",
        rich_help_panel=_TARGET,
    ),
]
NoBase = Annotated[
    bool,
    typer.Option("--no-base", help="Take nothing for installed: pin pip and setuptools too.", rich_help_panel=_TARGET),
]
MarkerValue = Annotated[
    list[str] | None,
    typer.Option(
        "--marker",
        metavar="NAME=VALUE",
        help="The value of an environment marker, e.g. platform_release=5.10.",
        rich_help_panel=_TARGET,
    ),
]
Constraint = Annotated[
    list[str] | None,
    typer.Option(
        "--constraint",
        "-c",
        metavar="FILE",
        help="Constrain versions by a file; may be repeated.",
        rich_help_panel=_SELECTION,
    ),
]
Extra = Annotated[
    list[str] | None,
    typer.Option(
        "--extra",
        metavar="NAME",
        help="An extra of a pyproject.toml input; may be repeated.",
        rich_help_panel=_SELECTION,
    ),
]
IndexUrl = Annotated[
    str | None,
    typer.Option(
        "--index-url",
        "-i",
        "--pypi-url",
        metavar="URL",
        envvar="PIPFREEZE_LOCK_INDEX_URL",
        help="The index; default: pip's own.",
        rich_help_panel=_INDEX,
    ),
]
ExtraIndexUrl = Annotated[
    list[str] | None,
    typer.Option(
        "--extra-index-url",
        metavar="URL",
        envvar="PIPFREEZE_LOCK_EXTRA_INDEX_URL",
        help="A further index; may be repeated.",
        rich_help_panel=_INDEX,
    ),
]
FindLinks = Annotated[
    list[str] | None,
    typer.Option(
        "--find-links",
        "-f",
        metavar="PLACE",
        envvar="PIPFREEZE_LOCK_FIND_LINKS",
        help="A folder or page with files; may be repeated.",
        rich_help_panel=_INDEX,
    ),
]
NoIndex = Annotated[
    bool,
    typer.Option(
        "--no-index",
        envvar="PIPFREEZE_LOCK_NO_INDEX",
        help="Ask no index, only --find-links.",
        rich_help_panel=_INDEX,
    ),
]
TrustedHost = Annotated[
    list[str] | None,
    typer.Option(
        "--trusted-host",
        metavar="HOST",
        envvar="PIPFREEZE_LOCK_TRUSTED_HOST",
        help="Take this host without valid TLS; may be repeated.",
        rich_help_panel=_INDEX,
    ),
]
Pre = Annotated[
    bool,
    typer.Option(
        "--pre",
        envvar="PIPFREEZE_LOCK_PRE",
        help="Allow pre-releases.",
        rich_help_panel=_SELECTION,
    ),
]
PreferBinary = Annotated[
    bool,
    typer.Option(
        "--prefer-binary",
        envvar="PIPFREEZE_LOCK_PREFER_BINARY",
        help="Prefer an older wheel to a newer sdist.",
        rich_help_panel=_SELECTION,
    ),
]
NoBinary = Annotated[
    list[str] | None,
    typer.Option(
        "--no-binary",
        metavar="NAMES",
        envvar="PIPFREEZE_LOCK_NO_BINARY",
        help="Take no wheels of these; :all: and :none: are read.",
        rich_help_panel=_SELECTION,
    ),
]
OnlyBinary = Annotated[
    list[str] | None,
    typer.Option(
        "--only-binary",
        metavar="NAMES",
        envvar="PIPFREEZE_LOCK_ONLY_BINARY",
        help="Take wheels alone of these; :all: and :none: are read.",
        rich_help_panel=_SELECTION,
    ),
]
AllReleases = Annotated[
    list[str] | None,
    typer.Option(
        "--all-releases",
        metavar="NAMES",
        envvar="PIPFREEZE_LOCK_ALL_RELEASES",
        help="Let pre-releases of these in; :all: and :none: are read.",
        rich_help_panel=_SELECTION,
    ),
]
OnlyFinal = Annotated[
    list[str] | None,
    typer.Option(
        "--only-final",
        metavar="NAMES",
        envvar="PIPFREEZE_LOCK_ONLY_FINAL",
        help="Keep pre-releases of these out; :all: and :none: are read.",
        rich_help_panel=_SELECTION,
    ),
]
UploadedPriorTo = Annotated[
    str | None,
    typer.Option(
        "--uploaded-prior-to",
        "--exclude-newer",
        metavar="DATE",
        envvar="PIPFREEZE_LOCK_EXCLUDE_NEWER",
        help="The lock as of a day: only files uploaded before it (UTC).",
        rich_help_panel=_SELECTION,
    ),
]
NoBuild = Annotated[
    bool,
    typer.Option(
        "--no-build",
        envvar="PIPFREEZE_LOCK_NO_BUILD",
        help="Never build an sdist to learn its dependencies.",
        rich_help_panel=_SELECTION,
    ),
]
Resolver = Annotated[
    str | None,
    typer.Option(
        "--resolver",
        metavar="resolvelib|pip-tools",
        envvar="PIPFREEZE_LOCK_RESOLVER",
        help="resolvelib: by the rules of the image's pip. pip-tools: names and versions by pip-compile.",
        rich_help_panel=_SELECTION,
    ),
]
CrossCheck = Annotated[
    bool,
    typer.Option(
        "--cross-check",
        envvar="PIPFREEZE_LOCK_CROSS_CHECK",
        help="Run both resolvers, say where they differ and why; exit 1 where nothing explains it.",
        rich_help_panel=_SELECTION,
    ),
]
Upgrade = Annotated[
    bool,
    typer.Option(
        "--upgrade",
        "-U",
        help="Take nothing from an existing lock: move all to the newest.",
        rich_help_panel=_SELECTION,
    ),
]
UpgradePackage = Annotated[
    list[str] | None,
    typer.Option(
        "--upgrade-package",
        "-P",
        metavar="NAME[==VERSION]",
        help="Move this one, to a version if given; may be repeated.",
        rich_help_panel=_SELECTION,
    ),
]
Hashes = Annotated[
    str | None,
    typer.Option(
        "--hashes",
        metavar="chosen|all",
        help="chosen: of the file this pip will choose. all: of every file of the release.",
        rich_help_panel=_OUTPUT,
    ),
]
NoHashes = Annotated[
    bool,
    typer.Option(
        "--no-hashes",
        help="Write no hashes, for a pip that cannot check them.",
        rich_help_panel=_OUTPUT,
    ),
]
BuildLock = Annotated[
    bool,
    typer.Option(
        "--build-lock",
        envvar="PIPFREEZE_LOCK_BUILD_LOCK",
        help="Also lock what compiling sdists fetches: requirements.build.lock.",
        rich_help_panel=_OUTPUT,
    ),
]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        "-n",
        help="Show what would change, and write nothing.",
        rich_help_panel=_OUTPUT,
    ),
]
ExitNonZeroOnChange = Annotated[
    bool,
    typer.Option(
        "--exit-non-zero-on-change",
        help="Exit with 1 when the lock changed, or would with --dry-run or --diff; for hooks and CI.",
        rich_help_panel=_OUTPUT,
    ),
]
Diff = Annotated[
    bool,
    typer.Option(
        "--diff",
        help="Show the difference of the files, and write no lock.",
        rich_help_panel=_OUTPUT,
    ),
]
DiffFormat = Annotated[
    str | None,
    typer.Option(
        "--diff-format",
        metavar="FORMAT",
        help="unified (a patch, the default), text, markdown (the body of a pull request) or json.",
        rich_help_panel=_OUTPUT,
    ),
]
DiffOutput = Annotated[
    str | None,
    typer.Option(
        "--diff-output",
        metavar="FILE",
        help="Put the difference there, - is stdout; without --diff the lock is written, too.",
        rich_help_panel=_OUTPUT,
    ),
]
Cert = Annotated[
    str | None,
    typer.Option(
        "--cert",
        metavar="FILE",
        envvar="PIP_CERT",
        help="A bundle of CA certificates.",
        rich_help_panel=_NETWORK,
    ),
]
ClientCert = Annotated[
    str | None,
    typer.Option(
        "--client-cert",
        metavar="FILE",
        envvar="PIP_CLIENT_CERT",
        help="A client certificate with its key.",
        rich_help_panel=_NETWORK,
    ),
]
Proxy = Annotated[
    str | None,
    typer.Option(
        "--proxy",
        metavar="URL",
        envvar="PIP_PROXY",
        help="A proxy for every request.",
        rich_help_panel=_NETWORK,
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        metavar="SECONDS",
        help="How long to wait for an answer; default: 15.",
        rich_help_panel=_NETWORK,
    ),
]
Retries = Annotated[
    int | None,
    typer.Option(
        "--retries",
        metavar="COUNT",
        help="How often to ask again; default: 5.",
        rich_help_panel=_NETWORK,
    ),
]
KeyringProvider = Annotated[
    str | None,
    typer.Option(
        "--keyring-provider",
        metavar="disabled|subprocess",
        envvar="PIPFREEZE_LOCK_KEYRING_PROVIDER",
        help="Where passwords may be asked for.",
        rich_help_panel=_NETWORK,
    ),
]
CacheDir = Annotated[
    str | None,
    typer.Option(
        "--cache-dir",
        metavar="DIR",
        envvar="PIPFREEZE_LOCK_CACHE_DIR",
        help="Where pages and metadata are kept.",
        rich_help_panel=_NETWORK,
    ),
]
Refresh = Annotated[
    bool,
    typer.Option(
        "--refresh",
        help="Ask the index about every page, however fresh the cache has it; --upgrade and -P do so anyway.",
        rich_help_panel=_NETWORK,
    ),
]
NoCache = Annotated[
    bool,
    typer.Option(
        "--no-cache",
        "--no-cache-dir",
        envvar="PIPFREEZE_LOCK_NO_CACHE",
        help="Keep and use no cache.",
        rich_help_panel=_NETWORK,
    ),
]
Quiet = Annotated[int, typer.Option("--quiet", "-q", count=True, help="Say less.", rich_help_panel=_OUTPUT)]
Verbose = Annotated[int, typer.Option("--verbose", "-v", count=True, help="Say more.", rich_help_panel=_OUTPUT)]
