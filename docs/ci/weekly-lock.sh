#!/bin/sh
# For cron, on any machine with git: moves the lock on a branch of its own, and prints what moved, which cron mails.
#
#   17 4 * * 1  /usr/local/bin/weekly-lock.sh /srv/clones/service main weekly-lock
#
# The clone is for this alone: what is changed in it is thrown away. Nothing is printed while nothing moves.
set -eu

cd "$1"
base=$2
branch=$3
git fetch --quiet origin "$base"
git checkout --quiet --force --no-track -B "$branch" "origin/$base"
what_moved=$(mktemp)
trap 'rm -f "$what_moved"' EXIT
pipfreeze-lock lock --upgrade -qq --diff-output "$what_moved" --diff-format text
git add --all -- '*.lock'
if git diff --cached --quiet; then
    exit 0
fi
git commit --quiet --message "Move the lock"
# What was pushed last week, and nobody merged, is not told again.
if git ls-remote --exit-code origin "refs/heads/$branch" > /dev/null \
    && git fetch --quiet origin "$branch" && git diff --quiet FETCH_HEAD HEAD; then
    exit 0
fi
git push --quiet --force origin "HEAD:refs/heads/$branch"
cat "$what_moved"
