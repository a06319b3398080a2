from __future__ import annotations

import pytest

from pipfreeze_lock.errors import InputError, UsageError
from pipfreeze_lock.target.dockerfile import dockerfile_base, parse_build_args, target_of_dockerfile


def base(text: str, **options):
    return dockerfile_base(text, "Dockerfile", **options)


def changes(text: str) -> list[tuple[str, str, str | None]]:
    return [(one.name, one.action, one.version) for one in base(text).changes]


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("FROM python:3.6.8", "python:3.6.8"),
        ("from python:3.6.8 as build", "python:3.6.8"),
        ("\ufeffFROM python:3.6.8\r\n", "python:3.6.8"),
        ("# a comment\n\nARG V=3.6.8\nFROM python:${V}-slim", "python:3.6.8-slim"),
        ("ARG V=3.6.8\nFROM python:$V", "python:3.6.8"),
        ("ARG V='3.6.8'\nARG TAG=\"${V}-slim\"\nFROM python:$TAG", "python:3.6.8-slim"),
        ("ARG V\nFROM python:${V:-3.6.8}", "python:3.6.8"),
        ("ARG V=\nFROM python:${V-x}${V:-3.6.8}", "python:3.6.8"),
        ("ARG V=x\nFROM python:3.6.8${V:+-slim}${W+-never}", "python:3.6.8-slim"),
        ("ARG A=3 B=6\nFROM python:${A}.${B}", "python:3.6"),
        ("ARG A=3.6.8\nFROM python:${A%.*}-${A##*.}${A#3}${A//./_}${A/./-}", "python:3.6-8.6.83_6_83-6.8"),
        ("ARG B=3.6\nFROM python:${A:-${B}.8}", "python:3.6.8"),
        ("FROM python:3.6.8-$TARGETARCH", "python:3.6.8-amd64"),
        ("# escape=`\nFROM `\n  python:3.6.8", "python:3.6.8"),
        ("# syntax=docker/dockerfile:1\n# escape=`\nFROM `\n# between\n\n  python:3.6.8", "python:3.6.8"),
        ("# no directive\n# escape=`\nFROM \\\n  python:3.6.8", "python:3.6.8"),
        ("FROM ubuntu\nFROM python:3.6.8", "python:3.6.8"),
        ("FROM python:3.6.8 AS Base\nFROM base AS next\nFROM next", "python:3.6.8"),
        (
            "FROM python:3.6.8\nRUN <<EOF\nFROM ubuntu\nEOF\nRUN cat <<-'A' <<B\n\tFROM a\n\tA\nFROM b\nB\n",
            "python:3.6.8",
        ),
        ("FROM python:3.6.8\nRUN echo '<<EOF' && cat <<<word", "python:3.6.8"),
        ("FROM scratch", "scratch"),
        ("FROM docker.io/library/python:3.6.8@sha256:" + "a" * 64, "docker.io/library/python:3.6.8@sha256:" + "a" * 64),
    ],
)
def test_the_image(text, image):
    assert base(text).image == image


def test_build_arguments_count_where_they_are_declared():
    text = "ARG V=3.6.8\nFROM python:${V}${W}"
    assert base(text.replace("${W}", ""), build_args={"V": "3.7.1", "W": "x"}).image == "python:3.7.1"
    with pytest.raises(InputError, match="`W` has no value"):
        base(text, build_args={"W": "x"})


def test_an_argument_without_value_is_told_how_to_get_one():
    with pytest.raises(InputError) as error:
        base("ARG V\nFROM python:${V}")
    assert (error.value.context, error.value.hints) == ("Dockerfile:2", ("Give it one: `--build-arg V=…`.",))
    with pytest.raises(InputError) as error:
        base("FROM python:3\nARG V=3.6.8\nFROM python:${V}")
    assert "before the first FROM" in error.value.hints[0]


def test_lines_are_those_where_an_instruction_starts():
    found = base("# one\nARG V=3.6.8\n\nFROM \\\n  python:$V\nRUN true \\\n && pip install pip==20.1\n")
    assert str(found.image_source) == "Dockerfile:4"
    assert str(found.changes[0].source) == "Dockerfile:6"


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("FROM --platform=linux/arm64 python:3.6.8", "linux/arm64"),
        ("ARG P=linux/arm/v7\nFROM --platform=$P python:3.6.8", "linux/arm/v7"),
        ("FROM --platform=$BUILDPLATFORM python:3.6.8", None),
        ("FROM --platform=linux/arm64 python:3.6.8 AS a\nFROM a", "linux/arm64"),
        ("FROM python:3.6.8", None),
    ],
)
def test_the_platform(text, platform):
    assert base(text).platform == platform


STAGES = """
FROM python:3.7.4 AS build
RUN pip install pip==20.1
RUN pip install -r requirements.txt
FROM python:3.6.8 AS test
FROM nginx
COPY --from=build /usr/local /usr/local
"""


def test_the_last_stage_that_installs_requirements_is_the_relevant_one():
    found = base(STAGES)
    assert (found.image, found.changes[0].version) == ("python:3.7.4", "20.1")
    assert found.notes == (
        "Dockerfile:2 is taken for the base image: its stage is the last that installs requirements",
    )


