"""The ``keyring`` program, asked for a password as pip does with ``--keyring-provider subprocess``."""

from __future__ import annotations

import subprocess

import msgspec

from pipfreeze_lock.model.url import Credentials

__all__ = ["KeyringProgram"]


class KeyringProgram:
    """Runs ``keyring get``.

    :param executable: Its path; it inherits our environment, as it has to find the person's desktop.
    :param timeout: Seconds; the person may have to unlock something.
    """

    def __init__(self, executable: str, *, timeout: float = 120.0) -> None:
        self._executable = executable
        self._timeout = timeout
        self.problem: str | None = None
        """Why it could not be asked; None while it could."""

    def credentials(self, service: str, username: str | None) -> Credentials | None:
        """Give what it knows of a service, which is an index URL or a host; None where that is nothing.

        From 25.2.1 on it gives a user with the password; an older one has to be told the user.
        """
        name = [username] if username else []
        status, output, complaint = self._run("--mode=creds", "--output=json", "get", service, *name)
        if status == 2 and "--mode" in complaint:
            if username is None:
                self.problem = f"`{self._executable}` is older than 25.2.1 and has to be told a user name"
                return None
            status, output, _ = self._run("get", service, username)
            password = output.strip("\r\n")
            return Credentials(username, password) if status == 0 and password else None
        return self._decode(output) if status == 0 else None

    def _run(self, *arguments: str) -> tuple[int, str, str]:
        try:
            ended = subprocess.run(  # noqa: S603  the program the person named
                [self._executable, *arguments],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                check=False,
                timeout=self._timeout,
                encoding="utf-8",
                errors="replace",
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            self.problem = f"`{self._executable}` could not be asked: {type(error).__name__}"
            return 127, "", ""
        return ended.returncode, ended.stdout, ended.stderr

    def _decode(self, output: str) -> Credentials | None:
        try:
            answer = msgspec.json.decode(output, type=dict[str, str | None])
        except msgspec.DecodeError:
            self.problem = f"`{self._executable}` answered with something else than credentials"
            return None
        return Credentials(answer.get("username") or "", answer.get("password") or "")
