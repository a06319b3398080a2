# For a Makefile: `include pipfreeze-lock.mk`, or copy what you need.
#
# `make lock` writes the lock anew where an input is newer, `make lock-check` says whether it is stale (offline),
# `make lock-upgrade` moves what may move. What the lock is for stands in pyproject.toml, [tool.pipfreeze-lock], or in
# LOCK_OPTIONS: LOCK_OPTIONS = --base-image python:3.6.8

PIPFREEZE_LOCK ?= pipfreeze-lock
LOCK ?= requirements.lock
LOCK_INPUTS ?= requirements.txt
LOCK_OPTIONS ?=

.PHONY: lock lock-check lock-upgrade

lock: $(LOCK)

$(LOCK): $(LOCK_INPUTS) $(wildcard Dockerfile pyproject.toml)
	$(PIPFREEZE_LOCK) lock $(LOCK_OPTIONS) -o $@ $(LOCK_INPUTS)
	@touch $@

lock-check:
	$(PIPFREEZE_LOCK) check $(LOCK)

lock-upgrade:
	$(PIPFREEZE_LOCK) lock --upgrade $(LOCK_OPTIONS) -o $(LOCK) $(LOCK_INPUTS)
