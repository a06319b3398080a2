"""Lock files, read and written; one module for each format."""
