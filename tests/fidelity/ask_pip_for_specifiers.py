"""Run under the interpreter of a pip, Python 2.7 or newer: what the packaging that it carries says of specifiers.

Arguments: a folder with the package ``pip``. Standard input: ``{"specifiers": […], "versions": […]}``; standard output:
specifier to ``{"contains": […], "prereleases": bool, "found": […]}``, or to null where it cannot be read.
"""

import json
import sys
import warnings


def main():
    sys.path.insert(0, sys.argv[1])
    warnings.simplefilter("ignore")
    from pip._vendor.packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415  found there only now

    asked = json.load(sys.stdin)
    answers = {}
    for text in asked["specifiers"]:
        try:
            specifier = SpecifierSet(text)
        except InvalidSpecifier:
            answers[text] = None
            continue
        answers[text] = {
            "contains": [version for version in asked["versions"] if specifier.contains(version, prereleases=True)],
            "prereleases": bool(specifier.prereleases),
        }
    json.dump(answers, sys.stdout)


main()
