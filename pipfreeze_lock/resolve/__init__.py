"""From requirements to one file for each distribution, by the rules of the target's pip."""
