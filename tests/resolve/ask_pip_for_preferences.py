# ruff: noqa: PLC0415, PYI024
"""Run under the interpreter of a pip, Python 3.6 or newer: what its provider says of the order of a search.

Arguments: a folder with the package ``pip``. Standard input: ``{"user_requested": {…}, "searches": [[round, …], …]}``;
a round has ``identifiers``, ``settled``, ``information`` (identifier to a list of [need, parent]) and ``causes`` (a
list of [identifier, parent]); a need is a specifier, or ``@`` for a direct one. Standard output: for each search and
round, the identifiers that are left with their sort key, infinity as a text.
"""

import inspect
import json
import math
import sys
import warnings
from collections import namedtuple

Information = namedtuple("Information", ["requirement", "parent"])
Install = namedtuple("Install", ["specifier"])
Named = namedtuple("Named", ["name"])


class Specified:
    """A requirement that is met by any candidate of a project within a specifier."""

    def __init__(self, name, specifier):
        self.name = name
        self._lookup = None, specifier

    def get_candidate_lookup(self):
        return self._lookup


def main():
    sys.path.insert(0, sys.argv[1])
    warnings.simplefilter("ignore")
    from pip._internal.resolution.resolvelib.provider import PipProvider

    asked = json.load(sys.stdin)
    known = {"user_requested": asked["user_requested"]}
    answers = []
    for rounds in asked["searches"]:
        words = list(inspect.signature(PipProvider.__init__).parameters)[1:]
        provider = PipProvider(**{word: known.get(word) for word in words})
        answers.append([answer(provider, one) for one in rounds])
    json.dump(answers, sys.stdout)


def answer(provider, asked):
    information = {
        name: [Information(need(name, text), parent and Named(parent)) for text, parent in needs]
        for name, needs in asked["information"].items()
    }
    causes = [Information(Named(name), parent and Named(parent)) for name, parent in asked["causes"]]
    settled = {name: Named(name) for name in asked["settled"]}
    left = asked["identifiers"]
    if hasattr(provider, "narrow_requirement_selection"):
        left = provider.narrow_requirement_selection(left, settled, {}, information, causes)
    return [[name, plain(preference(provider, name, settled, information, causes))] for name in left]


def need(name, text):
    from pip._internal.resolution.resolvelib.requirements import ExplicitRequirement
    from pip._vendor.packaging.specifiers import SpecifierSet

    if text == "@":
        return ExplicitRequirement(Named(name))
    return Specified(name, None if name.startswith("<") else Install(SpecifierSet(text)))


def preference(provider, name, settled, information, causes):
    words = list(inspect.signature(provider.get_preference).parameters)
    if words[0] == "resolution":  # before 21.1
        return provider.get_preference(None, [Named(name)], information[name])
    values = {"identifier": name, "resolutions": settled, "candidates": {}, "information": information}
    values["backtrack_causes"] = causes
    return provider.get_preference(**{word: values[word] for word in words})


def plain(key):
    return ["inf" if part == math.inf else part for part in key]


main()
