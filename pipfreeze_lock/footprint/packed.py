"""How many bytes a value takes in MessagePack, as msgpack-python packs it (the specification's "Formats")."""

from __future__ import annotations

__all__ = ["packed_size"]


def packed_size(value: object) -> int:
    """Give the size of a value that CacheControl keeps."""
    match value:
        case None | bool():
            return 1
        case int():
            return _integer_size(value)
        case str():
            length = len(value.encode())
            return length + (1 if length < 32 else _head_size(length))
        case bytes():
            return len(value) + _head_size(len(value))
        case dict():
            head = 1 if len(value) < 16 else 3
            return head + sum(packed_size(key) + packed_size(item) for key, item in value.items())
    message = f"{type(value).__name__} is nothing that is kept"
    raise TypeError(message)


def _integer_size(value: int) -> int:
    return 1 if value < 2**7 else 2 if value < 2**8 else 3 if value < 2**16 else 5


def _head_size(length: int) -> int:
    return 2 if length < 2**8 else 3 if length < 2**16 else 5
