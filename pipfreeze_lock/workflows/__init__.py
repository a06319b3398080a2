"""The use cases, one file each, written against interfaces only."""
