"""Findings and changes as text and in the formats that other tools read."""