@pytest.mark.parametrize(("stage", "image"), [("test", "python:3.6.8"), ("TEST", "python:3.6.8"), ("2", "nginx")])
def test_a_stage_by_name_or_number(stage, image):
    assert base(STAGES, stage=stage).image == image


def test_a_stage_that_is_not_there():
    with pytest.raises(UsageError) as error:
        base(STAGES, stage="prod")
    assert error.value.hints == ("Its stages: `build`, `test`, `2`.",)


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("pip install pip==21.3.1", [("pip", "install", "21.3.1")]),
        ("pip install --upgrade pip==21.3.1", [("pip", "upgrade", "21.3.1")]),
        (
            "python -m pip install --no-cache-dir -U 'pip==21.3.1' \"setuptools==50.0\" wheel==0.34",
            [("pip", "upgrade", "21.3.1"), ("setuptools", "upgrade", "50.0"), ("wheel", "upgrade", "0.34")],
        ),
        ("set -ex; apt-get update && (pip3 --quiet install Pip==20.1) || true", [("pip", "install", "20.1")]),
        ("--mount=type=cache,target=/var/cache/pip pip install pip==20.1", [("pip", "install", "20.1")]),
        ("/usr/local/bin/python3.6 -u -m pip install pip===20.1", [("pip", "install", "20.1")]),
        ('["pip", "install", "pip==20.1"]', [("pip", "install", "20.1")]),
        ('["sh", "-c", "true && pip install pip==20.1"]', [("pip", "install", "20.1")]),
        ("pip uninstall -y wheel setuptools", [("wheel", "uninstall", None), ("setuptools", "uninstall", None)]),
        ("pip install --upgrade pip", [("pip", "upgrade", None)]),
        ("pip install 'pip<21'", [("pip", "install", None)]),
        ("pip install pip==20.*", [("pip", "install", None)]),
        ("python get-pip.py pip==20.1 wheel==0.34", [("pip", "upgrade", "20.1"), ("wheel", "upgrade", "0.34")]),
        ("curl -o get-pip.py https://x/ && python get-pip.py", [("pip", "upgrade", None)]),
        ("PIP_NO_CACHE_DIR=1 sudo -E pip install pip==20.1", [("pip", "install", "20.1")]),
        ("pip install -i https://index.example/simple/ pip==20.1", [("pip", "install", "20.1")]),
        ("<<EOF\n# pip install pip==1\nset -e\npip install pip==20.1\nEOF", [("pip", "install", "20.1")]),
        (
            "pip install pip==20.1 >/dev/null 2>&1 && pip install 'wheel==0.34' > log",
            [("pip", "install", "20.1"), ("wheel", "install", "0.34")],
        ),
        ("<<EOF\npip install \\\n  pip==20.1\necho 'two\nlines'\nEOF", [("pip", "install", "20.1")]),
        ("pip install pip==$(cat version)", [("pip", "install", None)]),
        ("echo 'open", []),
        ("pip install --target /x pip==20.1", []),
        ("/opt/venv/bin/pip install pip==20.1", []),
        ("pip download pip==20.1", []),
        ("echo pip install pip==20.1", []),
        ("python setup.py install pip==20.1", []),
        ("pip install -r requirements.txt && pip install pip==20.1", []),
        ("pip install -rrequirements.txt pip==20.1", []),
        ("pip install . pip==20.1", []),
        ("[ -f x ] && pip install pip==20.1", [("pip", "install", "20.1")]),
    ],
)
def test_what_a_run_does_to_the_base_set(run, expected):
    assert changes(f"FROM python:3.6.8\nRUN {run}\n") == expected


def test_variables_of_the_image_reach_the_shell():
    text = "FROM python:3.6.8\nARG A=20\nENV B=$A.1 C='x y'\nENV D 0.3 4\nRUN pip install pip==${B} wheel==${W:-0.34} six==$OPEN\n"
    assert changes(text) == [("pip", "install", "20.1"), ("wheel", "install", "0.34"), ("six", "install", None)]


def test_a_global_argument_reaches_a_stage_that_declares_it():
    text = "ARG PIP=20.1\nFROM python:3.6.8\n{}RUN pip install pip==$PIP\n"
    assert changes(text.format("ARG PIP\n"))[0][2] == "20.1"
    assert changes(text.format(""))[0][2] is None


def test_stages_add_up():
    text = "FROM python:3.6.8 AS a\nENV P=20.1\nRUN pip install pip==19.3\nFROM a\nRUN pip install pip==$P\n"
    assert changes(text) == [("pip", "install", "19.3"), ("pip", "install", "20.1")]


def test_settings_of_pip_are_said_and_their_values_are_not():
    found = base("FROM python:3.6.8\nENV PIP_INDEX_URL=https://user:secret@index.example/ PIP_NO_CACHE_DIR=1\n")
    assert [(name, str(source)) for name, source in found.pip_settings] == [("PIP_INDEX_URL", "Dockerfile:2")]
    assert "PIP_INDEX_URL" in found.notes[0]
    assert "secret" not in repr(found)


