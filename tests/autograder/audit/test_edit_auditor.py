"""The audit by single edits: it finds a suite's hole, and finds none when the hole is closed."""

import pytest

from autograder.audit.edit_auditor import EditAuditor, Verdict
from tests.autograder.support.tiny import HEADER, IDENTITY, IN_PLACE, add_item, make_course, wrong

# at 2, a product, a sum and a square are the same
HOLE = '''\
def test_output_is_twice_the_input(submission):
    """The output is factor * x."""
    assert submission.Scaler(2.0)(2.0) == 4.0


def observe_output(submission):
    return submission.Scaler(3.0)(5.0)
'''
CLOSED = f'''\
{HOLE}

def test_output_is_factor_times_input(submission):
    """The output is factor * x, for any factor."""
    assert submission.Scaler(5.0)(3.0) == 15.0
'''
SOLVED = f"{HEADER}        return x * self.factor\n"
TURNED = f"{HEADER}        y = self.factor * x\n        return y\n"


@pytest.fixture
def auditor(tmp_path, one_process):
    """A function that makes a course with a suite, and the auditor of its edits."""

    def make(suite, **options):
        course = {"suites": {"test_scaler.py": suite}, "solved": SOLVED, **options}
        return EditAuditor(make_course(tmp_path, **course), 1, lambda done, steps: None)

    return make


def tried(auditor, only="*"):
    return auditor.try_edits(auditor.edits(only))


def test_a_hole_is_found(auditor):
    """What the suite takes for the right product is listed with what it does."""
    trial = tried(auditor(HOLE))
    assert trial.faults == []
    assert {
        one.edited.change: (one.edited.place, one.differing) for one in trial.of(Verdict.SURVIVOR)
    } == {
        "return x * self.factor → return x + self.factor": (
            "reference (scaler), line 3",
            {"test_scaler": {"output": ("15", "8")}},
        )
    }


def test_a_property_closes_the_hole(auditor):
    """The same edits are made, and none that does something else has full marks."""
    found, closed = tried(auditor(HOLE)), tried(auditor(CLOSED))
    assert [one.edited.change for one in closed.tried] == [one.edited.change for one in found.tried]
    assert closed.of(Verdict.SURVIVOR) == []
    assert len(closed.of(Verdict.KILLED)) == len(found.of(Verdict.KILLED)) + 1


def test_an_edit_that_does_the_same_is_no_survivor(auditor):
    """For the suite and its observations, it is another right solution."""
    trial = tried(
        auditor(CLOSED, solved=f"{HEADER}        x = 1 * x\n        return x * self.factor\n")
    )
    assert "x = 1 * x → pass" in [one.edited.change for one in trial.of(Verdict.EQUIVALENT)]


def test_solutions_share_an_edit(auditor):
    """The same edit of the same line below the same line is made once; others are made in each."""
    auditor = auditor(CLOSED, variants={"turned": TURNED, "same": SOLVED, "odd": TURNED})
    names = [one.solution.name for one in auditor.edits()]
    assert {*names} == {"reference", "odd"}
    assert names == sorted(names, key=["reference", "odd"].index)
    assert {one.solution.name for one in auditor.edits("t*")} == {"turned"}


def test_the_line_is_the_one_of_the_file(auditor):
    """A variant's docstring counts."""
    auditor = auditor(CLOSED, variants={"turned": f'"""By another way.\n\nSo.\n"""\n\n{TURNED}'})
    path = auditor.assignment.root / "tests" / "variants" / "tiny" / "turned.py"
    edited = auditor.edits("turned")[0]
    line = path.read_text(encoding="utf-8").splitlines().index("        y = self.factor * x") + 1
    assert edited.place == f"turned, line {line}"


def test_a_solution_that_is_wrong_itself_is_a_fault(auditor):
    """Its edits prove nothing."""
    trial = tried(auditor(CLOSED, variants={"odd": IN_PLACE.replace("*=", "+=")}), "odd")
    [fault] = trial.faults
    assert fault.startswith("odd is not right before an edit: test_scaler: ")
    assert trial.tried == []


