from __future__ import annotations

import html

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.packages import sdist, wheel
from support.simple_pages import PageShape, html_page, json_page

from pipfreeze_lock.errors import NetworkError
from pipfreeze_lock.index.simple_html import _matched_tags, _parsed_tags, decode_html
from pipfreeze_lock.index.simple_json import decode_json
from pipfreeze_lock.model.artifact import IndexFile

URL = "https://index.example/simple/a/"


def decoded(text):
    return decode_html(text.encode(), URL)


def only(text):
    (file,) = decoded(text)
    return file


def test_all_attributes_of_an_anchor():
    file = only(
        '<a href="../../a-1.whl#sha256=ab" data-requires-python="&gt;=3.6,!=3.7.*" data-yanked="it&#39;s broken"'
        ' data-core-metadata="sha256=cd" data-gpg-sig="true">a-1.whl</a>'
    )
    assert file == IndexFile(
        filename="a-1.whl",
        url="../../a-1.whl",
        hashes={"sha256": "ab"},
        requires_python=">=3.6,!=3.7.*",
        yanked="it's broken",
        core_metadata={"sha256": "cd"},
    )


@pytest.mark.parametrize(
    "anchor",
    [
        '<a href="a-1.whl">x</a>',
        "<A HREF='a-1.whl'>",
        "<a\n  class=x\n  href = a-1.whl\n>",
        '<a title="1 > 0" href="a-1.whl"/>',
        '<a href="a-1.whl"</a>',
        '<a rel=nofollow href="a-1.whl" >',
        '<!-- <a href="b-1.whl"> --><a href="a-1.whl">',
        '<script>"<a href=b-1.whl>"</script><a href="a-1.whl">',
        '<abbr title="b"><a href="a-1.whl">',
        '<a name="top"></a><a href="a-1.whl"><a href=""><a href>',
        '<a href="a-1.whl"></a><a href="../"></a><a href="#top"></a>',
    ],
)
def test_anchors_as_people_write_them(anchor):
    assert [file.filename for file in decoded(f"<html><body>{anchor}\n</body></html>")] == ["a-1.whl"]


@pytest.mark.parametrize(
    ("href", "filename", "url"),
    [
        ("a%2B1.whl", "a+1.whl", "a%2B1.whl"),
        ("x/y/a-1.zip?token=1&amp;b=2", "a-1.zip", "x/y/a-1.zip?token=1&b=2"),
        ("https://files.example/a-1.zip", "a-1.zip", "https://files.example/a-1.zip"),
        ("a b-1.zip", "a b-1.zip", "a b-1.zip"),
    ],
)
def test_file_names_come_from_urls(href, filename, url):
    file = only(f'<a href="{href}">something else</a>')
    assert (file.filename, file.url) == (filename, url)


@pytest.mark.parametrize(
    ("fragment", "hashes"),
    [
        ("sha256=ab", {"sha256": "ab"}),
        ("md5=ab", {"md5": "ab"}),
        ("egg=a&amp;sha256=ab", {"sha256": "ab"}),
        ("sha256=ab&amp;egg=a", {"sha256": "ab"}),
        ("egg=a", {}),
        ("", {}),
        ("blake2=ab", {}),
    ],
)
def test_hashes_in_fragments(fragment, hashes):
    assert only(f'<a href="a-1.zip#{fragment}">').hashes == hashes


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://files.example/x/", "https://files.example/x/a-1.zip"),
        ("/files/", "https://index.example/files/a-1.zip"),
        ("files/", "https://index.example/simple/a/files/a-1.zip"),
        ("", "a-1.zip"),
        ("https://[oops/", "a-1.zip"),
    ],
)
def test_base(base, url):
    assert only(f'<base href="{base}"><base href="https://second.example/"><a href="a-1.zip">').url == (
        url if base else "https://second.example/a-1.zip"
    )


@pytest.mark.parametrize(
    ("attributes", "core_metadata"),
    [
        ("", False),
        ('data-core-metadata="true"', True),
        ('data-dist-info-metadata="true"', True),
        ('data-dist-info-metadata="sha256=x"', {"sha256": "x"}),
        ('data-core-metadata="sha256=y" data-dist-info-metadata="sha256=x"', {"sha256": "y"}),
        ('data-core-metadata="false" data-dist-info-metadata="sha256=x"', False),
    ],
)
def test_sidecars(attributes, core_metadata):
    assert only(f'<a href="a-1.whl" {attributes}>').core_metadata == core_metadata


