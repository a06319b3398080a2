"""Where the bytes of an image are: by layer, by owner, by kind; what no container sees, and what could be spared."""
