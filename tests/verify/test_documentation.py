"""docs/verify.md says of each rule what the rule says of itself."""

from __future__ import annotations

import re

from support.command_line import ROOT

from pipfreeze_lock.verify.rules import VERIFY_RULES


def test_the_documentation_has_every_rule_as_it_is() -> None:
    text = (ROOT / "docs" / "verify.md").read_text()
    rows = re.finditer(r"^\| `([a-z-]+)` \| (.+) \| (error|warning|note) \|$", text, re.MULTILINE)
    told = {match[1]: (match[2], match[3]) for match in rows}
    assert told == {rule.id: (rule.title, rule.severity) for rule in VERIFY_RULES}
