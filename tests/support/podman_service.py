"""Podman's service: an engine API that needs no daemon of the machine's own."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import tempfile
from typing import TYPE_CHECKING

from support import needs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["podman_service"]


@contextlib.contextmanager
def podman_service(archive: Path) -> Iterator[str]:
    """Start it with a store of its own, and an image in it; it is handed a socket that listens already.

    :param archive: A docker-archive.
    :return: The path of the socket.
    """
    with tempfile.TemporaryDirectory(
        prefix="podman-", ignore_cleanup_errors=True
    ) as folder:  # pytest's own is longer than podman allows
        folders = [f"--{name}={folder}/{name}" for name in ("root", "runroot", "tmpdir")]
        more = ["--storage-driver=vfs", "--cgroup-manager=cgroupfs", "--events-backend=file"]
        own = [str(needs.program("podman")), *folders, *more]
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "XDG_RUNTIME_DIR": folder}
        load = [*own, "load", "-q", "-i", str(archive)]
        loaded = subprocess.run(load, env=environment, capture_output=True, text=True, check=False)
        if loaded.returncode:
            needs.forbidden(f"load an image by podman ({loaded.stderr.strip()[-200:]})")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
            listening.bind(f"{folder}/p.sock")
            listening.listen()
            activated = f'export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@" 3<&{listening.fileno()}'
            service = subprocess.Popen(
                ["bash", "-c", activated, "bash", *own, "system", "service", "--time=0"],
                env=environment,
                pass_fds=[listening.fileno()],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        try:
            yield f"{folder}/p.sock"
        finally:
            service.terminate()
            service.wait()
