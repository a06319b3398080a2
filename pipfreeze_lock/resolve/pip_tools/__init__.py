"""The engine over pip-tools: pip-compile, run under an interpreter of the target's version."""
