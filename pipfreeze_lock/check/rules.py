"""The ways in which requirements and lock can disagree; docs/check.md shows this table."""

from __future__ import annotations

from pipfreeze_lock.model.finding import Rule

__all__ = [
    "CHANGED_BASE",
    "CHANGED_OPTION",
    "CHANGED_REQUIREMENT",
    "CHANGED_TARGET",
    "CHANGED_TARGET_SOURCE",
    "DROPPED_INPUT",
    "DUPLICATE_PIN",
    "EDITED_LOCK",
    "FILE_FORM",
    "HASH_NOT_ALLOWED",
    "HELD_BACK",
    "INCONSISTENT_IMAGE",
    "LOCK_RULES",
    "MALFORMED_HASH",
    "MISSING_EXTRA",
    "MISSING_HASH",
    "MISSING_INPUT",
    "MISSING_LOCK",
    "MISSING_PIN",
    "NEEDLESS_PIN",
    "NEW_INPUT",
    "NEW_REQUIREMENT",
    "ONLINE_RULES",
    "OTHER_URL",
    "REMOVED_REQUIREMENT",
    "STALE_BUILD_LOCK",
    "UNASKED_EXTRA",
    "UNASKED_PIN",
    "UNINVITED_PRERELEASE",
    "UNKNOWN_LINE",
    "UNKNOWN_PARENT",
    "UNKNOWN_TARGET",
    "UNREADABLE_INPUT",
    "UNREADABLE_LOCK",
    "UNSATISFIED_CONSTRAINT",
    "UNSATISFIED_DEPENDENCY",
    "UNSATISFIED_REQUIREMENT",
    "VANISHED_FILE",
    "VANISHED_RELEASE",
    "WEAK_HASH",
    "YANKED_PIN",
]

_RELOCK = "Lock again; the pins that still fit stay as they are."

