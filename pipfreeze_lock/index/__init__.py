"""Simple indexes and folders of files: what files exist of a project."""
