"""What universes are made of."""

from __future__ import annotations

__all__ = [
    "BOUND_KINDS",
    "BUILDS",
    "EXTRAS",
    "EXTRA_MARKERS",
    "MARKERS",
    "NAMES",
    "ODD_REQUIREMENTS",
    "ODD_REQUIRES_PYTHON",
    "OPERATORS",
    "RELEASES",
    "REQUIRES_PYTHON",
    "STRANGE_TAGS",
    "SUFFIXES",
    "TAGS",
]

NAMES = (
    *("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "islet", "jade"),
    *("kelp-core", "kelp-web", "Loam", "moss_lib", "zope.nest", "oak2"),
)
RELEASES = ("0.9", "1", "1.0", "1.1", "1.2", "1.2.1", "1.10", "2.0", "2.0.1", "2.1", "3.0", "3.1", "2021.4", "10.0")
SUFFIXES = ("a1", "b2", "rc1", "rc2.dev3", ".dev1", ".post1", ".post2", "+local.1", "+cpu", ".post1+x", "a1.dev1")

BOUND_KINDS = (
    *("any",) * 5,
    *("at least",) * 5,
    *("exactly", "below", "compatible", "window", "window", ""),
)
"""How a need follows its project from release to release; the last is any specifier."""
OPERATORS = (">=", ">=", ">=", "<=", "<", "<", ">", "==", "!=", "!=", "~=", "==*", "!=*", "===")

EXTRAS = ("socks", "tls", "Dev_Test", "all2")
MARKERS = (
    'python_version >= "3.7"',
    'python_version < "3.8"',
    'python_version < "3.10"',
    'python_version > "3"',
    'python_version ~= "3.6"',
    'python_version == "3.6.*"',
    'python_version in "3.6 3.7 3.11"',
    'python_version not in "3.9, 3.13"',
    'python_full_version >= "3.9.1"',
    'python_full_version < "3.7.9"',
    'sys_platform == "linux"',
    'sys_platform == "win32"',
    'sys_platform != "darwin" and python_version >= "3.6"',
    '"linux" in sys_platform',
    'platform_machine == "x86_64"',
    'platform_machine == "aarch64"',
    'platform_machine in "x86_64 AMD64"',
    'os_name == "posix"',
    'platform_system != "Windows"',
    'platform_system == "Darwin" or python_version < "3.9"',
    'implementation_name == "cpython"',
    'platform_python_implementation == "PyPy"',
    'implementation_version >= "3.9"',
    '(python_version < "3.7" and sys_platform == "linux") or os_name == "nt"',
)
EXTRA_MARKERS = (
    'extra == "socks"',
    'extra == "dev-test"',
    'extra == "Dev_Test"',
    'extra == "tls" or extra == "socks"',
    'extra == "tls" and python_version >= "3.7"',
    'extra != "tls"',
    'python_version < "3" or extra == "all2"',
)
REQUIRES_PYTHON = (
    *(">=3.6", ">=3.6", ">=3.7", ">=3.8", ">=3.9", ">=3.10", ">=3.11", ">=3.13", "<3.9", "<3.13", "<4", "<3"),
    *(
        "!=3.6.*",
        "!=3.9.*, >=3.6",
        ">=2.7, !=3.0.*, !=3.1.*, !=3.2.*",
        ">=3.6, !=3.11.7",
        "!=3.13.0",
        "!=3.7.*,!=3.11.*",
    ),
    *("~=3.6", "~=3.9", "~=3.7.0", "==3.*", "==3.6.*", ">=3.6.1", ">=3.5,<3.11", ">=3.8 , <4.0", ">3.6", ">3.6,<3.13"),
    *(">3.11", "<=3.9", "<=3.11.7", "<=3.6.15", ">=2.7,<3.7", "===3.9.18", ">=3.6.15,!=3.9.18", "<3.11,>=3.7"),
)
ODD_REQUIRES_PYTHON = (
    ">=3.5.*",
    ">=3.99.*",
    "<3.5.*",
    "three",
    "3",
    "3.6",
    "=>3.9",
    ">=3.5 <4",
    "~=3",
    ">=3.6,",
    ", ,",
)
"""No specifiers by PEP 440, though some pips read some of them."""
ODD_REQUIREMENTS = (
    "amber (>dev)",
    "amber>=1.*",
    "amber>=",
    "amber (>=0.9)",
    "amber >= 0.9 , < 99",
    "amber; python_version",
    "amber; python_version > '3.6' and",
    "amber==2011k",
    "amber>=0.9;extra=='socks'",
)
BUILDS = ("1", "2", "3", "10", "1a", "2b")

TAGS = (
    "{cp}-{abi}-manylinux1_{m}",
    "{cp}-{abi}-manylinux2010_{m}",
    "{cp}-{abi}-manylinux2014_{m}",
    "{cp}-{abi}-manylinux_2_17_{m}.manylinux2014_{m}",
    "{cp}-{abi}-manylinux_2_24_{m}",
    "{cp}-{abi}-manylinux_2_28_{m}",
    "{cp}-{abi}-manylinux_2_38_{m}",
    "{cp}-{abi}-manylinux_2_5_{m}.manylinux1_{m}.manylinux_2_17_{m}.manylinux2014_{m}",
    "{cp}-{abi}-linux_{m}",
    "{cp}-{abi}-musllinux_1_1_{m}",
    "{cp}-{abi}-macosx_10_9_x86_64",
    "{cp}-{abi}-macosx_11_0_arm64",
    "{cp}-{abi}-win_amd64",
    "{cp}-{abi}-win32",
    "{cp}-none-any",
    "{cp}-abi3-manylinux2014_{m}",
    "{cp}-none-manylinux2014_{m}",
    "cp36-abi3-manylinux2014_{m}",
    "cp37-abi3-manylinux_2_12_{m}.manylinux2010_{m}",
    "py3-none-manylinux1_{m}",
    "py3-none-linux_{m}",
    "py2.py3-none-manylinux2014_{m}",
    "{py}-none-any",
    "py36-none-any",
    "py38-none-any",
    "py3-none-any",
    "py2.py3-none-any",
)
STRANGE_TAGS = (
    "py2-none-any",
    "cp27-cp27mu-manylinux1_x86_64",
    "py3-none-win_amd64",
    "py3-none-macosx_10_9_universal2",
    "cp313-cp313t-manylinux2014_x86_64",
    "pp37-pypy37_pp73-manylinux2010_x86_64",
    "py4-none-any",
    "py3-none-manylinux2014_s390x",
    "py3-none-any",
)
"""Of which the last alone is for us."""
