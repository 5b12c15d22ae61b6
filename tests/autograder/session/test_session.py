"""Sessions: a notebook's other cells cost nothing, as long as the class is defined."""

import copy

import numpy as np
import pytest
from nbformat.v4 import new_code_cell

from autograder.course.submission import Submission
from autograder.sandbox.budget import Budget
from autograder.sandbox.probe import reached
from autograder.sandbox.sandbox import DiedError, Sandbox, SandboxError, StudentError, TimedOutError
from autograder.session.session import RESTARTS, Session
from tests.autograder.support.tiny import HEADER, RIGHT, STUB, handed_in, make_course

FORGERY = """\
import sys
frame = sys._getframe()
while not hasattr(frame.f_locals.get("self"), "remarks"):
    frame = frame.f_back
frame.f_locals["self"].remarks = REMARKS
"""


def doubled(session):
    """Return the result of the session's Scaler for [1, 2]."""
    return session.namespace.Scaler(2.0)(np.array([1.0, 2.0])).tolist()


def test_an_answer_is_ready_to_be_graded(session):
    """The class of a plain submission works, without a remark."""
    opened = session(RIGHT)
    assert doubled(opened) == [2.0, 4.0]
    assert opened.remarks == []


@pytest.mark.parametrize(
    ("statement", "verb"),
    [
        ("while True: pass", "did not finish"),
        ("x = __import__('time').sleep(60)", "did not finish"),
        ("import os; os._exit(0)", "ended the process"),
        ("import ctypes\nctypes.string_at(0)", "ended the process"),
    ],
)
def test_a_statement_that_hangs_or_ends_the_worker_is_passed_over(session, statement, verb):
    """Such a statement is found and skipped with a remark, and the class works."""
    line = statement.count("\n") + 2
    limits = {"statement_seconds": 0.4, "submission_seconds": 4}  # a call may take 5
    opened = session(RIGHT, f"y = 1\n{statement}\nz = 3", **limits)
    assert doubled(opened) == [2.0, 4.0]
    assert opened.remarks == [f"code cell 4, line {line}: skipped: it {verb}"]
    assert (opened.namespace.y, opened.namespace.z) == (1, 3)


def test_several_such_statements_are_passed_over(session):
    """Each statement that ends the worker is found in turn."""
    opened = session(RIGHT, *["import os\nx = os._exit(1)"] * 3)
    assert doubled(opened) == [2.0, 4.0]
    assert [remark.partition(":")[0] for remark in opened.remarks] == [
        "code cell 4, line 2",
        "code cell 5, line 2",
        "code cell 6, line 2",
    ]


def test_endless_demonstrations_are_run_once(session):
    """After the first such statement only definitions run, so further loops take no time."""
    opened = session(RIGHT, *["while True: pass"] * 12, "late = 1", statement_seconds=0.4)
    assert opened.namespace.late == 1
    assert len(opened.remarks) == 1


def test_definitions_that_end_the_worker_have_a_limit(session):
    """A notebook with too many definitions that end the worker is given up."""
    with pytest.raises(DiedError, match="exit code 9"):
        session(RIGHT, *["x = __import__('os')._exit(9)"] * (RESTARTS + 1))


def test_cells_have_the_submissions_time(tmp_path):
    """Cells that never end use up the submission's time, and no more."""
    assignment = make_course(tmp_path, submission_seconds=0.5)
    submission = Submission.from_notebook(handed_in(assignment, RIGHT, "while True: pass"))
    budget, skip = Budget(0.5), []
    with pytest.raises(TimedOutError, match="has used up the submission's"):
        Session(assignment, submission, budget, 1, skip, reached())
    assert skip == []


def test_what_was_found_is_left_out_next_time(tmp_path):
    """The next session of a submission gets the statements to skip."""
    assignment = make_course(tmp_path, statement_seconds=0.4)
    submission = Submission.from_notebook(handed_in(assignment, RIGHT, "while True: pass"))
    budget, skip = Budget(60.0), []
    first = Session(assignment, submission, budget, 1, skip, reached())
    assert skip == [(2, 1)]  # of the cells that are run, the third: the grade cell is not
    second = Session(assignment, submission, budget, 1, skip, reached())
    assert doubled(first) == doubled(second) == [2.0, 4.0]
    assert second.remarks == []
    first.close()
    second.close()


