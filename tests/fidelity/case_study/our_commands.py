"""Our own commands, each as a process, told nothing by this machine's configuration."""

from __future__ import annotations

import collections
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fidelity.case_study.results import Forecasted, Frozen, Move, Quarter, Verified, Weighed, Weight

from pipfreeze_lock.lockfile.requirements_txt import parse

if TYPE_CHECKING:
    from pathlib import Path

    from fidelity.case_study.recipes import ThePip
    from fidelity.case_study.results import Conditions

__all__ = ["OurCommands"]

_LARGEST = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class OurCommands:
    """Run in a folder that holds the requirements, and an archive of each image."""

    folder: Path
    pip: ThePip
    conditions: Conditions

    def lock(self, output: str, until: str, *options: str) -> None:
        """Lock as of a day, from the public index."""
        base = [f"--preinstalled={name}=={version}" for name, version in self.pip.base.items() if name != "pip"]
        target = ["--python-version", self.conditions.python, "--pip-version", self.pip.pip]
        target += ["--platform", "linux/amd64", "--libc", self.conditions.libc, *base]
        command = ["lock", *target, "--uploaded-prior-to", until, *options, "-o", output, "requirements.txt"]
        self._run(*command)

    def verify(self, image: str) -> Verified:
        """Hold an image against the first day's lock."""
        ran = self._run("verify", "requirements.lock", f"docker-archive:{image}.tar", "--format", "json", codes=(0, 1))
        examined = json.loads(ran.stdout)["examinations"][0]
        rules = collections.Counter(finding["rule"] for finding in examined["findings"])
        return Verified(exit=ran.returncode, findings=dict(sorted(rules.items())))

    def weigh(self, image: str) -> Weighed:
        """Ask where the bytes of an image are."""
        told = json.loads(self._run("weigh", f"docker-archive:{image}.tar", "--format", "json").stdout)
        return Weighed(
            bytes=told["size"],
            hidden=told["hidden"]["size"],
            kinds=told["kinds"],
            largest=tuple(
                Weight(name=one["name"], version=one["version"], bytes=one["size"])
                for one in told["distributions"][:_LARGEST]
            ),
        )

    def freeze(self, image: str) -> Frozen:
        """Write down what is in an image, and hold it against that."""
        lock, archive = f"{image}.frozen.lock", f"docker-archive:{image}.tar"
        ran = self._run("freeze", archive, "-r", "requirements.txt", "-o", lock)
        warnings = [line.removeprefix("warning: ") for line in ran.stderr.splitlines() if line.startswith("warning: ")]
        pins = parse((self.folder / lock).read_bytes(), path=lock).pins
        verified = self._run("verify", lock, archive, codes=(0, 1))
        return Frozen(pins=len(pins), warnings=tuple(warnings), exit=verified.returncode)

    def forecast(self, install: str, image: str, index: tuple[str, ...], really: tuple[Move, ...]) -> Forecasted:
        """Ask what ``pip install`` would do in an image.

        :param install: pip's own words, which the command takes, too.
        :param index: Options that lead to the index that pip sees: what pip keeps in its cache depends on how that answers.
        :param really: What pip then did.
        """
        where = (f"docker-archive:{image}.tar", *index, "--format", "json")
        ran = self._run("forecast", *install.split(), *where, codes=(0, 4))
        if ran.returncode:
            first = next(line for line in ran.stderr.splitlines() if line.startswith("error: "))
            return Forecasted(refused=first.removeprefix("error: "))
        told = json.loads(ran.stdout)
        changes = [one for one in told["actions"] if one["action"] != "keep"]
        said = {Move(name=one["name"], old=one["old_version"], new=one["version"]) for one in changes}
        happened = {Move(name=move.name, old=move.old, new=move.new) for move in really}
        return Forecasted(
            moves=len(said),
            wrong=tuple(sorted(said - happened, key=lambda move: move.name)),
            missed=tuple(sorted(happened - said, key=lambda move: move.name)),
            fetched_bytes=told["fetched"]["size"],
            tar=told["layer"]["tar"],
            unknown=tuple(told["layer"]["unknown"]),
        )

    def quarter(self, since: str, until: str) -> Quarter:
        """Ask what moved between two days, on python:3.6.8."""
        began = time.monotonic()
        period = ("--since", since, "--uploaded-prior-to", until)
        ran = self._run("forecast", "requirements.txt", "python:3.6.8", *period, "--format", "json")
        told = json.loads(ran.stdout)
        moves = [one for one in told["moves"] if one["kind"] != "rehashed"]
        versions = ((one["name"], *(_version(one[side]) for side in ("old", "new"))) for one in moves)
        new = [one["new"] for one in moves if one["new"]]
        return Quarter(
            since=since,
            until=until,
            moves=tuple(Move(name=name, old=old, new=new) for name, old, new in versions),
            moved_fetched=sum(one["fetched"] for one in new),
            moved_tar=sum(one["layer"]["tar"] for one in new if one["layer"]),
            all_fetched=told["later"]["fetched"]["size"],
            seconds=round(time.monotonic() - began, 1),
        )

    def _run(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pipfreeze_lock", *arguments]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_") or name == "PIP_CERT"}
        variables = kept | {"PIP_CONFIG_FILE": os.devnull, "NO_COLOR": "1"}
        ran = subprocess.run(command, cwd=self.folder, env=variables, capture_output=True, text=True, check=False)
        if ran.returncode not in codes:
            message = f"pipfreeze-lock {' '.join(arguments)} ended with {ran.returncode}: {ran.stdout}{ran.stderr}"
            raise RuntimeError(message)
        return ran


def _version(action: dict[str, Any] | None) -> str | None:
    return action["version"] if action else None
