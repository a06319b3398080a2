from __future__ import annotations

from pathlib import Path

import pytest

from pipfreeze_lock.errors import NetworkError, PipfreezeLockError, ResolutionError
from pipfreeze_lock.resolve.pip_tools.environment import PipToolsEnvironment
from pipfreeze_lock.resolve.pip_tools.failures import NoAnswerError, failure_of, useful_lines
from pipfreeze_lock.resolve.pip_tools.programs import Ended
from pipfreeze_lock.target.interpreters import Interpreter

ENVIRONMENT = PipToolsEnvironment(
    folder=Path("/environment"),
    interpreter=Interpreter(path="/python", version="3.12.1", implementation="cpython"),
    pip="24.0",
    pip_tools="7.6.2",
    compile_options=frozenset(),
    pip_options=frozenset(),
)
CONFLICT = """\
Using indexes:
  https://index.example/simple/

  Collecting a==1.0 (from -r requirements.in (line 1))
  INFO: pip is looking at multiple versions of a to determine which version is compatible with other requirements.
  ERROR: Cannot install a==1.0 and b==1.0 because these package versions have conflicting dependencies.

  The conflict is caused by:
      a 1.0 depends on c>1
      b 1.0 depends on c<1

  To fix this you could try to:
  1. loosen the range of package versions you've specified
  2. remove package versions to allow pip to attempt to solve the dependency conflict

Traceback (most recent call last):
  File "/x/resolvers.py", line 397, in resolve
    self._add_to_criteria(self.state.criteria, r, parent=None)
pip._vendor.resolvelib.resolvers.ResolutionImpossible: [RequirementInformation(…)]

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "<string>", line 1, in <module>
    results = resolver.resolve(max_rounds=max_rounds)
              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
pip._internal.exceptions.DistributionNotFound: ResolutionImpossible: for help visit https://pip.pypa.io/
"""


def failure(output: str) -> PipfreezeLockError:
    return failure_of(Ended(returncode=1, output=output), ENVIRONMENT, "/tmp/work")


def traceback(last: str, said: str = "") -> str:
    return f'{said}Traceback (most recent call last):\n  File "/x/y.py", line 1, in z\n    call()\n{last}\n'


def test_a_conflict_is_shown_without_traceback_and_advice() -> None:
    error = failure(CONFLICT)
    assert isinstance(error, NoAnswerError)
    assert error.message == "pip-compile 7.6.2 with pip 24.0 finds no answer"
    assert error.context == (
        "ERROR: Cannot install a==1.0 and b==1.0 because these package versions have conflicting dependencies.\n"
        "The conflict is caused by:\n"
        "    a 1.0 depends on c>1\n"
        "    b 1.0 depends on c<1\n"
    )


def test_a_sentence_of_pip_tools_is_shown_as_it_is() -> None:
    said = "Could not find a version that matches c<1,>=1 (from b==1.0->-r requirements.in (line 2))\nTried: 0.9, 1.0\n"
    error = failure(said)
    assert isinstance(error, NoAnswerError)
    assert error.context == said


@pytest.mark.parametrize(
    ("last", "kind"),
    [
        ("pip._internal.exceptions.DistributionNotFound: No matching distribution found for a", NoAnswerError),
        ("pip._internal.exceptions.MetadataGenerationFailed: metadata generation failed", NoAnswerError),
        ("pip._internal.exceptions.NetworkConnectionError: 503 Server Error", NetworkError),
        ("pip._vendor.requests.exceptions.ConnectionError: HTTPSConnectionPool(…)", NetworkError),
        ("AttributeError: 'PackageFinder' object has no attribute 'x'", ResolutionError),
    ],
)
def test_the_kind_of_a_failure_is_that_of_its_last_exception(last: str, kind: type[PipfreezeLockError]) -> None:
    error = failure(traceback(last))
    assert type(error) is kind
    assert error.context == f"{last}\n"


def test_a_bug_of_pip_tools_is_told_from_an_answer() -> None:
    error = failure(traceback("AttributeError: no such thing", said="some talk\n"))
    assert error.message == "pip-compile 7.6.2 with pip 24.0 broke off: AttributeError: no such thing"
    assert not isinstance(error, NoAnswerError)


def test_credentials_and_our_folder_are_left_out() -> None:
    error = failure("ERROR: https://user:secret@index.example/simple/ and /tmp/work/requirements.in\n")
    assert error.context == "ERROR: https://****@index.example/simple/ and requirements.in\n"


def test_of_a_program_that_said_nothing_nothing_is_shown() -> None:
    assert useful_lines("") == ""
    assert failure("").context is None
