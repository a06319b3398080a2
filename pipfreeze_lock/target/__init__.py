"""The target: what an image's pip is, which tags it reads and which markers hold there."""
