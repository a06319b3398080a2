"""The lock file that an image's own pip would install, and the proof that it did."""

__all__ = ["__version__"]

__version__ = "0.1.0"
