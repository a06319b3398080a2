from __future__ import annotations

from pathlib import Path

import pytest

from pipfreeze_lock.http.settings import HttpSettings


def read(environment, **given):
    return HttpSettings.from_environment(environment, **given)


def test_an_empty_environment_is_pips_defaults():
    assert read({}) == HttpSettings()
    assert (HttpSettings().timeout, HttpSettings().retries) == (15.0, 5)


def test_proxies_lower_case_first():
    settings = read({"HTTPS_PROXY": "http://upper", "https_proxy": "http://lower", "ALL_PROXY": "http://all"})
    assert settings.proxies == {"https": "http://lower", "all": "http://all"}
    assert read({"https_proxy": "", "HTTPS_PROXY": "http://upper"}).proxies == {}


def test_a_cgi_program_takes_no_proxy_from_its_client():
    assert read({"HTTP_PROXY": "http://evil", "REQUEST_METHOD": "GET"}).proxies == {}


def test_no_proxy():
    assert read({"NO_PROXY": "a"}).no_proxy == "a"
    assert read({"NO_PROXY": "a", "no_proxy": "b"}).no_proxy == "b"


@pytest.mark.parametrize(
    ("environment", "bundle"),
    [
        ({"SSL_CERT_FILE": "/s", "REQUESTS_CA_BUNDLE": "/r", "PIP_CERT": "/p"}, "/p"),
        ({"SSL_CERT_FILE": "/s", "REQUESTS_CA_BUNDLE": "/r"}, "/r"),
        ({"SSL_CERT_FILE": "/s", "PIP_CERT": ""}, "/s"),
    ],
)
def test_ca_bundle_pips_name_first(environment, bundle):
    assert read(environment).ca_bundle == Path(bundle)


def test_options_go_before_the_environment_and_none_is_not_said():
    settings = read({"PIP_CERT": "/p"}, ca_bundle=Path("/o"), timeout=3.0, retries=None)
    assert (settings.ca_bundle, settings.timeout, settings.retries) == (Path("/o"), 3.0, 5)


def test_netrc(tmp_path):
    assert read({"HOME": str(tmp_path)}).netrc is None
    (tmp_path / "_netrc").touch()
    assert read({"HOME": str(tmp_path)}).netrc == tmp_path / "_netrc"
    (tmp_path / ".netrc").touch()
    assert read({"HOME": str(tmp_path)}).netrc == tmp_path / ".netrc"
    assert read({"HOME": str(tmp_path), "NETRC": "/n"}).netrc == Path("/n")


def test_no_password_is_shown():
    settings = read({"https_proxy": "http://me:secret@p"}, proxy="http://me:secret@p")
    assert "secret" not in repr(settings)


def test_continuous_integration():
    assert read({"CI": "1"}).is_ci
    assert not read({}).is_ci
