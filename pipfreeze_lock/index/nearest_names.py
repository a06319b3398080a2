"""A name that exists, for one that does not: for error messages alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["nearest_names"]

_IMPORT_NAMES = {
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "crypto": "pycryptodome",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "fitz": "pymupdf",
    "git": "gitpython",
    "google-protobuf": "protobuf",
    "jose": "python-jose",
    "jwt": "pyjwt",
    "magic": "python-magic",
    "mysqldb": "mysqlclient",
    "openssl": "pyopenssl",
    "pil": "pillow",
    "pkg-resources": "setuptools",
    "pptx": "python-pptx",
    "psycopg": "psycopg2",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "telegram": "python-telegram-bot",
    "usb": "pyusb",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}
"""Names that a module is imported by, and the project that has it."""


def nearest_names(name: str, known: Iterable[str] = (), *, count: int = 3) -> list[str]:
    """Give up to `count` names like this one: from `known` and from the 8,000 most downloaded projects, best first.

    :param name: Normalised.
    :param known: Further names that exist: those of the lock and of the other requirements, say.
    """
    if name in _IMPORT_NAMES:
        return [_IMPORT_NAMES[name]]
    import difflib  # noqa: PLC0415  only for an error
    from importlib.resources import files  # noqa: PLC0415  likewise

    popular = files("pipfreeze_lock.index").joinpath("popular_names.txt").read_text(encoding="utf-8").split()
    candidates = {one for one in (*known, *popular) if one != name and abs(len(one) - len(name)) <= 3}
    return difflib.get_close_matches(name, sorted(candidates), n=count, cutoff=0.75)
