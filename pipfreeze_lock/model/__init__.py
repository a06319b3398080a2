"""Frozen values, no I/O: the nouns that the rest of the package passes on.

Import from the module that defines a value (``pipfreeze_lock.model.target``), never from here: a command imports
only what it uses.
"""
