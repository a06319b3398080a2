"""What a ``pip install`` by the target's pip would do on top of what is installed there."""