def test_commands_are_told_without_credentials():
    text = "FROM python:3.6.8\nARG T=secret\nRUN pip install -i https://u:$T@index.example/simple pip==20.1\n"
    assert base(text).changes[0].command == "pip install -i https://****@index.example/simple pip==20.1"


def test_a_change_after_the_requirements_is_not_counted_and_said():
    found = base("FROM python:3.6.8\nRUN pip install -r requirements.txt\nRUN pip install -U pip==20.1\n")
    assert found.changes == ()
    assert found.notes == ("Dockerfile:3 changes pip after Dockerfile:2 has installed requirements: it is not counted",)


def test_a_virtual_environment_is_said():
    found = base("FROM python:3.6.8\nRUN python -m venv /v && /v/bin/pip install -r r.txt\nFROM nginx\n")
    assert found.image == "python:3.6.8"
    assert any("virtual environment" in note for note in found.notes)


@pytest.mark.parametrize(
    ("text", "context", "message"),
    [
        ("", "Dockerfile", "no FROM"),
        ("RUN true\nFROM python", "Dockerfile:1", "before the first FROM"),
        ("FROM python:3 AS", "Dockerfile:1", "cannot be read"),
        ("FROM", "Dockerfile:1", "cannot be read"),
        ("FROM python:3\n{}", "Dockerfile:2", "no Dockerfile instruction"),
        ("FROM python:3\nRUN cat <<EOF\n", "Dockerfile:2", "`EOF` has no end"),
        ("FROM python:${V", "Dockerfile:1", "no `}`"),
        ("FROM python:${V:?needed}", "Dockerfile:1", "`V` has no value: needed"),
        ("FROM python:${V^^}", "Dockerfile:1", "form that Dockerfiles do not know"),
        ("FROM --platform=vax/1 python:3", "Dockerfile:1", "is not a platform"),
        ("# escape=x\nFROM python:3", "Dockerfile:1", "`escape`"),
    ],
)
def test_what_is_wrong_has_a_place(text, context, message):
    with pytest.raises(InputError, match=message) as error:
        base(text)
    assert error.value.context == context


def write(folder, text: str) -> str:
    path = folder / "Dockerfile"
    path.write_text(text)
    return str(path)


def test_the_target(tmp_path):
    path = write(
        tmp_path,
        "FROM --platform=linux/arm64 python:3.6.8\n"
        "RUN pip install pip==20.1 && pip uninstall -y wheel\n"
        "RUN pip install 'setuptools>=40'\n"
        "RUN pip install -r requirements.txt\n",
    )
    found = target_of_dockerfile(path)
    assert str(found.target) == "cpython 3.6.8 cp36m linux/arm64 glibc-2.24 pip-20.1"
    assert [(one.name, one.version) for one in found.target.base] == [("pip", "20.1"), ("setuptools", "41.0.1")]
    sources = dict(found.target.sources)
    assert sources["pip"] == f"{path}:2: `pip install pip==20.1`"
    assert sources["base"].endswith(f"{path}:2: `pip uninstall -y wheel`")
    assert sources["image"] == f"{path}:1: `python:3.6.8`"
    assert found.target.estimated == ("setuptools",)
    assert found.notes == ()


def test_an_open_upgrade_cannot_be_known_and_is_said(tmp_path):
    path = write(tmp_path, "FROM python:3.6.8\nRUN pip install --upgrade pip setuptools\n")
    found = target_of_dockerfile(path)
    assert (found.target.pip, found.target.estimated) == ("19.1.1", ("pip", "setuptools", "wheel"))
    assert found.notes[0] == (
        f"{path}:2 installs `pip` in the version of the day of the build, which cannot be known: 19.1.1, which the base "
        "image has, is taken; give it with `--pip-version`, or pin it in the Dockerfile"
    )


def test_another_image_has_no_target(tmp_path):
    found = target_of_dockerfile(write(tmp_path, "FROM registry.example/team/app:1\n"))
    assert (found.target, found.image) == (None, "registry.example/team/app:1")


def test_an_unknown_tag_is_told_with_its_line(tmp_path):
    path = write(tmp_path, "\nFROM python:3.6.99\n")
    with pytest.raises(UsageError) as error:
        target_of_dockerfile(path)
    assert error.value.context == f"{path}:2"


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="cannot be read") as error:
        target_of_dockerfile(str(tmp_path / "Dockerfile"))
    assert error.value.context == str(tmp_path / "Dockerfile")


def test_build_args():
    assert parse_build_args(["A=1", "B=x=y", "C="]) == {"A": "1", "B": "x=y", "C": ""}
    with pytest.raises(UsageError):
        parse_build_args(["A"])


def test_nothing_is_said_of_what_is_given_otherwise(tmp_path):
    path = write(tmp_path, "FROM python:3.6.8\nRUN pip install --upgrade pip\n")
    assert target_of_dockerfile(path, settled={"pip"}).notes == ()
