from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipfreeze_lock.index.freshness import lifetime, validator

NOON = 1_600_000_000.0
NOON_TEXT = "Sun, 13 Sep 2020 12:26:40 GMT"
A_MINUTE_LATER = "Sun, 13 Sep 2020 12:27:40 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"cache-control": "max-age=600, public"}, 600),
        ({"cache-control": 'MAX-AGE="600"'}, 600),
        ({"cache-control": "max-age=600", "age": "100"}, 500),
        ({"cache-control": "max-age=600", "age": "700"}, 0),
        ({"cache-control": "max-age=600, must-revalidate"}, 600),
        ({"cache-control": "s-maxage=600"}, 0),
        ({"cache-control": "private, max-age=60"}, 60),
        ({"cache-control": "no-cache, max-age=600"}, 0),
        ({"cache-control": "max-age=600, no-store"}, None),
        ({"cache-control": "max-age=soon"}, 0),
        ({"cache-control": "max-age=-5"}, 0),
        ({"cache-control": "max-age=" + "9" * 5000}, 0),
        ({"cache-control": "max-age=600", "expires": NOON_TEXT}, 600),
        ({"expires": A_MINUTE_LATER, "date": NOON_TEXT}, 60),
        ({"expires": A_MINUTE_LATER}, 60),
        ({"expires": NOON_TEXT, "date": A_MINUTE_LATER}, 0),
        ({"expires": "0"}, 0),
        ({"vary": "*", "cache-control": "max-age=600"}, None),
        ({"vary": "Accept", "cache-control": "max-age=600"}, 600),
        ({"last-modified": NOON_TEXT}, 0),
    ],
)
def test_lifetime(headers, seconds):
    assert lifetime(headers, NOON) == seconds


@given(st.text(), st.text(), st.text())
def test_any_header_has_a_lifetime(cache_control, expires, age):
    for headers in ({"cache-control": cache_control, "age": age}, {"expires": expires, "date": age}):
        found = lifetime(headers, NOON)
        assert found is None or found >= 0


def test_a_page_is_recognised_by_the_best_there_is():
    assert validator({"etag": '"x"', "last-modified": NOON_TEXT}, b"") == 'etag:"x"'
    assert validator({"last-modified": NOON_TEXT}, b"") == f"modified:{NOON_TEXT}"
    assert validator({}, memoryview(b"body")) == f"sha256:{hashlib.sha256(b'body').hexdigest()}"
