"""docs/weigh.md names each saving, each kind and each option."""

from __future__ import annotations

import re

from support.command_line import ROOT, run

from pipfreeze_lock.model.weight import KINDS
from pipfreeze_lock.weigh import cache_savings

TEXT = (ROOT / "docs" / "weigh.md").read_text()


def test_savings() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "pipfreeze_lock" / "weigh").glob("*_savings.py"))
    known = set(re.findall(r'id="([a-z-]+)"', sources)) | {one.id for one in cache_savings._REMEDIES.values()}
    rows = re.findall(r"^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \|", TEXT.partition("## What could be spared")[2], re.MULTILINE)
    assert {one for row in rows for one in re.findall(r"`([a-z-]+)`", row)} == known


def test_kinds() -> None:
    section = TEXT.partition("## Kinds of files")[2].partition("\n## ")[0]
    assert not [kind for kind in KINDS if f"`{kind}`" not in section]


def test_options() -> None:
    options = set(re.findall(r"--[a-z]+", run("weigh", "--help").out))
    told = set(re.findall(r"`(--[a-z]+)", TEXT)) | set(re.findall(r"(--[a-z]+)", TEXT))
    shared = {"--client", "--proxy", "--timeout", "--retries", "--quiet", "--verbose", "--output", "--help"}
    assert options - shared <= told
