"""Install what we develop with: from our own lock where this machine is its target, else from dev.txt, said aloud.

Run by `make setup` with the interpreter of .venv. It uses the standard library alone, since nothing is installed yet.
``--lock`` writes the lock for this interpreter instead, with our own tool.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


def main() -> int:
    """Install, or lock."""
    if "--lock" in sys.argv[1:]:
        return lock()
    for path in sorted(HERE.glob("dev-*.lock")):
        target = read_target(path)
        if target == this_machine():
            say(f"installing from {path.relative_to(ROOT)}, which was locked for this machine ({' '.join(target)})")
            pip("install", "--require-hashes", "-r", str(path))
            break
    else:
        say(f"no lock of ours is for this machine ({' '.join(this_machine())}): installing from requirements/dev.txt")
        pip("install", "-r", str(HERE / "dev.txt"), str(ROOT))
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    return 0


def lock() -> int:
    """Lock pyproject.toml and dev.txt for this interpreter and its pip, as if nothing but that pip were installed."""
    python, machine, libc = this_machine()
    name = f"dev-cp{python.replace('.', '')}-{machine.replace('/', '-')}.lock"
    command = [
        *(sys.executable, "-m", "pipfreeze_lock", "lock", "pyproject.toml", "requirements/dev.txt"),
        *("-o", f"requirements/{name}"),
        *("--python-version", platform.python_version(), "--platform", machine, "--libc", libc),
        *("--pip-version", pip_version(), "--no-base"),
    ]
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603  our own tool


def read_target(path: Path) -> tuple[str, str, str]:
    """Give (3.11, linux/amd64, glibc-2.36) of a lock's header."""
    header = path.read_text(encoding="utf-8")
    match = re.search(r"^# target: cpython (\d+\.\d+)\S* \S+ (\S+) (\S+)", header, re.MULTILINE)
    if match is None:
        message = f"{path} has no `# target:` line"
        raise SystemExit(message)
    return match[1], match[2], match[3]


def this_machine() -> tuple[str, str, str]:
    """Give the same of the running interpreter."""
    machines = {"x86_64": "amd64", "aarch64": "arm64"}
    machine = machines.get(platform.machine(), platform.machine())
    family, version = platform.libc_ver()
    return (
        f"{sys.version_info.major}.{sys.version_info.minor}",
        f"{sys.platform}/{machine}",
        f"{family}-{version}",
    )


def pip(*arguments: str) -> None:
    """Run the environment's pip, deaf to this machine's configuration but for its certificates and proxy."""
    kept = {"PIP_CERT", "PIP_PROXY", "PIP_DEFAULT_TIMEOUT"}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PIP_") or key in kept}
    environment |= {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    command = [sys.executable, "-m", "pip", "--quiet", *arguments]
    result = subprocess.run(command, env=environment, check=False)  # noqa: S603  pip itself
    if result.returncode:
        sys.exit(result.returncode)


def pip_version() -> str:
    """Give the version of the pip that a new environment of this interpreter has."""
    import ensurepip  # noqa: PLC0415  only when locking

    return ensurepip.version()


def say(text: str) -> None:
    """Say it aloud."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
