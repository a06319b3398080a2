"""What builders write into the history, as a Dockerfile would have it."""

from __future__ import annotations

import pytest

from pipfreeze_lock.image.instructions import instruction_of


@pytest.mark.parametrize(
    ("created_by", "instruction"),
    [
        ("/bin/sh -c pip install flask", "RUN pip install flask"),
        ("/bin/sh -c #(nop) COPY dir:0123 in /app ", "COPY dir:0123 in /app"),
        ('/bin/sh -c #(nop)  CMD ["python3"]', 'CMD ["python3"]'),
        ("/bin/sh -c #(nop) ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in / ", "ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /"),
        ("RUN /bin/sh -c pip install flask # buildkit", "RUN pip install flask"),
        ("RUN |1 VERSION=1.0 /bin/sh -c pip install flask==$VERSION # buildkit", "RUN pip install flask==$VERSION"),
        ("|2 A=1 B=two words /bin/sh -c make all", "RUN make all"),
        ("COPY . /app # buildkit", "COPY . /app"),
        ("RUN /bin/sh -c set -eux; \t\tapt-get update; \n\tapt-get install -y x # buildkit", "RUN set -eux; apt-get update; apt-get install -y x"),
        ("RUN /bin/bash -o pipefail -c curl x | sh # buildkit", "RUN curl x | sh"),
        ("/bin/bash -euxo pipefail -c true", "RUN true"),
        ("RUN /bin/ash -e -c true # buildkit", "RUN true"),
        ("RUN pip install flask # buildkit", "RUN pip install flask"),
        ("RUN pip install flask", "RUN pip install flask"),
        ("pip install flask", "pip install flask"),
        ("cmd /S /C pip install flask", "RUN pip install flask"),
        ("powershell -Command pip install flask", "RUN pip install flask"),
        ("WORKDIR /app", "WORKDIR /app"),
        ("ENV PATH=/opt/sh -c:/bin", "ENV PATH=/opt/sh -c:/bin"),
        ("# debian.sh --arch 'amd64' out/ 'bookworm' '@1700000000'", "# debian.sh --arch 'amd64' out/ 'bookworm' '@1700000000'"),
        ("runner --flag", "runner --flag"),
        ("/bin/sh -c #(nop)", None),
        ("", None),
        (None, None),
    ],
)  # fmt: skip
def test_instruction(created_by: str | None, instruction: str | None) -> None:
    assert instruction_of(created_by) == instruction


def test_a_comment_where_there_is_nothing_else() -> None:
    assert instruction_of(None, "Imported from -") == "Imported from -"
    assert instruction_of("COPY a b", "buildkit.dockerfile.v0") == "COPY a b"


def test_a_long_line_takes_no_long_time() -> None:
    line = "/bin/sh " + "-x aa " * 5000
    assert instruction_of(line) == line.strip()