def test_an_edit_that_cannot_be_judged_is_a_fault(auditor):
    """The suite's own error is named with the edit."""
    bug = "    assert y != 8.0 or {}['key']\n"
    suite = CLOSED.replace(
        "    assert submission.Scaler(5.0)(3.0) == 15.0\n",
        f"    y = submission.Scaler(5.0)(3.0)\n{bug}    assert y == 15.0\n",
    )
    [fault] = tried(auditor(suite)).faults
    assert fault.startswith("reference (scaler), line 3: return x * self.factor → return x + self")
    assert "KeyError: 'key'" in fault


def test_a_suite_that_hangs_for_an_edit_is_a_fault(auditor):
    """The other edits are judged."""
    hanging = "    while submission.Scaler(3.0)(5.0) == 8.0:\n        pass\n"
    suite = HOLE.replace("    assert", f"{hanging}    assert")
    trial = tried(auditor(suite, suite_seconds=1))
    [fault] = trial.faults
    assert fault.startswith("reference (scaler), line 3: return x * self.factor → return x + self")
    assert trial.of(Verdict.KILLED)


ADD = "def add(x):\n    return x + 1\n"
STUB = ADD.replace("return x + 1", "raise NotImplementedError")
# it breaks for an edit of the other cell
NEIGHBOUR = """\
def test_one_is_added(submission):
    assert submission.add(3.0) == 4.0
    assert submission.Scaler(2.0)(5.0) != 7.0 or {}["key"]


def observe_sum(submission):
    return submission.add(3.0)
"""


def test_the_first_failure_is_enough(auditor):
    """The next item is not run: it would break for one of these edits."""
    breaks = (
        'def test_it(submission):\n    assert submission.Scaler(5.0)(3.0) == 15.0 or {}["key"]\n'
    )
    first = auditor(CLOSED).assignment
    assignment = add_item(first, "adder", ADD, ADD, breaks)
    trial = tried(EditAuditor(assignment, 1, lambda done, steps: None), "reference")
    assert trial.faults == []
    assert trial.of(Verdict.KILLED)


PLACED = f"{HEADER}        return x * self.factor\n\n    place = 2\n"
PLACES = f"""{CLOSED}

def observe_place(submission):
    return getattr(submission.Scaler(), "place", "nowhere")
"""


@pytest.mark.parametrize(
    ("variants", "survivors"),
    [
        ({"placed": PLACED}, {"3", "1", "0", "-2"}),
        ({"placed": PLACED, "turned": PLACED.replace("2", "1")}, {"3", "0", "-2", "-1"}),
    ],
    ids=["of one", "of several"],
)
def test_what_right_solutions_do_is_right(auditor, variants, survivors):
    """No place at all, as in the reference, or another variant's: the contract leaves it open."""
    trial = tried(auditor(PLACES, variants=variants))
    assert {one.edited.edit.after for one in trial.of(Verdict.SURVIVOR)} == {
        f"place = {place}" for place in survivors
    }
    assert "pass" in [one.edited.edit.after for one in trial.of(Verdict.EQUIVALENT)]


SUM = """\
def test_one_is_added(submission):
    assert submission.add(3.0) == 4.0
"""
BREAKS = """\
def test_it(submission):
    assert submission.add(3.0) == 4.0 or {}["key"]
"""


@pytest.mark.parametrize(("name", "faults"), [("add", 0), ("sum", 4)])
def test_the_item_of_the_functions_name_is_first(auditor, name, faults):
    """Where it is lost, an earlier item is not run: it would break."""
    tiny = auditor(BREAKS).assignment
    assignment = add_item(tiny, name, ADD, STUB, SUM)
    edits = EditAuditor(assignment, 1, lambda done, steps: None)
    of_sum = [one for one in edits.edits() if one.solution.grade_id == name]
    trial = edits.try_edits(of_sum[:4])
    assert (len(trial.faults), len(trial.of(Verdict.KILLED))) == (faults, 4 - faults)


@pytest.mark.parametrize("known", [True, False], ids=["named by mutants", "not known"])
def test_an_edit_is_judged_by_the_items_of_its_cell(auditor, known):
    """Mutants name the items of a cell; without them, all items are run."""
    mutants = {"identity": wrong(IDENTITY)} if known else {}
    tiny = auditor(HOLE, mutants=mutants).assignment
    assignment = add_item(tiny, "adder", ADD, STUB, NEIGHBOUR)
    trial = tried(EditAuditor(assignment, 1, lambda done, steps: None), "reference")
    assert {one.edited.solution.grade_id for one in trial.tried} == {"scaler", "adder"}
    assert len(trial.faults) == (0 if known else 1)
