"""By how many bytes a layer grows when pip installs: nothing is run in the image, and no container is made."""
