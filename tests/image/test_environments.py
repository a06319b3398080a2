"""The Pythons of an image: each kind of layout, which one runs, and choosing among several."""

from __future__ import annotations

import json

import pytest
from support.file_trees import Link, distribution, merged, python, tree, venv

from pipfreeze_lock.errors import ImageError, UsageError
from pipfreeze_lock.image.distributions import installed_set
from pipfreeze_lock.image.environments import Environment, choose_environment, find_environments
from pipfreeze_lock.image.interface import ImageConfig

OFFICIAL_PATH = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
OFFICIAL = python("usr/local", "3.11.7")
VENV = merged(OFFICIAL, venv("opt/venv", "/usr/local/bin", "3.11.7"))
VENV_FIRST = {"PATH": f"/opt/venv/bin:{OFFICIAL_PATH}"}


def config(*command: str, entrypoint: tuple[str, ...] = (), user: str = "", folder: str = "/", **variables: str):
    """Give an image's configuration."""
    environment = {"PATH": OFFICIAL_PATH, **variables}
    return ImageConfig(
        environment=environment, command=command, entrypoint=entrypoint, user=user, working_directory=folder
    )


def found(files: dict, settings: ImageConfig | None = None) -> list[Environment]:
    return find_environments(tree(files), settings or config())


def only(files: dict, settings: ImageConfig | None = None) -> Environment:
    (environment,) = found(files, settings)
    return environment


def debian(**more: object) -> dict:
    """Give Debian's own Python, as ``debootstrap --include=python3`` unpacks it; ``/bin`` is merged."""
    return {
        "bin": Link("usr/bin"),
        "lib": Link("usr/lib"),
        "usr/bin": {"python3": Link("python3.11"), "python3.11": "\x7fELF"},
        "usr/lib/python3.11": {"os.py": "", "sitecustomize.py": Link("/etc/python3.11/sitecustomize.py")},
        "usr/lib/python3/dist-packages": distribution("certifi", "2022.9.24"),
        "usr/local/lib/python3.11/dist-packages": {},
        "var/lib/dpkg/status": (
            "Package: python3\nStatus: install ok installed\nVersion: 3.11.2-1+b1\n\n"
            "Package: python3.11-minimal\nStatus: install ok installed\nSource: python3.11\nVersion: 3.11.2-6+deb12u5\n"
        ),
        **more,
    }


