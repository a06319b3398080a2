# ruff: noqa: PLC0415, ARG002, UP004, UP030, UP032, BLE001, FBT002
# This runs on Python 2.7 too, inside old interpreters, and imports the pip it is told to.
"""Run under any interpreter from 2.7 on, with a pip first on its path: what does this pip read in requirements files?

Standard input: JSON, a list of ``{"folder": …, "environment": {…}}``. Standard output: JSON, for each its
``requirements`` and ``options``, or its ``error``. Only the parsing is pip's own here: finder and session are stand-ins
that remember what they are told, since pip's change their signature with every other release.
"""

import json
import os
import sys
import traceback


class Scope(object):
    def __init__(self, find_links, index_urls, no_index=False):
        self.find_links, self.index_urls, self.no_index = find_links, index_urls, no_index


class Finder(object):
    def __init__(self, format_control):
        self.format_control = format_control
        self.search_scope = Scope([], ["DEFAULT"])
        self.allow_all_prereleases = False
        self.prefer_binary = False
        self.release_control = new_release_control()
        self.secure_origins = []
        self.use_wheel = True

    def _get_links(self):
        return self.search_scope.find_links

    def _get_urls(self):
        return self.search_scope.index_urls

    def _set_urls(self, urls):
        self.search_scope.index_urls = urls

    find_links = property(_get_links)
    index_urls = property(_get_urls, _set_urls)

    def set_prefer_binary(self):
        self.prefer_binary = True

    def set_allow_all_prereleases(self):
        self.allow_all_prereleases = True

    def set_release_control(self, control):
        self.release_control = control


class Session(object):
    def __init__(self):
        self.hosts = []

    def update_index_urls(self, urls):
        pass

    def add_trusted_host(self, host, source=None, suppress_logging=False):
        self.hosts.append(host)


class Options(object):
    isolated_mode = False
    require_hashes = False
    no_require_hashes = False
    skip_requirements_regex = ""
    default_vcs = None
    build_options = global_options = install_options = None

    def __init__(self, format_control):
        self.features_enabled = []
        self.format_control = format_control


def new_format_control():
    try:
        from pip._internal.models.format_control import FormatControl
    except ImportError:
        from pip.index import FormatControl
    return FormatControl(set(), set())


def new_release_control():
    try:
        from pip._internal.models.release_control import ReleaseControl
    except ImportError:
        return None
    return ReleaseControl(set(), set())


def install_requirements(finder, session, options):
    try:
        from pip._internal.req.req_file import parse_requirements
    except ImportError:
        from pip.req.req_file import parse_requirements
    try:
        from pip._internal.req.constructors import install_req_from_parsed_requirement
    except ImportError:

        def install_req_from_parsed_requirement(requirement):
            return requirement

    for parsed in parse_requirements("requirements.txt", session=session, finder=finder, options=options):
        if hasattr(parsed, "requirement") or hasattr(parsed, "link"):
            yield install_req_from_parsed_requirement(parsed)
        else:
            raise AssertionError(parsed)


def described(requirement):
    options = getattr(requirement, "hash_options", None)
    if options is None:
        options = requirement.options.get("hashes", {})
    hashes = sorted([algorithm, digest.lower()] for algorithm, digests in options.items() for digest in digests)
    link = requirement.link or getattr(requirement, "original_link", None)
    comes_from = requirement.comes_from
    return {
        "name": requirement.req.name if requirement.req else None,
        "extras": sorted(requirement.extras),
        "specifier": str(requirement.req.specifier) if requirement.req else "",
        "marker": str(requirement.markers) if requirement.markers else None,
        "url": link.url if link else None,
        "hashes": hashes,
        "constraint": requirement.constraint,
        "line": int(comes_from.rpartition("(line ")[2].rstrip(")")),
        "file": comes_from.partition(" ")[2].rpartition(" (line ")[0],
    }


def outcome(case):
    os.chdir(case["folder"])
    for name, value in case["environment"].items():
        os.environ[name] = value
    control = new_format_control()
    finder, session, options = Finder(control), Session(), Options(control)
    try:
        requirements = [described(one) for one in install_requirements(finder, session, options)]
    except Exception as error:
        return {"error": "{0}: {1}".format(type(error).__name__, error), "trace": traceback.format_exc()}
    finally:
        for name in case["environment"]:
            del os.environ[name]
    releases = finder.release_control
    return {
        "requirements": requirements,
        "options": {
            "index_urls": finder.index_urls,
            "find_links": finder.find_links,
            "no_binary": sorted(finder.format_control.no_binary),
            "only_binary": sorted(finder.format_control.only_binary),
            "pre": finder.allow_all_prereleases or bool(releases and ":all:" in releases.all_releases),
            "prefer_binary": finder.prefer_binary,
            "hosts": session.hosts or [origin[1] for origin in finder.secure_origins],
            "require_hashes": options.require_hashes,
        },
    }


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    json.dump([outcome(case) for case in json.load(sys.stdin)], sys.stdout)
