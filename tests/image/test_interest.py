"""What is wanted of each file, told by its path alone."""

from __future__ import annotations

import pytest

from pipfreeze_lock.image.interest import environment_interest, with_records
from pipfreeze_lock.image.interface import Want

SITE = "usr/local/lib/python3.11/site-packages"


@pytest.mark.parametrize(
    ("path", "wanted", "with_record"),
    [
        (f"{SITE}/a-1.dist-info/METADATA", Want.CONTENT, Want.CONTENT),
        (f"{SITE}/a-1.dist-info/INSTALLER", Want.CONTENT, Want.CONTENT),
        (f"{SITE}/a-1.dist-info/direct_url.json", Want.CONTENT, Want.CONTENT),
        (f"{SITE}/a-1.dist-info/RECORD", Want.NAME, Want.CONTENT),
        (f"{SITE}/a-1.dist-info/licenses/METADATA", Want.NOTHING, Want.DIGEST),
        (f"{SITE}/a-1.dist-info/entry_points.txt", Want.NOTHING, Want.DIGEST),
        (f"{SITE}/a-1-py3.6.egg-info/PKG-INFO", Want.CONTENT, Want.CONTENT),
        (f"{SITE}/a-1-py3.6.egg-info", Want.CONTENT, Want.CONTENT),
        (f"{SITE}/a-1-py3.6.egg/EGG-INFO/PKG-INFO", Want.CONTENT, Want.CONTENT),
        (f"{SITE}/a-1-py3.6.egg", Want.CONTENT, Want.CONTENT),
        (f"{SITE}/a.egg-link", Want.CONTENT, Want.CONTENT),
        (f"{SITE}/easy-install.pth", Want.CONTENT, Want.CONTENT),
        (f"{SITE}/torch/weights.pth", Want.NOTHING, Want.DIGEST),
        (f"{SITE}/a/__init__.py", Want.NOTHING, Want.DIGEST),
        (f"{SITE}/a/METADATA", Want.NOTHING, Want.DIGEST),
        ("usr/lib/python3/dist-packages/six-1.16.0.egg-info", Want.CONTENT, Want.CONTENT),
        ("src/app/app.egg-info/PKG-INFO", Want.CONTENT, Want.CONTENT),
        ("deps/a-1.dist-info/METADATA", Want.CONTENT, Want.CONTENT),
        ("models/net.pth", Want.NOTHING, Want.NOTHING),
        ("opt/venv/pyvenv.cfg", Want.CONTENT, Want.CONTENT),
        ("opt/venv/bin/python", Want.NAME, Want.DIGEST),
        ("opt/venv/bin/gunicorn", Want.NAME, Want.DIGEST),
        ("usr/libexec/platform-python3.6", Want.NAME, Want.NAME),
        ("usr/local/lib/python3.11/os.py", Want.NAME, Want.NAME),
        ("usr/local/lib/python3.11/re.py", Want.NOTHING, Want.NOTHING),
        ("usr/local/include/python3.11/patchlevel.h", Want.CONTENT, Want.CONTENT),
        ("usr/lib64/python3.9/_sysconfigdata__linux_x86_64-linux-gnu.py", Want.CONTENT, Want.CONTENT),
        ("usr/lib64/python3.9/__pycache__/_sysconfigdata__linux_.cpython-39.pyc", Want.NOTHING, Want.NOTHING),
        ("lib/x86_64-linux-gnu/libc.so.6", Want.CONTENT, Want.CONTENT),
        ("lib/x86_64-linux-gnu/libc-2.24.so", Want.NAME, Want.NAME),
        ("lib/ld-musl-x86_64.so.1", Want.CONTENT, Want.CONTENT),
        ("etc/passwd", Want.CONTENT, Want.CONTENT),
        ("usr/share/passwd", Want.NOTHING, Want.NOTHING),
        ("var/lib/dpkg/status", Want.CONTENT, Want.CONTENT),
        ("var/lib/dpkg/status-old", Want.NOTHING, Want.NOTHING),
        ("var/lib/dpkg/status.d/libc6.md5sums", Want.NOTHING, Want.CONTENT),
        ("var/lib/dpkg/status.d/libc6", Want.CONTENT, Want.CONTENT),
        ("lib/apk/db/installed", Want.CONTENT, Want.CONTENT),
        ("opt/conda/conda-meta/python-3.11.5-h_0.json", Want.NAME, Want.NAME),
        ("usr/share/doc/python-3.11/README", Want.NOTHING, Want.NOTHING),
        ("usr/share/python-wheels", Want.NOTHING, Want.NOTHING),
        ("root/.pyenv/version", Want.CONTENT, Want.CONTENT),
        ("opt/venv/lib/python3.6/orig-prefix.txt", Want.CONTENT, Want.CONTENT),
        ("README", Want.NOTHING, Want.NOTHING),
    ],
)
def test_wants(path: str, wanted: Want, with_record: Want):
    assert (environment_interest(path), with_records(path)) == (wanted, with_record)