class TestLayouts:
    def test_official_image(self):
        environment = only(OFFICIAL, config("python3"))
        assert environment.executable == "/usr/local/bin/python3"
        assert environment.executables == (
            "/usr/local/bin/python3",
            "/usr/local/bin/python",
            "/usr/local/bin/python3.11",
        )
        assert (environment.prefix, environment.implementation, environment.python) == (
            "/usr/local",
            "cpython",
            "3.11.7",
        )
        assert environment.version_source == "/usr/local/include/python3.11/patchlevel.h"
        assert environment.search_path == ("/usr/local/lib/python3.11/site-packages",)
        assert environment.reason == "CMD runs `python3`"
        assert not environment.is_virtual

    def test_version_of_the_official_images_variable_where_headers_lack(self):
        files = python("usr/local", "3.11.7", headers=False)
        assert only(files, config(PYTHON_VERSION="3.11.7")).python == "3.11.7"
        # A PYTHON_VERSION of somebody else's, for another series, says nothing.
        assert only(files, config(PYTHON_VERSION="3.12.1")).python == "3.11"
        assert only(files, config(PYTHON_VERSION="3.1")).python == "3.11"

    @pytest.mark.parametrize("copies", [False, True])
    def test_virtual_environment(self, *, copies: bool):
        files = merged(OFFICIAL, venv("opt/venv", "/usr/local/bin", "3.11.7", copies=copies))
        first, second = found(files, config("python", **VENV_FIRST))
        assert (first.executable, first.prefix, first.is_virtual) == ("/opt/venv/bin/python", "/opt/venv", True)
        assert first.search_path == ("/opt/venv/lib/python3.11/site-packages",)
        assert first.version_source == "/usr/local/include/python3.11/patchlevel.h"
        assert second.prefix == "/usr/local"

    def test_copied_interpreter_among_several_is_told_by_pyvenv_cfg(self):
        files = merged(
            OFFICIAL, python("usr/local", "3.12.1"), venv("opt/venv", "/usr/local/bin", "3.11.7", copies=True)
        )
        assert found(files, config(**VENV_FIRST))[0].python == "3.11.7"

    def test_virtualenv_20(self):
        files = merged(
            python("usr/local", "3.11.7", headers=False),
            venv("opt/venv", "/usr/local/bin", "", version_info="3.11.7.final.0", implementation="CPython"),
        )
        del files["opt/venv/lib/python/site-packages"]
        files["opt/venv/lib/python3.11/site-packages"] = {}
        environment = found(files, config(**VENV_FIRST))[0]
        assert (environment.python, environment.version_source) == ("3.11.7", "/opt/venv/pyvenv.cfg")

    def test_candidate_by_virtualenv(self):
        files = merged(
            python("usr/local", "3.14.0", headers=False),
            venv("opt/venv", "/usr/local/bin", "3.14.0", version_info="3.14.0.candidate.2"),
        )
        assert found(files, config(**VENV_FIRST))[0].python == "3.14.0rc2"

    def test_environment_whose_base_is_gone_is_none(self):
        assert found(venv("opt/venv", "/usr/local/bin", "3.11.7", copies=True), config(**VENV_FIRST)) == []

    def test_debian(self):
        environment = only(debian())
        assert environment.executable == "/usr/bin/python3"
        assert (environment.python, environment.version_source) == (
            "3.11.2",
            "the version of its package `python3.11-minimal`",
        )
        assert environment.search_path == ("/usr/local/lib/python3.11/dist-packages", "/usr/lib/python3/dist-packages")

    def test_debian_without_any_distribution(self):
        files = debian()
        del files["usr/lib/python3/dist-packages"], files["usr/local/lib/python3.11/dist-packages"]
        files["usr/lib/python3.11/site-packages"] = distribution("stray", "1")
        assert only(files).search_path == ()

    def test_virtual_environment_of_debian_that_sees_the_system(self):
        files = merged(debian(), venv("opt/venv", "/usr/bin", "3.11.2", **{"include-system-site-packages": "true"}))
        assert found(files, config(**VENV_FIRST))[0].search_path == (
            "/opt/venv/lib/python3.11/site-packages",
            "/usr/local/lib/python3.11/dist-packages",
            "/usr/lib/python3/dist-packages",
        )

    def test_distroless(self):
        files = debian()
        del files["var/lib/dpkg/status"]
        record = "Package: libpython3.11-minimal\nArchitecture: amd64\nVersion: 3.11.2-6+deb12u3\n"
        files["var/lib/dpkg/status.d"] = {
            "libpython3": record,
            "libpython3.md5sums": "abc  Package: libpython3.11-minimal",
        }
        assert only(files, config(entrypoint=("/usr/bin/python3.11",))).python == "3.11.2"

    @pytest.mark.parametrize(
        ("debian_version", "version"),
        [
            ("3.13.0~rc1-2", "3.13.0rc1"),
            ("1:3.13.5-2", "3.13.5"),
            ("3.13.1-1+jammy1", "3.13.1"),
            ("3.13.0~b4-1", "3.13.0b4"),
        ],
    )
    def test_upstream_version(self, debian_version: str, version: str):
        files = python("usr", version, headers=False)
        files["var/lib/dpkg/status"] = f"Package: python3.13-minimal\nVersion: {debian_version}\nDescription: words\n"
        series = "python3.13"
        files = {
            path.replace(f"python{'.'.join(version.split('.')[:2])}", series): value for path, value in files.items()
        }
        assert only(files).python == version

    def test_alpine(self):
        files = python("usr", "3.12.7", headers=False)
        files["lib/apk/db/installed"] = "C:Q1\nP:musl\nV:1.2.5-r1\n\nC:Q2\nP:python3\nV:3.12.7-r0\nA:x86_64\n"
        environment = only(files)
        assert environment.python == "3.12.7"
        assert environment.search_path == ("/usr/lib/python3.12/site-packages",)

    @pytest.mark.parametrize("package", ["python-3.12", "python-3.12-base"])
    def test_wolfi(self, package: str):
        files = python("usr", "3.12.7", headers=False)
        files["usr/lib/apk/db/installed"] = f"C:Q1\nP:{package}\nV:3.12.7-r3\n"
        assert only(files).python == "3.12.7"

    def test_fedora(self):
        files = python("usr", "3.9.18", library="lib64", headers=False)
        files |= {"usr/lib/python3.9/site-packages": {}, "usr/local/lib/python3.9/site-packages": {}}
        files["usr/lib64/python3.9/_sysconfigdata__linux_x86_64-linux-gnu.py"] = (
            "build_time_vars = {'abs_builddir': '/builddir/build/BUILD/Python-3.9.18/build/optimized'}"
        )
        environment = only(files)
        assert environment.python == "3.9.18"
        assert environment.search_path == (
            "/usr/local/lib/python3.9/site-packages",
            "/usr/lib64/python3.9/site-packages",
            "/usr/lib/python3.9/site-packages",
        )

    def test_red_hat_8_keeps_its_own_elsewhere(self):
        files = {
            "usr/bin/python3": Link("/etc/alternatives/python3"),
            "etc/alternatives/python3": Link("/usr/libexec/platform-python"),
            "usr/libexec": {"platform-python": Link("platform-python3.6"), "platform-python3.6": "\x7fELF"},
            "usr/lib64/python3.6": {"os.py": "", "site-packages": {}},
        }
        assert only(files).executable == "/usr/bin/python3"

    def test_lib64_that_is_another_name_for_lib(self):
        files = {**OFFICIAL, "usr/local/lib64": Link("lib")}
        assert only(files).search_path == ("/usr/local/lib/python3.11/site-packages",)

    def test_conda(self):
        files = merged(
            python("opt/conda", "3.11.5", headers=False),
            python("opt/conda/envs/app", "3.9.18", headers=False),
            python("opt/conda/pkgs/python-3.11.5-hab00c5b_0_cpython", "3.11.5"),
            {
                "opt/conda/conda-meta": {"history": "", "python-3.11.5-hab00c5b_0_cpython.json": "{}"},
                "opt/conda/envs/app/conda-meta/python-3.9.18-h955ad1f_0.json": "{}",
            },
        )
        first, second = found(files, config(PATH="/opt/conda/bin:/usr/bin"))
        assert (first.prefix, first.python) == ("/opt/conda", "3.11.5")
        assert (second.prefix, second.python) == ("/opt/conda/envs/app", "3.9.18")
        assert second.executable == "/opt/conda/envs/app/bin/python"

    def test_pypy(self):
        files = {
            "usr/local/bin": {"pypy3": Link("/opt/pypy/bin/pypy3")},
            "opt/pypy/bin": {"pypy3": Link("pypy3.9"), "python": Link("pypy3"), "pypy3.9": "\x7fELF"},
            "opt/pypy/lib/pypy3.9": {"os.py": "", "site-packages": {}},
            "opt/pypy/include/pypy3.9/patchlevel.h": '#define PY_VERSION "3.9.19"\n#define PYPY_VERSION "7.3.16"\n',
        }
        environment = only(files, config("pypy3"))
        assert (environment.implementation, environment.python, environment.prefix) == ("pypy", "3.9.19", "/opt/pypy")
        assert environment.search_path == ("/opt/pypy/lib/pypy3.9/site-packages",)

    def test_pypy_before_7_3_6(self):
        files = {
            "opt/pypy": {
                "bin": {"pypy3": "\x7fELF", "libpypy3-c.so": ""},
                "lib-python": {"3": {"os.py": ""}, "conftest.py": ""},
                "site-packages": {},
                "include/patchlevel.h": '#define PY_VERSION "3.6.12"\n',
            }
        }
        environment = only(files, config("/opt/pypy/bin/pypy3"))
        assert (environment.python, environment.search_path) == ("3.6.12", ("/opt/pypy/site-packages",))

    def test_pypy_of_debian(self):
        pypy = {
            "usr/bin": {"pypy3": Link("pypy3.9"), "pypy3.9": "\x7fELF"},
            "usr/lib/pypy3.9": {"os.py": "", "sitecustomize.py": Link("/etc/pypy3/sitecustomize.py")},
            "usr/local/lib/pypy3.9/dist-packages": {},
        }
        environment = found(merged(debian(), pypy), config("pypy3"))[0]
        assert (environment.implementation, environment.python) == ("pypy", "3.9")
        assert environment.search_path == ("/usr/local/lib/pypy3.9/dist-packages", "/usr/lib/python3/dist-packages")

    def test_free_threaded(self):
        environment = only(python("usr/local", "3.13.1", name="python3.13t"))
        assert environment.search_path == ("/usr/local/lib/python3.13t/site-packages",)
        assert environment.python == "3.13.1"

    def test_python_of_uv(self):
        home = "root/.local/share/uv/python/cpython-3.12.8-linux-x86_64-gnu"
        files = merged(
            python(home, "3.12.8", headers=False),
            venv("app/.venv", f"/{home}/bin", "", version_info="3.12.8", uv="0.5.1"),
        )
        del files["app/.venv/bin/python"]
        files["app/.venv/bin/python"] = Link(f"/{home}/bin/python3.12")
        first, second = found(files, config("/app/.venv/bin/python", "main.py"))
        assert (first.prefix, first.python) == ("/app/.venv", "3.12.8")
        assert (second.prefix, second.python, second.version_source) == (
            f"/{home}",
            "3.12.8",
            f"/{home}/bin/python",
        )

    def test_two_series_under_one_prefix(self):
        files = merged(OFFICIAL, {"usr/local/bin/python3.12": "", "usr/local/lib/python3.12": {"os.py": ""}})
        first, second = found(files, config("python3"))
        assert (first.python, second.python) == ("3.11.7", "3.12")
        assert first.prefix == second.prefix == "/usr/local"
        assert (first.reason, second.reason) == ("CMD runs `python3`", "it lies there")

    def test_copied_interpreter_that_says_no_series_is_of_the_newest(self):
        files = merged(python("opt/x", "3.9.18"), python("opt/x", "3.12.1"), {"opt/x/bin/python": "\x7fELF"})
        assert found(files, config("/opt/x/bin/python"))[0].python == "3.12.1"

    def test_pyenv(self):
        files = merged(
            python("home/app/.pyenv/versions/3.9.18", "3.9.18"),
            python("home/app/.pyenv/versions/3.11.7", "3.11.7"),
            {
                "home/app/.pyenv/version": "3.11.7\n",
                "home/app/.pyenv/shims": {"python": "#!/bin/sh", "python3": "#!/bin/sh"},
            },
        )
        path = {"PATH": "/home/app/.pyenv/shims:/home/app/.pyenv/bin:/usr/bin"}
        assert found(files, config(**path))[0].python == "3.11.7"
        assert found(files, config(**path, PYENV_VERSION="3.9.18"))[0].python == "3.9.18"
        files["app/.python-version"] = "3.9.18\n"
        assert found(files, config(**path, folder="/app"))[0].python == "3.9.18"

    def test_home_of_python_by_the_environment(self):
        files = merged(OFFICIAL, python("opt/other", "3.11.9"))
        assert found(files, config("python", PYTHONHOME="/opt/other"))[0].prefix == "/opt/other"

    def test_links_that_lead_nowhere_and_what_is_no_interpreter(self):
        files = {
            "usr/bin": {"python3": Link("/nowhere/python3"), "python3-config": "", "pythonic": "", "python2": {}},
            "usr/lib/python3.11/os.py": "",
        }
        assert found(files) == []

    def test_image_without_python(self):
        assert found({"usr/bin/node": "", "etc/passwd": "root:x:0:0::/root:/bin/sh\n"}) == []


