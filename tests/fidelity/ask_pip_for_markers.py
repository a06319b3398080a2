"""Run under the interpreter of a pip, Python 2.7 or newer: what the packaging that it carries says of markers.

Arguments: a folder with the package ``pip``. Standard input: ``{"markers": […], "environment": {…}}``; standard
output: marker to true or false, to ``"error"`` where evaluating it fails, or to null where it cannot be read.
"""

import json
import sys
import warnings


def main():
    sys.path.insert(0, sys.argv[1])
    warnings.simplefilter("ignore")
    from pip._vendor.packaging.markers import InvalidMarker, Marker  # noqa: PLC0415  found there only now

    asked = json.load(sys.stdin)
    answers = {}
    for text in asked["markers"]:
        try:
            marker = Marker(text)
        except InvalidMarker:
            answers[text] = None
            continue
        try:
            answers[text] = marker.evaluate(asked["environment"])
        except Exception:  # noqa: BLE001  each packaging has others, and pip catches none of them
            answers[text] = "error"
    json.dump(answers, sys.stdout)


main()
