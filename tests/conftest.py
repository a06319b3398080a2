"""Fixtures for all tests, and what becomes of a test that needs what this machine lacks."""

from __future__ import annotations

import collections
import os
import ssl
from typing import TYPE_CHECKING, Any

import pytest
from support import needs
from support.index_server import IndexServer
from support.real_pip import RealPips

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

IN_CI = os.environ.get("CI", "").lower() == "true"
EXCUSED = "only on "
"""A skip with such a reason is about the operating system, which no installing can change."""


@pytest.fixture
def index_server() -> Iterator[IndexServer]:
    """Give an empty index on loopback: ``index_server.add(wheel("a", "1.0"))``, ``index_server.url``."""
    with IndexServer() as server:
        yield server


@pytest.fixture
def tls_index_server(tmp_path: Path) -> Iterator[tuple[IndexServer, Path]]:
    """Give an empty index that speaks TLS, and the file of the one CA that vouches for it."""
    trustme = needs.module("trustme")
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    bundle = tmp_path / "test-ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    with IndexServer(tls=context) as server:
        yield server, bundle


@pytest.fixture(scope="session")
def real_pips() -> Iterator[RealPips]:
    """Give real pips: ``real_pips("3.6", "19.1.1").run("download", …)``."""
    pips = RealPips()
    yield pips
    pips.close()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "network: asks the public index")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        _fail_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped:
        _fail_in_ci(report)
    return report


def _fail_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Make a skip a failure: CI has what the tests need, or it shows nothing."""
    reason = _reason(report)
    if IN_CI and not reason.startswith(EXCUSED):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {reason}"


def _reason(report: Any) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if not skipped:
        return
    reasons = collections.Counter(_reason(report) for report in skipped)
    terminalreporter.section(f"{len(skipped)} skipped, since this machine lacks something")
    for reason, count in sorted(reasons.items()):
        terminalreporter.line(f"{count:5d}  {reason}")
