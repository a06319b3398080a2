"""What a pip imports, and so leaves as bytecode in an image that has none."""

from __future__ import annotations

import pytest

from pipfreeze_lock.target.pip_imports import imported_bytes, imported_files, is_imported_file


@pytest.mark.parametrize(("pip", "module"), [("19.1.1", "legacy_resolve"), ("19.3.1", "legacy_resolve")])
def test_each_pip_has_its_own(pip, module):
    files = imported_files(pip, (3, 6))
    assert (f"site-packages/pip/_internal/{module}.py" in files) is (pip == "19.3.1")


def test_a_pip_that_was_not_measured_is_as_the_one_before():
    assert imported_files("19.2.3", (3, 6)) == imported_files("19.1.1", (3, 6))
    assert imported_files("1.0", (3, 6)) == imported_files("9.0.3", (3, 6))


def test_what_is_part_of_the_interpreter_is_in_no_file():
    assert "os.py" in imported_files("22.3.1", (3, 8))
    assert "os.py" not in imported_files("22.3.1", (3, 11))


def test_a_script_does_not_import_the_module_that_runs_it():
    assert "site-packages/pip/__main__.py" not in imported_files("21.3.1", (3, 6))


def test_sizes_are_those_of_all():
    count, size = imported_bytes("19.1.1", (3, 6))
    assert count > 400
    assert 5_000_000 < size < 8_000_000


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("usr/local/lib/python3.6/os.py", True),
        ("usr/local/lib/python3.6/site-packages/pip/_internal/download.py", True),
        ("usr/local/lib/python3.6/site-packages/flask/app.py", False),
        ("srv/os.py", False),
    ],
)
def test_files_of_images_are_known(path, is_one):
    assert is_imported_file(path) is is_one
