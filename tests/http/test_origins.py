from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipfreeze_lock.http.origins import Origin, TrustedHosts, proxy_for
from pipfreeze_lock.http.settings import HttpSettings

PROXIES = {"http": "http://plain.example:3128", "https": "tls.example:3128"}


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("http://a.example/", "http://plain.example:3128"),
        ("https://a.example/", "http://tls.example:3128"),
    ],
)
def test_each_scheme_has_its_proxy_and_one_without_scheme_is_http(url, proxy):
    assert proxy_for(url, HttpSettings(proxies=PROXIES)) == proxy


def test_all_stands_in_for_a_scheme_without():
    settings = HttpSettings(proxies={"all": "socks5h://s.example:1080", "http": "http://h.example"})
    assert proxy_for("https://a.example/", settings) == "socks5h://s.example:1080"
    assert proxy_for("http://a.example/", settings) == "http://h.example"


def test_the_option_goes_before_the_environment_and_no_proxy_is_not_for_it():
    settings = HttpSettings(proxy="http://option.example", proxies=PROXIES, no_proxy="*")
    assert proxy_for("https://a.example/", settings) == "http://option.example"
    assert proxy_for("https://a.example/", HttpSettings(proxy="", proxies=PROXIES)) is None


@pytest.mark.parametrize(
    ("no_proxy", "url", "direct"),
    [
        ("*", "https://a.example/", True),
        ("", "https://a.example/", False),
        ("example", "https://a.example/", True),
        ("a.example", "https://a.example/", True),
        (".a.example", "https://a.example/", True),
        (".a.example", "https://b.a.example/", True),
        ("*.a.example", "https://b.a.example/", True),
        ("a.example", "https://ba.example/", False),
        ("A.Example", "https://a.EXAMPLE/", True),
        ("a.example:8443", "https://a.example/", False),
        ("a.example:8443", "https://a.example:8443/", True),
        ("a.example:443", "https://a.example/", True),
        ("x.example, a.example", "https://a.example/", True),
        ("x.example a.example", "https://a.example/", True),
        ("10.0.0.0/8", "https://10.1.2.3/", True),
        ("10.0.0.0/8", "https://11.1.2.3/", False),
        ("10.1.2.3", "https://10.1.2.3/", True),
        ("10.1.2.3:8443", "https://10.1.2.3:8443/", True),
        ("10.1.2.3:8443", "https://10.1.2.3/", False),
        ("::1", "https://[::1]/", True),
        ("[::1]:8443", "https://[::1]:8443/", True),
        (",,", "https://a.example/", False),
    ],
)
def test_no_proxy(no_proxy, url, direct):
    settings = HttpSettings(proxies={"https": "http://p.example"}, no_proxy=no_proxy)
    assert proxy_for(url, settings) == (None if direct else "http://p.example")


@given(no_proxy=st.text(max_size=30), host=st.from_regex(r"[a-z0-9.]{1,12}", fullmatch=True))
def test_no_proxy_may_be_anything(no_proxy, host):
    # It is called from Rust, where an exception would be a panic.
    proxy_for(f"https://{host}/", HttpSettings(proxies=PROXIES, no_proxy=no_proxy))


@pytest.mark.parametrize(
    ("hosts", "url", "trusted"),
    [
        ((), "https://a.example/", False),
        (("a.example",), "https://a.example/", True),
        (("a.example",), "https://a.example:8443/", True),
        (("a.example:8443",), "https://a.example:8443/", True),
        (("a.example:8443",), "https://a.example/", False),
        (("A.example",), "http://a.example/", True),
        (("a.example",), "https://b.a.example/", False),
        (("https://a.example",), "https://a.example/", True),
        (("::1",), "https://[::1]:8443/", True),
        (("[::1]:8443",), "https://[::1]:8443/", True),
        (("[::1]:8443",), "https://[::1]/", False),
    ],
)
def test_trusted_hosts(hosts, url, trusted):
    assert (Origin.of(url) in TrustedHosts(hosts)) is trusted


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://localhost/", True),
        ("http://127.8.9.1/", True),
        ("http://[::1]/", True),
        ("http://localhost.example/", False),
        ("http://128.0.0.1/", False),
    ],
)
def test_loopback(url, loopback):
    assert Origin.of(url).is_loopback is loopback