HOME_OF_ROOT = "/root"
"""In the images, as their etc/passwd has it."""


class TestUserSite:
    FILES = merged(
        OFFICIAL,
        {
            "etc/passwd": "root:x:0:0:root:/root:/bin/bash\napp:x:1000:1000::/home/app:/bin/sh\n",
            "root/.local/lib/python3.11/site-packages": {},
            "home/app/.local/lib/python3.11/site-packages": {},
            ".local/lib/python3.11/site-packages": {},
            "data/lib/python3.11/site-packages": {},
        },
    )

    @pytest.mark.parametrize(
        ("user", "variables", "site"),
        [
            ("", {}, f"{HOME_OF_ROOT}/.local/lib/python3.11/site-packages"),
            ("0:0", {}, f"{HOME_OF_ROOT}/.local/lib/python3.11/site-packages"),
            ("app", {}, "/home/app/.local/lib/python3.11/site-packages"),
            ("1000:1000", {}, "/home/app/.local/lib/python3.11/site-packages"),
            ("4711", {}, "/.local/lib/python3.11/site-packages"),
            ("4711", {"HOME": "/home/app"}, "/home/app/.local/lib/python3.11/site-packages"),
            ("app", {"PYTHONUSERBASE": "/data"}, "/data/lib/python3.11/site-packages"),
        ],
    )
    def test_of_the_user_that_the_image_runs_as(self, user: str, variables: dict, site: str):
        environment = only(self.FILES, config(user=user, **variables))
        assert environment.search_path == (site, "/usr/local/lib/python3.11/site-packages")

    def test_none_where_the_image_says_so(self):
        environment = only(self.FILES, config(PYTHONNOUSERSITE="1"))
        assert environment.search_path == ("/usr/local/lib/python3.11/site-packages",)

    def test_none_in_a_virtual_environment(self):
        files = merged(self.FILES, venv("opt/venv", "/usr/local/bin", "3.11.7"))
        assert found(files, config(**VENV_FIRST))[0].search_path == ("/opt/venv/lib/python3.11/site-packages",)


