"""What CacheControl keeps, and how large it is there: held against the CacheControl and msgpack of a real pip."""

from __future__ import annotations

import subprocess
import sys

import pytest
from support import needs

from pipfreeze_lock.footprint.interface import ServedAnswer
from pipfreeze_lock.footprint.packed import packed_size
from pipfreeze_lock.footprint.pip_cache import is_cached

DATE = "Sat, 16 Jan 2021 10:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "status", "is_kept"),
    [
        ({"etag": '"1"'}, 200, True),
        ({"etag": '"1"'}, 206, False),
        ({"etag": '"1"', "cache-control": "no-store"}, 200, False),
        ({"etag": '"1"', "vary": "*"}, 200, False),
        ({"date": DATE, "cache-control": "max-age=600, public"}, 200, True),
        ({"date": DATE, "cache-control": "max-age=0"}, 200, False),
        ({"cache-control": "max-age=600"}, 200, False),
        ({"date": DATE, "expires": "Sat, 16 Jan 2022 10:00:00 GMT"}, 200, True),
        ({"date": DATE}, 200, False),
        ({}, 301, True),
        ({}, 302, False),
    ],
)
def test_an_answer_is_kept_by_its_headers(headers, status, is_kept):
    assert is_cached(ServedAnswer(status, headers, 10)) is is_kept


@pytest.mark.parametrize(
    "value",
    [
        {"a": "b"},
        {"response": {"body": b"", "headers": {str(n): "v" * n for n in range(40)}, "status": 200, "version": 11}},
        {"text": "t" * 31, "longer": "t" * 32, "longest": "t" * 300, "huge": "t" * 70_000},
        {"bytes": b"b" * 255, "more": b"b" * 256, "most": b"b" * 70_000},
        {"numbers": {str(n): n for n in (0, 1, 127, 128, 255, 256, 65_535, 65_536)}},
        {"nothing": None, "yes": True, "no": False},
        {"reason": "Früher"},
    ],
    ids=["small", "answer", "texts", "bytes", "numbers", "constants", "not ASCII"],
)
def test_a_value_is_as_large_as_msgpack_makes_it(value):
    code = "import ast, sys; from pip._vendor import msgpack; print(len(msgpack.dumps(ast.literal_eval(sys.stdin.read()))))"
    environment = {"PYTHONPATH": str(needs.pip_folder("21.3.1"))}
    ran = subprocess.run(
        [sys.executable, "-c", code], input=repr(value), capture_output=True, text=True, check=True, env=environment
    )
    assert packed_size(value) == int(ran.stdout)
