from __future__ import annotations

import pytest
from support.metadata_parts import make_tree

from pipfreeze_lock.metadata.pyproject import NotStaticError
from pipfreeze_lock.metadata.setup_cfg import read_setup_cfg


def test_the_declared_fields():
    found = read_setup_cfg(
        make_tree(
            {
                "setup.cfg": """\
[metadata]
name = demo
version = attr: demo.__version__
[options]
install-requires =
    six
    idna>=2; python_version < "3"
setup_requires = wheel; setuptools_scm
python_requires = >=3.6
[options.extras_require]
Socks = PySocks; win-inet-pton
"""
            }
        )
    )
    assert (found.name, found.version, found.python_requires) == ("demo", None, ">=3.6")
    assert found.install_requires == ("six", 'idna>=2; python_version < "3"')
    assert found.setup_requires == ("wheel", "setuptools_scm")
    assert found.extras_require == (("Socks", ("PySocks", "win-inet-pton")),)
    assert not found.is_silent


@pytest.mark.parametrize("files", [{}, {"setup.cfg": "[egg_info]\ntag_build =\n"}])
def test_a_silent_file(files):
    assert read_setup_cfg(make_tree(files)).is_silent


@pytest.mark.parametrize(
    "text", ["[options]\ninstall_requires = file: requirements.txt\n", "no section\n", "[a]\n[a]\n"]
)
def test_what_cannot_be_told(text):
    with pytest.raises(NotStaticError, match=r"setup\.cfg"):
        read_setup_cfg(make_tree({"setup.cfg": text}))
