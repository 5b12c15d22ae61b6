"""Grading: a function of the code and the assignment."""

import shutil
from dataclasses import replace

import psutil
import pytest

from autograder.audit.auditor import Auditor
from autograder.course.certificate import path_of
from autograder.course.submission import Submission
from autograder.grading import grader
from autograder.grading.graded import held, unreadable
from autograder.grading.grader import grade
from autograder.results.outcome import Outcome
from autograder.results.report import Status
from autograder.sandbox import isolation
from autograder.sandbox.probe import reached
from autograder.sandbox.sandbox import Sandbox
from autograder.sandbox.template import template
from tests.autograder.support.tiny import (
    HEADER,
    IDENTITY,
    IN_PLACE,
    MUTANTS,
    OBSERVATIONS,
    OBSERVED,
    RIGHT,
    SUITE,
    handed_in,
    make_course,
)

pytestmark = pytest.mark.usefixtures("fresh_suites")
BUGGY = SUITE + "\n\ndef test_bug(submission):\n    {}['key']\n"


def submitted(assignment, *sources):
    return Submission.from_notebook(handed_in(assignment, *sources))


@pytest.mark.parametrize(
    ("answer", "points"), [(RIGHT, 2.0), (IN_PLACE, 1.5), (IDENTITY, 0.0), ("", 0.0)]
)
def test_a_submission_earns_its_points(tiny, answer, points):
    """A right, a partly right, a wrong and an empty answer are graded, without a remark."""
    report = grade(tiny, submitted(tiny, answer))
    assert report.status is Status.GRADED
    assert report.item("test_scaler").points == points
    assert report.remarks == ()
    assert report.version == tiny.version


def test_remarks_come_first_and_once(tiny):
    """Earlier remarks and those of the cells are in the report, each once."""
    broken = submitted(tiny, RIGHT + "missing\n", "x = (1")
    report = grade(tiny, broken, remarks=("before", "before"))
    assert report.status is Status.REMARKS
    assert report.item("test_scaler").points == 2.0
    assert report.remarks[0] == "before"
    assert [remark.partition(",")[0] for remark in report.remarks[1:]] == [
        "cell `scaler`",
        "code cell 4",
    ]


def test_a_time_out_is_a_status(tmp_path):
    """A submission whose code did not return has another status than a wrong one."""
    assignment = make_course(tmp_path, call_seconds=0.3)
    report = grade(assignment, submitted(assignment, f"{HEADER}        while True: pass"))
    assert report.status is Status.TIMED_OUT
    assert report.item("test_scaler").points == 0.0


def test_a_bug_in_a_suite_holds_the_grade(tmp_path, capsys):
    """A broken property gives no points, and the operator gets its name."""
    assignment = make_course(tmp_path, suites={"test_scaler.py": BUGGY})
    report = grade(assignment, submitted(assignment, RIGHT))
    assert report.status is Status.HELD
    assert report.item("test_scaler").points is None
    assert "test_scaler.py::test_bug: KeyError: 'key'" in capsys.readouterr().err


def test_the_seed_belongs_to_the_code(tiny):
    """The same code is graded with the same numbers, other code with others."""
    first, again, other = (
        grade(tiny, submitted(tiny, answer)).seed for answer in (RIGHT, RIGHT, IDENTITY)
    )
    assert first == again == submitted(tiny, RIGHT).seed
    assert first != other


def test_an_unreadable_file_earns_nothing(tiny):
    """A file that is not a notebook fails in every item, with the cause."""
    report = unreadable(tiny, "the file is empty")
    assert report.status is Status.UNREADABLE
    assert report.item("test_scaler").points == 0.0
    assert report.item("test_scaler").properties[0].message == "the file is empty"
    assert report.remarks == ("the file is empty",)


def test_a_held_report_has_no_points(tiny):
    """A fault of the grader gives no grade in any item."""
    report = held(tiny, "out of disk")
    assert report.status is Status.HELD
    [item] = report.items
    assert (item.points, item.properties[0].outcome) == (None, Outcome.NOT_RUN)
    assert item.properties[0].message == "out of disk"


def test_each_notebook_of_an_assignment_is_graded(tiny):
    """Other notebooks of the assignment do not change a submission's grade."""
    for stage in ("source", "release"):
        folder = tiny.root / stage / "tiny"
        shutil.copy(folder / "tiny.ipynb", folder / "other.ipynb")
    named = replace(tiny, notebook="tiny")
    assert grade(named, submitted(named, RIGHT)).item("test_scaler").points == 2.0


@pytest.mark.parametrize("layers", [isolation.ALL, isolation.NONE], ids=isolation.describe)
def test_a_template_that_is_killed_costs_nobody_anything(tiny, layers, monkeypatch):
    """Its workers end with it during an answer, and the requests are sent again."""
    grade(tiny, Submission.from_notebook(handed_in(tiny, RIGHT)), layers=layers)
    parent = template(layers, tiny.limits, tiny.opening)
    family = psutil.Process(parent._process.pid).children(recursive=True)
    asked = Sandbox.exchange

    def kill_first(sandbox, requests, *what, **more):
        if requests[-1].label() == "Scaler" and sandbox._template is parent:
            for process in [parent._process, *family]:
                process.kill()
            psutil.wait_procs(family, 5)
        return asked(sandbox, requests, *what, **more)

    monkeypatch.setattr(Sandbox, "exchange", kill_first)
    report = grade(tiny, Submission.from_notebook(handed_in(tiny, RIGHT)), layers=layers)
    assert template(layers, tiny.limits, tiny.opening) is not parent
    assert (report.status, report.remarks) == (Status.GRADED, ())


