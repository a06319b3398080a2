"""HTTP, behind one small interface: `pipfreeze_lock.http.interface`."""
