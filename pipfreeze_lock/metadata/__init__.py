"""The core metadata of a file, by the cheapest way that can be trusted."""