def test_a_failed_statement_of_an_answer_is_remarked(session):
    """The remark has the line of each statement that failed in an answered cell."""
    opened = session(RIGHT + "\nScaler()(missing)\n")
    assert doubled(opened) == [2.0, 4.0]
    assert opened.remarks == ["cell `scaler`, line 5: NameError: name 'missing' is not defined"]


def test_a_failed_demonstration_is_not_remarked(session):
    """In other cells, an exception is ignored: a plot or a data set may be missing."""
    assert session(RIGHT, "open('data.csv')", "1 / 0").remarks == []


def test_many_failed_statements_of_a_cell_are_one_remark(session):
    """The remark shows the first three, and the number of the others."""
    opened = session(RIGHT + "\n" + "\n".join(f"missing_{n}.x" for n in range(60)))
    assert doubled(opened) == [2.0, 4.0]
    [remark] = opened.remarks
    assert remark.startswith("cell `scaler`, line 5: NameError: name 'missing_0' is not defined; ")
    assert remark.endswith("; and 57 more statements failed")
    assert remark.count("line ") == 3


@pytest.mark.parametrize("character", ["\u00a0", "\u200b", "\ufeff", "“"])
def test_a_character_that_python_does_not_have_is_named(session, character):
    """Jupyter cannot run the cell either; the remark says which character it is, and what to do."""
    [remark] = session(RIGHT, f"x = 1\ny ={character}2").remarks
    assert f"U+{ord(character):04X}" in remark
    assert remark.startswith("code cell 4, line 2: SyntaxError: ")
    assert remark.endswith("so type it anew")


@pytest.mark.parametrize(
    "answer",
    [
        "".join(f"    {line}\n" for line in RIGHT.splitlines()),
        f"%%time\n{RIGHT}",
        f"%load_ext autoreload\n{RIGHT}Scaler?\n!ls",
        f"async def f():\n    return Scaling\nScaling = await f()\n{RIGHT}",
    ],
)
def test_an_answer_is_what_jupyter_runs(session, answer):
    """Jupyter's own syntax around an answer does not matter."""
    opened = session(answer)
    assert doubled(opened) == [2.0, 4.0]
    assert opened.remarks == []


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("from own_file import Scaler", "own_file.Scaler is needed for the result"),
        ("import own_file as Scaler", "own_file is needed for the result"),
        (RIGHT.replace("return", "import own; return own.f(x);"), "own.f is needed for the result"),
        (RIGHT.replace("return", "return get_ipython();"), "needs a Jupyter command"),
        (RIGHT.replace("return", "import own; return [own.f(x)];"), "own.f is needed"),
    ],
)
def test_what_is_not_there_is_named_in_plain_words(session, answer, message):
    """An answer, or its value, may come from a file of the student's own."""
    opened = session(answer)
    with pytest.raises(StudentError, match=message) as caught:
        doubled(opened)
    assert "Absent" not in str(caught.value)


@pytest.mark.parametrize(
    "source", ["x = (1", "if True:\nx = 1", "if True:\n\tx = 1\n        y = 1"]
)
def test_a_cell_that_was_never_understood_is_remarked(session, source):
    """A cell that is not Python has a remark wherever it is, with its name and line first."""
    [remark] = session(RIGHT, source).remarks
    assert remark.startswith("code cell 4, line ")
    assert "Error: " in remark


def test_remarks_are_printable(session):
    """A student's exception reaches a remark in one line without control characters."""
    [remark] = session(RIGHT + "raise ValueError('a\\n\\x1b[31m\\ud800' + 'b' * 10**5)").remarks
    assert remark.isprintable()
    assert len(remark) < 500


