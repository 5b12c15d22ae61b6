"""An error of the check of suites, and not of a suite, does not end the run."""

from concurrent.futures import Future

import pytest

from autograder.grading.process import GradingProcess


@pytest.mark.parametrize("way", ["autograder grade", "nbgrader autograde"])
def test_all_are_graded_where_the_check_itself_fails(tiny_course, grade, monkeypatch, way):
    """By both ways to grade."""

    def fail(process, assignment):
        raise RuntimeError("of our own")

    monkeypatch.setattr(GradingProcess, "import_faults", fail)
    tiny_course.hand_in("ann")
    if way == "autograder grade":
        monkeypatch.setattr(
            "tests.autograder.support.one_process.OneProcess.import_faults", lambda _: failed()
        )
        assert grade().code == 0
    else:
        assert tiny_course.grade()["success"]
    assert tiny_course.marks("ann") == (2, None, False)


def failed():
    future = Future()
    future.set_exception(RuntimeError("of our own"))
    return future
