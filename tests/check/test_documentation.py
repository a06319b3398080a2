from __future__ import annotations

import re

from support.command_line import ROOT

from pipfreeze_lock.check.rules import LOCK_RULES


def test_the_documentation_has_every_rule_as_it_is() -> None:
    text = (ROOT / "docs" / "check.md").read_text()
    told = {
        match[1]: (match[2], match[3]) for match in re.finditer(r"^\| `(.+)` \| (.+) \| (.+) \|$", text, re.MULTILINE)
    }
    strict = ", with `--strict` an error"
    assert told == {rule.id: (rule.title, f"{rule.severity}{strict if rule.strict else ''}") for rule in LOCK_RULES}
