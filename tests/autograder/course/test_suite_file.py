"""A suite's file: what is wrong with it is one line, before anything is graded."""

import pytest

from autograder.course.assignment import AssignmentError
from autograder.course.suite_file import fault_in
from tests.autograder.support.tiny import SUITE, make_course

END = len(SUITE.splitlines())
SUITES = {
    "syntax": (
        f"{SUITE}\ndef test_x(:\n    pass\n",
        f"line {END + 2}: invalid syntax: mend that line",
    ),
    "tabs": (
        f"{SUITE}\ndef test_x():\n        pass\n\tpass\n",
        f"line {END + 4}: .*: mend that line",
    ),
    "nothing": ("import numpy\n", "must hold a property: write a function .* begins with test_"),
    "observations alone": ("def observe_x():\n    return 1\n", "must hold a property"),
    "duplicate": (
        "def test_x():\n    pass\n\n\ndef test_y():\n    pass\n\n\ndef test_x():\n    pass\n",
        "line 9: test_x is also in line 1, and only one of them would run: rename one",
    ),
}


@pytest.mark.parametrize(("text", "reported"), SUITES.values(), ids=SUITES)
def test_a_faulty_suite_is_an_error_of_one_line(tmp_path, text, reported):
    """With its file, the line and the remedy."""
    assignment = make_course(tmp_path, suites={"test_scaler.py": text})
    with pytest.raises(AssignmentError, match=reported) as caught:
        assignment.check()
    assert str(caught.value).startswith(f"{tmp_path}/tests/hidden/tiny/test_scaler.py, line ")
    assert "\n" not in str(caught.value)


def test_a_conftest_needs_no_property_and_must_be_python(tiny):
    """It is read before the suites are."""
    path = tiny.hidden / "conftest.py"
    path.write_text("import pytest\n")
    tiny.check()
    path.write_text("def broken(\n")
    with pytest.raises(AssignmentError, match="conftest.py, line 1: .* mend that line"):
        tiny.check()


def test_methods_of_two_classes_may_have_one_name(tmp_path):
    """They are different properties' cases, and all of them are run."""
    path = tmp_path / "test_a.py"
    path.write_text(
        "class TestA:\n    def test_x(self):\n        pass\n\n"
        "class TestB:\n    def test_x(self):\n        pass\n"
    )
    assert fault_in(path, is_suite=True) == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [("test_scaler.py", "def test_x(:\n"), ("manifest.toml", "[limits]\ncall_seconds = -1\n")],
)
def test_a_class_is_not_touched_where_a_suite_is_faulty(tiny_course, grade, name, text):
    """Exit code 1 and one line; the folders and the gradebook are as they were."""
    tiny_course.hand_in("ann")
    (tiny_course.assignment.hidden / name).write_text(text)
    ran = grade()
    assert ran.code == 1
    errors = [line for line in ran.err.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1
    assert name in errors[0]
    assert "Traceback" not in ran.out + ran.err
    assert not (tiny_course.root / "autograded").exists()
