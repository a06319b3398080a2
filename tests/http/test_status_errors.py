from __future__ import annotations

import pytest

from pipfreeze_lock.http.interface import HttpResponse
from pipfreeze_lock.http.status_errors import status_error


@pytest.mark.parametrize(
    ("status", "had", "words"),
    [
        (401, None, "asks for credentials"),
        (401, False, "asks for credentials"),
        (401, True, "refuses the credentials it was given"),
        (403, True, "refuses the credentials it was given"),
        (403, False, "refuses to answer"),
        (407, None, "the proxy asks"),
        (418, None, "answers with status 418"),
    ],
)
def test_each_status_has_its_words_and_a_hint(status, had, words):
    error = status_error(HttpResponse(status, "https://h.example/a", {}, b""), "the index `h`", had_credentials=had)
    assert words in error.message
    assert error.context == "https://h.example/a"
    assert error.hints
    assert error.exit_code == 5
