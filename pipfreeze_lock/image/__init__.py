"""What is in an image, or in an environment of this machine: read, never run, but for an interpreter that is asked."""