@pytest.mark.parametrize(
    ("attribute", "yanked"), [("", False), ('data-yanked=""', ""), ("data-yanked", ""), ('data-yanked="y"', "y")]
)
def test_yanked(attribute, yanked):
    assert only(f'<a href="a-1.whl" {attribute}>').yanked == yanked
    assert (only(f'<a href="a-1.whl" {attribute}>').yanked is False) is (yanked is False)


def test_versions_of_the_api():
    assert len(decoded('<meta name="pypi:repository-version" content="1.9"><a href="a-1.whl">')) == 1
    assert len(decoded('<meta charset="utf-8"><a href="a-1.whl">')) == 1
    with pytest.raises(NetworkError, match=r"version `2\.0`") as caught:
        decoded('<meta name="pypi:repository-version" content="2.0"><a href="a-1.whl">')
    assert caught.value.context == URL


@pytest.mark.parametrize("charset", [None, "latin-1", "utf-8", "no-such", "hex", "a\0b", "punycode"])
def test_any_charset(charset):
    body = '<a href="a-1.whl" data-yanked="schön">'.encode("latin-1" if charset == "latin-1" else "utf-8")
    (file,) = decode_html(body, URL, charset)
    assert file.yanked == "schön" or charset == "punycode"


def test_bytes_that_are_no_text_stay_visible():
    (file,) = decode_html(b'<a href="a-1.whl" data-yanked="\xff">', URL)
    assert file.yanked == "\ufffd"


@pytest.mark.parametrize("core_metadata", ["flagged", "legacy", "true", "absent"])
def test_both_formats_say_the_same(core_metadata):
    files = [
        wheel("a", "1", requires_python=">=3.6", upload_time="2020-01-01T00:00:00Z"),
        wheel("a", "2+local", yanked="does <not> work & hurts"),
        sdist("a", "1"),
    ]
    listed = [(one, f"../../files/{one.sha256}/{one.filename}") for one in files]
    shape = PageShape(core_metadata=core_metadata, upload_times=False, sizes=False)
    from_json = decode_json(json_page("a", listed, shape), URL)
    assert decode_html(html_page("a", listed, shape), URL) == from_json
    assert len(from_json) == 3


@given(st.binary())
def test_bytes_are_a_page_or_a_network_error(body):
    try:
        files = decode_html(body, URL)
    except NetworkError:
        return
    assert isinstance(files, list)


NAMES = st.sampled_from(["href", "HREF", "data-yanked", "data-core-metadata", "x", "data-requires-python"])
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=12)
UNQUOTED = st.from_regex(r"[A-Za-z0-9./#-]{1,8}", fullmatch=True)
ATTRIBUTES = st.one_of(
    st.builds(lambda name, value: f'{name}="{html.escape(value)}"', NAMES, VALUES),
    st.builds(lambda name, value: f"{name}='{html.escape(value)}'", NAMES, VALUES),
    st.builds(lambda name, value: f"{name}={value}", NAMES, UNQUOTED),
    NAMES,
)
ELEMENTS = st.one_of(
    st.builds(lambda words: f"<a {' '.join(words)}>", st.lists(ATTRIBUTES, max_size=4)),
    st.builds(lambda value: f'<base href="{html.escape(value)}">', VALUES),
    st.builds(html.escape, VALUES),
    st.sampled_from(["<br>", "</a>", "<abbr>", "<html>", "\n"]),
)


@given(st.lists(ELEMENTS).map("".join))
def test_the_quick_reader_sees_what_the_parser_sees(text):
    assert list(_matched_tags(text)) == _parsed_tags(text)


@given(st.text(st.sampled_from("<>a \"'=/!-&;[hrefbs")))
def test_any_markup_ends_well(text):
    for file in decoded(text):
        assert msgspec.msgpack.encode(file)


@pytest.mark.parametrize(
    ("href", "filename"),
    [
        ("v1.0.tar.gz#egg=demo-1.0", "demo-1.0.tar.gz"),
        ("archive/v1.0.zip#sha256=ab&amp;egg=demo-1.0", "demo-1.0.zip"),
        ("demo-1.0.tar.gz#egg=other-2.0", "other-2.0.tar.gz"),
        ("v1.0.tar.gz#egg=demo", "demo.tar.gz"),
        ("demo-1.0.tar.gz#egg=", "demo-1.0.tar.gz"),
        ("demo-1.0-py3-none-any.whl#egg=other-2.0", "demo-1.0-py3-none-any.whl"),
    ],
)
def test_an_egg_fragment_names_the_project_and_version_of_an_archive(href, filename):
    file = only(f'<a href="{href}">x</a>')
    assert file.filename == filename
    assert file.url == href.partition("#")[0]