@pytest.fixture
def audited(tmp_path, one_process):
    """A function that makes a course with a current certificate."""

    def make(suites=OBSERVED, **changes):
        assignment = make_course(tmp_path, suites=suites, mutants=MUTANTS, **changes)
        path = path_of(assignment)
        path.parent.mkdir()
        found = Auditor(assignment, 1, lambda done, steps: None).audit()
        path.write_text(found.to_json(), encoding="utf-8")
        return assignment

    return make


def advice(report):
    return [diagnosis.advice for diagnosis in report.item("test_scaler").diagnosis]


ADDED = f"{HEADER}        y = x + 0\n        return y\n"  # in other words than any mutant
SHARED = f"{HEADER}        x[:] = x * self.factor\n        return x\n"
TWO_MISTAKES = f"{SHARED}    def __init__(self, factor=3):\n        self.factor = factor\n"


@pytest.mark.parametrize(
    ("answer", "reported"),
    [
        (ADDED, ["Multiply by the factor."]),
        (SHARED, ["Leave x as it is."]),
        (TWO_MISTAKES, ["Leave x as it is.", "Take 2 without a factor."]),
        (f"{HEADER}        return x * 7\n", []),
        (RIGHT, []),
        ("", []),
    ],
    ids=["a mistake", "another", "two of them", "an unknown one", "none", "no answer"],
)
def test_a_known_mistake_is_named(audited, answer, reported):
    """An item that behaves like a mutant gets its advice; other items get none."""
    assignment = audited()
    assert advice(grade(assignment, submitted(assignment, answer))) == reported


def test_points_do_not_depend_on_the_certificate(audited):
    """Only the advice of a report depends on the certificate."""
    assignment = audited()
    with_advice = grade(assignment, submitted(assignment, SHARED))
    path_of(assignment).unlink()
    without = grade(assignment, submitted(assignment, SHARED))
    [item] = with_advice.items
    assert item.points == 1.5
    assert item.diagnosis
    assert replace(with_advice, items=(replace(item, diagnosis=()),)) == without


def test_a_report_with_advice_is_the_same_each_time(audited, grading_process):
    """This holds in this process, in another one, and after other submissions."""
    assignment = audited()
    reports = [
        grading_process.grade_notebook(assignment, handed_in(assignment, answer))
        for answer in (SHARED, ADDED, SHARED)
    ]
    assert advice(reports[0]) == ["Leave x as it is."]
    assert reports[0] == reports[2] == grade(assignment, submitted(assignment, SHARED))


def test_a_suite_that_breaks_all_over_is_one_line_of_the_log(tmp_path, capsys):
    """The line names the first property, and counts the others."""
    bugs = "".join(f"\n\ndef test_bug_{n}(submission):\n    {{}}['a\\nb']\n" for n in range(5))
    assignment = make_course(tmp_path, suites={"test_scaler.py": SUITE + bugs})
    assert grade(assignment, submitted(assignment, RIGHT)).status is Status.HELD
    [line] = capsys.readouterr().err.splitlines()
    assert "test_scaler.py::test_bug_0: KeyError: " in line
    assert line.endswith("(and 4 more faults)")


def test_without_a_current_certificate_nothing_is_named(audited, capsys):
    """A certificate of other suites names no mistake, and the operator reads what to do."""
    assignment = audited()
    suite = assignment.hidden / "test_scaler.py"
    suite.write_text(suite.read_text() + "\n")
    report = grade(replace(assignment), submitted(assignment, SHARED))
    assert report.item("test_scaler").points == 1.5
    assert advice(report) == []
    assert "run `autograder audit tiny`" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["{", "{}"])
def test_a_broken_certificate_breaks_no_grading(audited, text):
    """It counts as missing."""
    assignment = audited()
    path_of(assignment).write_text(text)
    report = grade(assignment, submitted(assignment, SHARED))
    assert (report.status, advice(report)) == (Status.GRADED, [])


def test_an_observation_that_breaks_breaks_no_grading(audited, capsys):
    """The points stay, no mistake is named, and the operator gets the observation's name."""
    bug = "\n\ndef observe_bug():\n    {}['key']\n"
    assignment = audited({"test_scaler.py": SUITE + OBSERVATIONS + bug})
    report = grade(assignment, submitted(assignment, SHARED))
    assert report.item("test_scaler").points == 1.5
    assert (report.status, advice(report)) == (Status.GRADED, [])
    assert "test_scaler.py::observe_bug: KeyError: 'key'" in capsys.readouterr().err


def test_where_the_suite_broke_nothing_is_named(audited):
    """An item that is held back has no diagnosis."""
    assignment = audited({"test_scaler.py": BUGGY + OBSERVATIONS})
    report = grade(assignment, submitted(assignment, SHARED))
    assert (report.status, advice(report)) == (Status.HELD, [])


def test_a_second_try_has_what_is_left_of_the_time(tiny, monkeypatch):
    """After a template has ended, the submission has only the rest of its time."""
    lefts = []
    run = grader._run

    def breaks_once(*what):
        budget = what[-1]
        lefts.append(budget.left)
        budget.left -= 25.0
        done = run(*what)
        if len(lefts) == 1:
            template(reached(), tiny.limits, tiny.opening).broken = True
        return done

    monkeypatch.setattr(grader, "_run", breaks_once)
    assert grade(tiny, submitted(tiny, RIGHT)).points == 2.0
    assert lefts[0] == tiny.limits.submission_seconds
    assert lefts[1] < lefts[0] - 25.0
