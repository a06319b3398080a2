"""A setup script, evaluated without running it: what is certain is a value, all else is said to be unknown, and why."""
