"""Whether requirements and lock agree: offline, without resolving anew; pure functions that give findings."""
