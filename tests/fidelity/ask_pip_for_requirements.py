"""Run under the interpreter of a pip, Python 2.7 or newer: how the packaging that it carries reads requirements.

Arguments: a folder with the package ``pip``. Standard input: ``{"requirements": […], "versions": […]}``; standard
output: requirement to ``{"name": …, "extras": […], "contains": […], "marker": bool, "url": …}``, or to null where it
cannot be read.
"""

import json
import sys
import warnings


def main():
    sys.path.insert(0, sys.argv[1])
    warnings.simplefilter("ignore")
    from pip._vendor.packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415  found only now
    from pip._vendor.packaging.utils import canonicalize_name  # noqa: PLC0415  the same

    asked = json.load(sys.stdin)
    answers = {}
    for text in asked["requirements"]:
        try:
            read = Requirement(text)
        except InvalidRequirement:
            answers[text] = None
            continue
        answers[text] = {
            "name": canonicalize_name(read.name),
            "extras": sorted(map(canonicalize_name, read.extras)),
            "contains": [one for one in asked["versions"] if read.specifier.contains(one, prereleases=True)],
            "marker": read.marker is not None,
            "url": read.url,
        }
    json.dump(answers, sys.stdout)


main()
