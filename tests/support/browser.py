"""A real browser without a window, for the page of `weigh`: Chromium, as the system has it, driven by Playwright."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from support import needs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Browser"]


class Browser:
    """One that stays open for several pages."""

    def __init__(self) -> None:
        program = needs.program("chromium")
        self._playwright = needs.module("playwright.sync_api").sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=str(program))

    def close(self) -> None:
        self._browser.close()
        self._playwright.stop()

    @contextmanager
    def page(
        self, file: Path, address: str = "", *, width: int = 1440, height: int = 900, **context: Any
    ) -> Iterator[Any]:
        """Open a file, and hold its page to complain of nothing and to ask for nothing.

        :param address: What stands behind the file's name: ``#at=1``.
        :param context: Options of Playwright's `new_context`.
        """
        complaints: list[str] = []
        options = {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce", **context}
        made = self._browser.new_context(**options)
        made.set_default_timeout(15_000)
        page = made.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("request", lambda request: None if request.is_navigation_request() else complaints.append(request.url))
        page.goto(f"{file.as_uri()}{address}")
        try:
            yield page
            assert complaints == []
        finally:
            made.close()