class TestWhatRuns:
    SEVERAL = merged(
        VENV,
        debian(),
        {
            "usr/bin": {"tini": "", "env": "", "bash": "", "supervisord": ""},
            "opt/venv/bin": {"gunicorn": "", "uvicorn": ""},
            "usr/local/bin": {"pip": "", "docker-entrypoint.sh": "", "flask": ""},
            "app/entrypoint.sh": "",
            "app/.venv/pyvenv.cfg": "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.2\n",
            "app/.venv/bin": {"python": Link("/usr/bin/python3"), "celery": ""},
            "app/.venv/lib/python3.11/site-packages": {},
        },
    )

    @pytest.mark.parametrize(
        ("entrypoint", "command", "prefix", "reason"),
        [
            ((), ("python", "-m", "app"), "/usr/local", "CMD runs `python`"),
            (("python",), ("app.py",), "/usr/local", "ENTRYPOINT runs `python`"),
            ((), ("/usr/bin/python3",), "/usr", "CMD runs `/usr/bin/python3`"),
            (
                ("/opt/venv/bin/gunicorn", "app:app"),
                (),
                "/opt/venv",
                "ENTRYPOINT runs `/opt/venv/bin/gunicorn`, and `/opt/venv/bin/python` lies beside it",
            ),
            ((".venv/bin/celery",), (), "/app/.venv", None),
            (("/usr/bin/tini", "-g", "--", "/opt/venv/bin/python"), (), "/opt/venv", None),
            (("tini", "--"), ("/opt/venv/bin/uvicorn", "app:app"), "/opt/venv", None),
            (
                ("dumb-init",),
                ("flask", "run"),
                "/usr/local",
                "ENTRYPOINT runs `flask`, and `/usr/local/bin/python` lies beside it",
            ),
            ((), ("/bin/sh", "-c", "python -m app"), "/usr/local", "CMD runs `python`"),
            ((), ("/bin/sh", "-c", "cd /app && exec .venv/bin/python -m app | tee log"), "/app/.venv", None),
            ((), ("/bin/bash", "-lc", ". /opt/venv/bin/activate && gunicorn app"), "/opt/venv", None),
            ((), ("bash", "-o", "pipefail", "-c", "source /opt/venv/bin/activate; python x"), "/opt/venv", None),
            ((), ("sh", "-c", "DEBUG=1 env A=b nice -n 5 $VENV/bin/python x"), "/opt/venv", None),
            ((), ("sh", "-c", 'exec "${VENV}/bin/python" x'), "/opt/venv", None),
            (("tini", "--", "sh", "-c", "timeout -k 3 10 gosu app /opt/venv/bin/python"), (), "/opt/venv", None),
            (("/app/entrypoint.sh",), ("/opt/venv/bin/gunicorn", "app"), "/opt/venv", None),
            (
                ("/app/entrypoint.sh",),
                (),
                "/usr/local",
                "it is the first on the image's PATH; ENTRYPOINT runs `/app/entrypoint.sh`, which does not tell",
            ),
            (
                (),
                ("supervisord",),
                "/usr/local",
                "it is the first on the image's PATH; CMD runs `supervisord`, which does not tell",
            ),
            ((), ("sh", "-c", "'unclosed python"), "/usr/local", None),
            ((), ("uv", "run", "celery", "worker"), "/app/.venv", None),
            ((), ("poetry", "run", "flask", "run"), "/usr/local", None),
            (("conda", "run", "-p", "/opt/venv"), ("python", "x.py"), "/opt/venv", "ENTRYPOINT runs `python`"),
            ((), (), "/usr/local", "it is the first on the image's PATH"),
            (
                (),
                ("/opt/gone/bin/python",),
                "/usr/local",
                "it is the first on the image's PATH; CMD runs `/opt/gone/bin/python`, which is not there",
            ),
        ],
    )
    def test_program(self, entrypoint: tuple, command: tuple, prefix: str, reason: str | None):
        environments = found(self.SEVERAL, config(*command, entrypoint=entrypoint, folder="/app", VENV="/opt/venv"))
        assert environments[0].prefix == prefix
        assert reason is None or environments[0].reason == reason
        assert sorted(one.prefix for one in environments) == ["/app/.venv", "/opt/venv", "/usr", "/usr/local"]

    def test_reasons_of_the_others(self):
        files = {**self.SEVERAL, "broken/bin/python3.9": ""}
        path = {"PATH": "/broken/bin:/usr/local/bin:/usr/bin"}
        reasons = {one.prefix: one.reason for one in found(files, config("bash", **path))}
        assert reasons == {
            "/usr/local": "it is the first on the image's PATH; CMD runs `bash`, which does not tell",
            "/usr": "it is on the image's PATH",
            "/app/.venv": "it lies there",
            "/opt/venv": "it lies there",
        }
        reasons = {one.prefix: one.reason for one in found(files, config("/opt/venv/bin/python", **path))}
        assert reasons["/opt/venv"] == "CMD runs `/opt/venv/bin/python`"
        assert reasons["/usr/local"] == "it is on the image's PATH"

    def test_none_on_path(self):
        """The environment of the working directory, before others and before bases."""
        home = "root/.local/share/uv/python/cpython-3.12.8-linux-x86_64-gnu"
        files = merged(
            python(home, "3.12.8"),
            venv("app/.venv", f"/{home}/bin", "3.12.8"),
            venv("a/venv", f"/{home}/bin", "3.12.8"),
            {"usr/bin/supervisord": ""},
        )
        environments = found(files, config("supervisord", folder="/app"))
        assert [one.prefix for one in environments] == ["/app/.venv", "/a/venv", f"/{home}"]
        assert environments[0].reason == "it is the first that was found; CMD runs `supervisord`, which does not tell"
        assert environments[1].reason == "it lies there"

    def test_first_on_path(self):
        first = found(self.SEVERAL, config("python3", **VENV_FIRST))[0]
        assert (first.prefix, first.executable) == ("/opt/venv", "/opt/venv/bin/python3")


