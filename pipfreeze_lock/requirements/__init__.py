"""Requirements files: pip's grammar, and the loader that follows ``-r`` and ``-c``."""
