"""Whether what is installed is what the lock says: pure comparison, findings."""
