"""A password is sent to the index it belongs to, and is in nothing that is said, written or kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.command_line import TARGET, Ran, run
from support.index_server import IndexServer
from support.packages import sdist, wheel

if TYPE_CHECKING:
    from pathlib import Path

USER, PASSWORD = "robot", "s3cr%2Ft&t0ken"
SENT = ("robot", "s3cr/t&t0ken")
SECRETS = (PASSWORD, SENT[1], "s3cr")


@pytest.fixture
def private(index_server: IndexServer, workplace: Path) -> IndexServer:
    """Give an index that wants a password, with a wheel without core metadata beside it and an sdist."""
    index_server.index("", credentials=SENT)
    index_server.add(wheel("a", "1.0", requires=["b", "c"]), wheel("b", "1.0"), sdist("c", "1.0"))
    index_server.index().shape = type(index_server.index().shape)(core_metadata="absent", hashes=False)
    (workplace / "requirements.txt").write_text("a\n")
    return index_server


def url_with_password(server: IndexServer) -> str:
    return server.url.replace("://", f"://{USER}:{PASSWORD}@")


@pytest.fixture(params=["flag", "variable", "table", "requirements", "extra index", "find-links"])
def given(
    request: pytest.FixtureRequest, private: IndexServer, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Name the index in each way in which one can."""
    url = url_with_password(private)
    flags: dict[str, list[str]] = {
        "flag": ["--index-url", url],
        "extra index": [
            "--index-url",
            "",
            "--extra-index-url",
            url,
        ],
        "find-links": ["--no-index", "--find-links", url.replace("/simple/", "/links/")],
    }
    if request.param == "extra index":
        private.index("empty")
        flags["extra index"][1] = private.url_of("empty")
    if request.param == "variable":
        monkeypatch.setenv("PIPFREEZE_LOCK_INDEX_URL", url)
    if request.param == "table":
        (workplace / "pyproject.toml").write_text(f'[tool.pipfreeze-lock]\nindex-url = "{url}"\n')
    if request.param == "requirements":
        (workplace / "requirements.txt").write_text(f"--index-url {url}\na\n")
    return flags.get(request.param, [])


def assert_kept_secret(folder: Path, ran: Ran, *but: str) -> None:
    texts = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name not in but}
    texts |= {"stdout": ran.out.encode(), "stderr": ran.said.encode()}
    for name, content in texts.items():
        for secret in SECRETS:
            assert secret.encode() not in content, name


def test_nothing_written_or_said_has_the_password(given: list[str], tmp_path: Path, workplace: Path) -> None:
    inputs = ("pyproject.toml", "requirements.txt")
    for more in ([], ["--dry-run"], ["--diff"], ["-o", "-"], ["--upgrade"]):
        ran = run("lock", *TARGET, *given, "-vv", *more)
        assert ran.code == 0, ran
        assert_kept_secret(tmp_path, ran, *inputs)
    assert "\na==1.0 \\\n" in (workplace / "requirements.lock").read_text()


@pytest.mark.parametrize("password", ["wrong-s3cr", ""])
def test_a_password_that_is_refused(private: IndexServer, tmp_path: Path, password: str) -> None:
    user = f"{USER}:{password}@" if password else ""
    ran = run("lock", *TARGET, "--index-url", private.url.replace("://", f"://{user}"), "-vv", "--retries", "0")
    assert ran.code == 5, ran
    assert "401" in ran.said
    assert "hint: " in ran.said
    assert_kept_secret(tmp_path, ran)


def test_an_index_that_fails(private: IndexServer, tmp_path: Path) -> None:
    private.fail("/simple/b/", status=500, times=None)
    ran = run("lock", *TARGET, "--index-url", url_with_password(private), "-vv", "--retries", "0")
    assert ran.code == 5, ran
    assert "/simple/b/" in ran.said
    assert_kept_secret(tmp_path, ran)


def test_a_conflict_names_the_place_without_password(private: IndexServer, workplace: Path, tmp_path: Path) -> None:
    (workplace / "requirements.txt").write_text("a\nnowhere-to-be-found\n")
    ran = run("lock", *TARGET, "--index-url", url_with_password(private), "-vv")
    assert ran.code == 4, ran
    assert "robot:****@127.0.0.1" in ran.said
    assert_kept_secret(tmp_path, ran)


def test_another_host_gets_no_password(private: IndexServer, tmp_path: Path) -> None:
    """Files on another host, and a page that redirects to it."""
    with IndexServer(wheel("b", "1.0")) as other:
        private.redirect("/simple/b/", f"{other.url}b/")
        ran = run("lock", *TARGET, "--index-url", url_with_password(private), "-vv")
        assert ran.code == 0, ran
        assert other.requests
        assert [one.path for one in other.requests if "authorization" in one.headers] == []
    assert_kept_secret(tmp_path, ran)


def test_a_direct_url_with_a_password(private: IndexServer, workplace: Path, tmp_path: Path) -> None:
    file = wheel("b", "1.0")
    url = f"{url_with_password(private).replace('/simple/', '')}/files/{file.sha256[:16]}/{file.filename}"
    (workplace / "requirements.txt").write_text(f"b @ {url}\n")
    ran = run("lock", *TARGET, "--index-url", private.url, "-vv")
    assert ran.code == 0, ran
    assert f"b @ {private.root}/files/" in (workplace / "requirements.lock").read_text()
    assert_kept_secret(tmp_path, ran, "requirements.txt")
    (workplace / "requirements.txt").write_text(f"c @ {url}\n")
    ran = run("lock", *TARGET, "--index-url", private.url, "-vv", "-o", "-")
    assert ran.code == 3, ran
    assert_kept_secret(tmp_path, ran, "requirements.txt")


def test_a_requirements_file_behind_a_password(private: IndexServer, workplace: Path, tmp_path: Path) -> None:
    url = url_with_password(private).replace("/simple/", "/lists/more.txt")
    (workplace / "requirements.txt").write_text(f"-r {url}\n")
    ran = run("lock", *TARGET, "--index-url", private.url, "-vv")
    assert ran.code in (3, 5), ran  # it is not there
    assert "404" in ran.said
    assert_kept_secret(tmp_path, ran, "requirements.txt")


def test_the_password_of_a_proxy_is_not_told(private: IndexServer, tmp_path: Path) -> None:
    proxy = f"http://{USER}:{PASSWORD}@127.0.0.1:9"
    ran = run("lock", *TARGET, "--index-url", private.url, "--proxy", proxy, "--retries", "0", "-vv")
    assert ran.code == 5, ran
    assert_kept_secret(tmp_path, ran)