MISSING_PIN = Rule(
    id="missing-pin",
    title="A requirement has no pin",
    help=f"A line was added to the requirements and the lock was not renewed. {_RELOCK}",
)
UNSATISFIED_REQUIREMENT = Rule(
    id="unsatisfied-requirement",
    title="A pin does not satisfy a requirement",
    help=f"pip would refuse the two together, or install something else. {_RELOCK}",
)
UNSATISFIED_CONSTRAINT = Rule(
    id="unsatisfied-constraint",
    title="A pin does not satisfy a constraint",
    help=f"A constraints file was changed and the lock was not renewed. {_RELOCK}",
)
UNINVITED_PRERELEASE = Rule(
    id="uninvited-prerelease",
    title="A pre-release is pinned, and no line lets pre-releases in any longer",
    help=f"A line that named a pre-release is gone or was changed: a final release would be taken now. {_RELOCK}",
)
MISSING_EXTRA = Rule(
    id="missing-extra",
    title="A pin lacks an extra that is asked for",
    help=f"What the extra brings is not in the lock. {_RELOCK}",
)
UNASKED_EXTRA = Rule(
    id="unasked-extra",
    title="A pin has an extra that nobody asks for",
    help=f"The image would hold more than the requirements ask for. {_RELOCK}",
)
OTHER_URL = Rule(
    id="other-url",
    title="A pin comes from another place than the requirement says",
    help=f"A direct reference was changed, added or taken out. {_RELOCK}",
)
HASH_NOT_ALLOWED = Rule(
    id="hash-not-allowed",
    title="A requirement allows none of the hashes of its pin",
    help=f"The requirement names hashes, and no file that the lock allows has one of them. {_RELOCK}",
)
CHANGED_REQUIREMENT = Rule(
    id="changed-requirement",
    title="A requirement was changed, and its pin still satisfies it",
    help="The lock installs what the requirements ask for. Locking again renews the words in it, and may move nothing.",
    severity="note",
    strict=True,
)
NEW_REQUIREMENT = Rule(
    id="new-requirement",
    title="A requirement is new, and another one brought its pin already",
    help="The lock installs what the requirements ask for. Locking again records who asks.",
    severity="note",
    strict=True,
)
REMOVED_REQUIREMENT = Rule(
    id="removed-requirement",
    title="A requirement was taken out, and its pin is still needed",
    help="The lock installs what the requirements ask for. Locking again records who asks.",
    severity="note",
    strict=True,
)
UNASKED_PIN = Rule(
    id="unasked-pin",
    title="A pin that nobody asks for",
    help=f"No requirement leads to it, so the image would hold more than it needs. {_RELOCK}",
)
NEEDLESS_PIN = Rule(
    id="needless-pin",
    title="A pin of what the image has already",
    help=f"It had to move when the lock was made; by now the image's own satisfies all, and would stay. {_RELOCK}",
)
UNSATISFIED_DEPENDENCY = Rule(
    id="unsatisfied-dependency",
    title="A pin does not satisfy what another pin needs",
    help="pip would refuse the set, or `pip check` would complain in the image. Lock again.",
)
INCONSISTENT_IMAGE = Rule(
    id="inconsistent-image",
    title="The image that was frozen did not have what it needs",
    help="`pip check` fails there. The lock is what was installed; `pipfreeze-lock lock` finds a set that agrees.",
    severity="note",
    strict=True,
)
UNKNOWN_PARENT = Rule(
    id="unknown-parent",
    title="A pin is there for a distribution that is not",
    help=f"A pin was taken out of the lock by hand. {_RELOCK}",
)
DUPLICATE_PIN = Rule(
    id="duplicate-pin",
    title="A distribution is pinned twice",
    help="pip refuses a file that says two things of one distribution. Lock again.",
)
MISSING_HASH = Rule(
    id="missing-hash",
    title="A pin has no hash, and others have",
    help="pip refuses the whole file with `--require-hashes` then. Lock again.",
)
MALFORMED_HASH = Rule(
    id="malformed-hash",
    title="A hash that no file can have",
    help="Its length or its letters are wrong, so that pip refuses every file. Lock again.",
)
WEAK_HASH = Rule(
    id="weak-hash",
    title="A hash of an algorithm that pip does not take",
    help="pip takes sha256, sha384 and sha512 in hash mode. Lock again.",
)
STALE_BUILD_LOCK = Rule(
    id="stale-build-lock",
    title="A build lock is for another state of its lock",
    help="What compiling fetches was locked for other sdists, maybe. Lock again with `--build-lock`.",
)
EDITED_LOCK = Rule(
    id="edited-lock",
    title="The lock was changed after it was written",
    help="Its digest tells: somebody edited it, or a merge did. Change the requirements instead, and lock again.",
)
FILE_FORM = Rule(
    id="file-form",
    title="The lock's bytes were changed and its lines were not",
    help="Other line ends, a byte order mark, a missing last line end: a tool between did that. pip reads it the same.",
    severity="note",
)
UNKNOWN_LINE = Rule(
    id="unknown-line",
    title="A line that no lock has",
    help="It is lost when locking again: what must be said belongs in the requirements file.",
    severity="warning",
)
CHANGED_TARGET = Rule(
    id="changed-target",
    title="The lock is for another target",
    help="The base image moved, and with it Python, libc or pip: other files are chosen there. Lock again.",
)
UNKNOWN_TARGET = Rule(
    id="unknown-target",
    title="What the lock is for cannot be told any longer",
    help="The Dockerfile or the base image that the lock was made for is gone, or not known. Say anew which it is.",
)
CHANGED_TARGET_SOURCE = Rule(
    id="changed-target-source",
    title="The target has another source, and is the same",
    help="Another image with the same Python, libc, pip and base set. Locking again records it.",
    severity="note",
    strict=True,
)
CHANGED_BASE = Rule(
    id="changed-base",
    title="The image brings other distributions than the lock was made for",
    help="What the base image has counts as installed, so that other requirements may be left to it. Lock again.",
)
CHANGED_OPTION = Rule(
    id="changed-option",
    title="An option that shapes the answer is another one now",
    help="Where files come from, or which of them may be chosen, has changed. Lock again.",
)
MISSING_INPUT = Rule(
    id="missing-input",
    title="A file that the lock was made from is not there",
    help="Its requirements cannot be looked at. Restore it, or lock again from what is there.",
)
NEW_INPUT = Rule(
    id="new-input",
    title="A file is read that the lock does not know, and its lines agree",
    help="The lock installs what the requirements ask for. Locking again records the file.",
    severity="note",
    strict=True,
)
DROPPED_INPUT = Rule(
    id="dropped-input",
    title="A file is no longer read, and nothing of it is missed",
    help="The lock installs what the requirements ask for. Locking again forgets the file.",
    severity="note",
    strict=True,
)
UNREADABLE_INPUT = Rule(
    id="unreadable-input",
    title="A requirements file cannot be read",
    help="It says something that pip would refuse too. Mend it first.",
)
UNREADABLE_LOCK = Rule(
    id="unreadable-lock",
    title="The lock cannot be read",
    help="It is damaged, of another format version, or has merge conflicts in it. Lock again; its pins are preferred.",
)
MISSING_LOCK = Rule(
    id="missing-lock",
    title="There is no lock",
    help="The configuration names one, and the file is not there. Lock.",
)

YANKED_PIN = Rule(
    id="yanked-pin",
    title="A pinned file was yanked",
    help="Its authors took it back after the lock was made, and pip still installs it. `lock -P NAME` moves it.",
)
VANISHED_RELEASE = Rule(
    id="vanished-release",
    title="A pinned release is no longer on the index",
    help="No build of the image will find it. `lock -P NAME` moves it.",
)
VANISHED_FILE = Rule(
    id="vanished-file",
    title="A file that the lock allows is no longer offered",
    help="The release is there, and none of its files has that hash: it was replaced or deleted. Lock again.",
)
HELD_BACK = Rule(
    id="held-back",
    title="A newer release is kept out by our own lines alone",
    help="No other distribution minds it. Loosen the line when you want it.",
    severity="note",
)

LOCK_RULES: tuple[Rule, ...] = tuple(value for value in globals().values() if isinstance(value, Rule))
"""All of them, in the order above."""
ONLINE_RULES = (YANKED_PIN, VANISHED_RELEASE, VANISHED_FILE, HELD_BACK)
"""Those of them that ask the index."""