class TestChoice:
    def test_what_would_run(self):
        choice = choose_environment(found(VENV, config("python", **VENV_FIRST)), subject="image")
        assert (choice.environment.prefix, choice.reason) == ("/opt/venv", "CMD runs `python`")
        assert [one.prefix for one in choice.others] == ["/usr/local"]

    @pytest.mark.parametrize(
        "wanted",
        [
            "/opt/venv",
            "/opt/venv/",
            "opt/venv",
            "/opt/venv/bin/python3",
            "/opt/venv/bin",
            "/opt/../opt/venv/bin/python",
        ],
    )
    def test_by_prefix_or_interpreter(self, wanted: str):
        choice = choose_environment(found(VENV, config("python")), wanted, subject="image")
        assert (choice.environment.prefix, choice.reason) == ("/opt/venv", "it was asked for")
        assert [one.prefix for one in choice.others] == ["/usr/local"]

    def test_one_that_is_not_there(self):
        with pytest.raises(UsageError, match="`/opt/vnev`") as caught:
            choose_environment(found(VENV), "/opt/vnev", subject="image")
        assert caught.value.hints == ("There is `/usr/local` (Python 3.11.7), `/opt/venv` (Python 3.11.7).",)

    def test_two_under_one_prefix_are_named_by_their_interpreters(self):
        files = merged(OFFICIAL, {"usr/local/bin/python3.12": "", "usr/local/lib/python3.12": {"os.py": ""}})
        with pytest.raises(UsageError) as caught:
            choose_environment(found(files), "/opt/venv", subject="image")
        assert caught.value.hints == (
            "There is `/usr/local/bin/python` (Python 3.11.7), `/usr/local/bin/python3.12` (Python 3.12).",
        )
        choice = choose_environment(found(files), "/usr/local/bin/python3.12", subject="image")
        assert choice.environment.python == "3.12"

    @pytest.mark.parametrize("wanted", [None, "/opt/venv"])
    def test_none_at_all(self, wanted: str | None):
        with pytest.raises(ImageError, match="no Python") as caught:
            choose_environment([], wanted, subject="image")
        assert caught.value.exit_code == 6


def test_what_an_image_has_installed_names_its_layers():
    site = "usr/local/lib/python3.11/site-packages"
    layers = tree(
        merged(OFFICIAL, {site: distribution("pip", "24.0")}),
        {site: distribution("flask", "3.0.0", direct_url__json=json.dumps({"url": "file:///x", "dir_info": {}}))},
        {f"{site}/.wh.pip-24.0.dist-info": "", site: distribution("pip", "25.0", installer="uv")},
    )
    (environment,) = find_environments(layers, config())
    found_set = installed_set(layers, environment, subject="image", libc="glibc-2.36")
    flask, pip = found_set.distributions
    assert (flask.name, flask.version, flask.layer.index, flask.direct_url) == ("flask", "3.0.0", 1, "file:///x")
    assert (pip.name, pip.version, pip.layer.index, pip.installer) == ("pip", "25.0", 2, "uv")
    assert pip.path == f"/{site}/pip-25.0.dist-info"
    assert found_set.untold == ()
