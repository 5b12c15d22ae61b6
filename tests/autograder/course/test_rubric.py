"""A rubric: read as it is written, and each fault is one line that says what to do."""

import pytest

from autograder.course.assignment import Assignment, AssignmentError
from autograder.course.rubric import RubricError, read_rubric
from autograder.results.criterion import Criterion
from tests.autograder.support.tiny import make_course

RUBRIC = """
[test_scaler.multiplies]
weight = 80
sentence = "Each element is multiplied."

[test_scaler.keeps]
weight = 20
manners = true
sentence = "x stays as it is."
"""
SUITE = """
import pytest


@pytest.mark.criterion("multiplies")
def test_a(submission):
    pass


@pytest.mark.criterion("keeps")
class TestManners:
    def test_b(self, submission):
        pass

    @pytest.mark.criterion("multiplies")
    def test_c(self, submission):
        pass
"""


def course(folder, rubric=RUBRIC, suite=SUITE):
    assignment = make_course(folder, suites={"test_scaler.py": suite})
    (assignment.hidden / "rubric.toml").write_text(rubric)
    return Assignment(assignment.course, assignment.name)


def test_the_criteria_are_read_in_order(tmp_path):
    """With names, sentences, weights and manners; the item has them."""
    assignment = course(tmp_path)
    assignment.check()
    [item] = assignment.items
    assert item.rubric.criteria == (
        Criterion("multiplies", "Each element is multiplied.", 80),
        Criterion("keeps", "x stays as it is.", 20, manners=True),
    )


def test_an_item_may_have_a_title_and_a_question(tmp_path):
    """Its result has them, too; an item may have them without criteria."""
    texts = '[test_scaler]\ntitle = "Scaling"\nquestion = "Why?"\n'
    assignment = course(tmp_path / "a", texts + RUBRIC)
    assignment.check()
    [item] = assignment.items
    found = item.result([])
    assert (found.title, found.question, found.criteria) == (
        "Scaling",
        "Why?",
        item.rubric.criteria,
    )
    suite = SUITE.replace('@pytest.mark.criterion("multiplies")', "")
    plain = course(tmp_path / "b", texts, suite.replace('@pytest.mark.criterion("keeps")', ""))
    plain.check()
    assert plain.items[0].result([]).title == "Scaling"
    assert plain.items[0].result([]).criteria == ()


def test_a_rubric_belongs_to_the_version(tmp_path):
    """A changed weight changes what a submission scores, so it is graded again."""
    before = course(tmp_path / "a").suites_version
    assert course(tmp_path / "b", RUBRIC.replace("20", "30")).suites_version != before
    assert course(tmp_path / "c").suites_version == before


def test_an_assignment_needs_no_rubric(tmp_path):
    """Without the file there are no criteria, and the suites name none."""
    assert read_rubric(tmp_path / "rubric.toml") == {}
    assignment = make_course(tmp_path / "course")
    assignment.check()
    assert assignment.items[0].rubric.criteria == ()


FAULTS = {
    "no TOML": ("[test_scaler", "must be valid TOML"),
    "item": ('test_scaler = "x"', r"line 1: \[test_scaler.NAME\] must be a criterion"),
    "empty": ("[test_scaler]", r"line 1: \[test_scaler.NAME\] must be a criterion"),
    "title": (f"[test_scaler]\ntitle = 3\n{RUBRIC}", "test_scaler.title must be a text, got 3"),
    "question": (
        f'[test_scaler]\nquestion = " "\n{RUBRIC}',
        "test_scaler.question must be a text, got ' '",
    ),
    "table": ("[test_scaler]\nkeeps = 3", r"\[test_scaler.keeps\] must be a table, got 3"),
    "key": (RUBRIC.replace("manners", "maners"), r"line 6: .*'maners' \(did you mean manners\?\)"),
    "no weight": (RUBRIC.replace("weight = 80", ""), "line 2: .* a whole number from 1 .* None"),
    "weight": (RUBRIC.replace("80", "0"), "line 2: .* a whole number from 1 to 10000, got 0"),
    "share": (RUBRIC.replace("80", "0.8"), "line 2: .* a whole number .* got 0.8"),
    "no sentence": (RUBRIC.replace("Each element is multiplied.", " "), "line 2: .* a sentence"),
    "manners": (RUBRIC.replace("true", "1"), "line 6: .* manners must be true or false, got 1"),
    "only manners": (
        RUBRIC.replace("weight = 80", "weight = 80\nmanners = true"),
        "line 2: test_scaler must have a criterion without manners",
    ),
}


@pytest.mark.parametrize(("text", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_faulty_rubric_is_one_line(tmp_path, text, fault):
    """With the file, the line and what to do."""
    path = tmp_path / "rubric.toml"
    path.write_text(text)
    with pytest.raises(RubricError, match=fault) as caught:
        read_rubric(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


DISAGREEMENTS = {
    "no marker": (
        RUBRIC,
        SUITE.replace('@pytest.mark.criterion("multiplies")\ndef', "def"),
        r"test_scaler.py, line 5: test_a must name .* \(multiplies, keeps\), and has none: write",
    ),
    "misspelt": (
        RUBRIC,
        SUITE.replace('"keeps"', '"kepes"'),
        r"line 12: TestManners.test_b must name .*'kepes' \(did you mean keeps\?\)",
    ),
    "no property": (
        RUBRIC + '\n[test_scaler.scales]\nweight = 1\nsentence = "It scales."\n',
        SUITE,
        r"rubric.toml, line 11: no property of test_scaler.py has this criterion: mend that line",
    ),
    "unknown item": (
        RUBRIC + '\n[test_scalar.scales]\nweight = 1\nsentence = "It scales."\n',
        SUITE,
        r"rubric.toml, line 11: must name items, got 'test_scalar' \(did you mean test_scaler\?\)",
    ),
    "item without": (
        "",
        SUITE,
        r"names the criterion 'multiplies', but .* has none of test_scaler",
    ),
}


@pytest.mark.parametrize(("rubric", "suite", "fault"), DISAGREEMENTS.values(), ids=DISAGREEMENTS)
def test_rubric_and_suites_agree_before_anything_is_graded(tmp_path, rubric, suite, fault):
    """Each property has a criterion, and each criterion a property."""
    assignment = course(tmp_path, rubric, suite)
    with pytest.raises(AssignmentError, match=fault) as caught:
        assignment.check()
    assert "\n" not in str(caught.value)