def test_remarks_that_a_worker_forges_are_no_fault_of_ours(session):
    """A worker that sends an invalid list of remarks causes no remark and no error."""
    for remarks in ("[3, {'cell': 99, 'line': 1, 'cause': 'SyntaxError'}]", "'text'", "{'a': 1}"):
        assert session(RIGHT, FORGERY.replace("REMARKS", remarks)).remarks == []


def test_the_number_of_remarks_has_a_limit(session):
    """A worker that sends endless remarks cannot fill a screen."""
    code = FORGERY.replace("REMARKS", "[{'cell': 0, 'line': 1, 'cause': 'SyntaxError'}] * 30_000")
    assert 0 < len(session(RIGHT, code).remarks) <= 100


def test_an_answer_outlasts_a_try_out(session):
    """A class of the same name in a later cell does not replace the answer."""
    other = f"{HEADER}        return 0 * x"
    assert doubled(session(RIGHT, other)) == [2.0, 4.0]


def test_a_stub_may_be_answered_elsewhere(session):
    """If the stub is empty, a class in a cell of the student's own is graded."""
    assert doubled(session(STUB, RIGHT)) == [2.0, 4.0]
    assert doubled(session(f"\n{STUB}\n\n", RIGHT)) == [2.0, 4.0]


def test_grade_cells_are_not_run(tiny):
    """A submitted grade cell is not run, whatever it contains."""
    submitted = handed_in(tiny, RIGHT)
    submitted.cells[3].source = "Scaler = None\nwhile True: pass"
    session = Session(tiny, Submission.from_notebook(submitted), Budget(5.0), 1, [], reached())
    assert doubled(session) == [2.0, 4.0]
    assert session.remarks == []
    session.close()


@pytest.mark.parametrize("event", ["None", "[]", "'text'", "(1, 1, 1)", "(-1, 0)", "1e308"])
def test_no_event_makes_the_students_fault_ours(session, event):
    """After any event, even an invalid one, a statement has broken the cells' loop."""
    forged = (
        "import gc\nfrom autograder.worker import server, wire\n"
        "[sender] = [o.connection for o in gc.get_objects() if isinstance(o, server.Server)]\n"
    )
    last = FORGERY.replace("REMARKS", "3") + f"sender.sendall(wire.pack({{'event': {event}}}))"
    with pytest.raises(DiedError, match="the cells could not be run"):
        session(RIGHT, f"{forged}{last}")


def test_all_items_of_an_answer_see_the_same_names(tmp_path):
    """No name shows an answer which item is graded; later answers have other values."""
    assignment = make_course(tmp_path)
    submitted = handed_in(assignment, RIGHT)
    [scaler] = [
        c for c in submitted.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "scaler"
    ]
    [item] = [c for c in submitted.cells if c.metadata.get("nbgrader", {}).get("grade")]
    cells = [scaler]
    for number, name in enumerate(("first", "second", "third"), start=1):
        graded = copy.deepcopy(item)
        graded.metadata.nbgrader.grade_id = name
        cells += [new_code_cell(f"AT = {number}"), graded]
        if name == "second":
            other = copy.deepcopy(scaler)
            other.metadata.nbgrader.grade_id = "another"
            cells.append(other)
    submitted.cells = [*cells, new_code_cell("AT = 4")]
    opened = Session(assignment, Submission.from_notebook(submitted), Budget(5.0), 1, [], reached())
    seen = {name: opened.enter(name).AT for name in ("third", "first", "second", "first")}
    opened.close()
    assert seen == {"first": 2, "second": 2, "third": 3}


def test_a_fault_of_the_worker_is_ours(tiny, monkeypatch):
    """An error that cannot come from the student's statements holds the grade back."""

    def ask(*_, **__):
        raise StudentError("KeyError: 'cells'")

    monkeypatch.setattr(Sandbox, "ask", ask)
    submission = Submission.from_notebook(handed_in(tiny, RIGHT))
    with pytest.raises(SandboxError, match="the cells could not be run: KeyError"):
        Session(tiny, submission, Budget(5.0), 1, [], reached())
