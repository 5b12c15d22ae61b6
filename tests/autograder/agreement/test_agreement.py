"""Before a run changes anything, all is compared: each disagreement is one error that can be mended."""

import re
import shutil

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook

from autograder import cli
from autograder.course.assignment import AssignmentError
from tests.autograder.commands.test_class_grading import snapshot
from tests.autograder.support.course import opened
from tests.autograder.support.tiny import add_item, claimed, make_course

SHIFT = "def shift(x):\n    return x + 1\n"
SHIFT_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
SHIFT_SUITE = '''
def test_one_is_added(submission):
    """One is added."""
    assert submission.shift(1) == 2, "1 should become 2 [shift(1)]"
'''


@pytest.fixture
def tiny(tmp_path):
    return two_items(tmp_path)


def two_items(root):
    """Make two items, the second of which may be taken out, and a cell that is graded by hand."""
    assignment = add_item(make_course(root), "shift", SHIFT, SHIFT_STUB, SHIFT_SUITE)
    for stage in ("source", "release"):
        change(assignment, stage, lambda cells: cells.append(essay()))
    return assignment


@pytest.fixture(scope="module")
def with_ann(tmp_path_factory, empty_gradebook, grading_process):
    """The folder of the course in which ann was graded, and has a score by hand."""
    assignment = two_items(tmp_path_factory.mktemp("with_ann"))
    with opened(assignment, empty_gradebook, grading_process) as course:
        course.hand_in("ann")
        assert course.grade("ann")["success"]
        course.mark_by_hand("ann", 0.25)
    return assignment.root


def essay(name="essay"):
    cell = new_markdown_cell("YOUR ANSWER HERE")
    claims = {"schema_version": 3, "locked": False, "grade": True, "solution": True, "points": 3}
    cell.metadata.nbgrader = {**claims, "grade_id": name}
    return cell


def change(assignment, stage, how, name="tiny"):
    """Let a function change the cells of the source or the release."""
    path = assignment.root / stage / "tiny" / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    how(notebook.cells)
    nbformat.write(notebook, path)


def cell(cells, name):
    (found,) = (c for c in cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)
    return found


# ---- what is invalid_on_failure


def in_source(how):
    return lambda course: change(course.assignment, "source", how)


def in_release(how):
    return lambda course: change(course.assignment, "release", how)


def removed(*names):
    def how(cells):
        for name in names:
            cells.remove(cell(cells, name))

    return how


def set_claims(name, **claims):
    return lambda cells: cell(cells, name).metadata.nbgrader.update(claims)


def set_text(name, text):
    return lambda cells: setattr(cell(cells, name), "source", text)


def added_item(cells):
    cells += [
        claimed(SHIFT_STUB, solution=True, grade_id="more"),
        claimed("# hidden", grade=True, locked=True, grade_id="test_more", points=0.5),
    ]


def suite(name, text=SHIFT_SUITE):
    return lambda course: (course.assignment.hidden / name).write_text(text)


def without_suite(name):
    return lambda course: (course.assignment.hidden / name).unlink()


def renamed_suite(old, new):
    hidden = "tests/hidden/tiny"
    return lambda course: (course.root / hidden / old).rename(course.root / hidden / new)


def file(path, text):
    return lambda course: (course.root / path).write_text(text)


def without(path):
    return lambda course: (course.root / path).unlink()


def renamed(old, new):
    return lambda course: (course.root / old).rename(course.root / new)


def copied_notebook(course):
    content = (course.root / "source/tiny/tiny.ipynb").read_bytes()
    (course.root / "source/tiny/second.ipynb").write_bytes(content)


def all_of(*steps):
    def do(course):
        for step in steps:
            step(course)

    return do


def generate(course):
    """Do what the message says."""
    result = course.api.generate_assignment("tiny", force=True)
    assert result["success"], result


def discarding(course):
    course.api.config.SourceExporter.discard_marks = True
    generate(course)


TAKEN_OUT = in_source(removed("shift", "test_shift"))
NO_SHIFT_SUITE = without_suite("test_shift.py")
GENERATE = "run `nbgrader generate_assignment tiny --force`"
KINDS = {
    # the source and the suites
    "an item is taken out": (
        TAKEN_OUT,
        (
            "test_shift.py in .* must have the graded cell of that name in .*`test_shift` is not in"
            f".*delete test_shift.py, or put the cell back.*{GENERATE}"
        ),
        all_of(NO_SHIFT_SUITE, generate),
    ),
    "an item is taken out with its suite": (
        all_of(TAKEN_OUT, NO_SHIFT_SUITE),
        f"`test_shift` is not in the source.*{GENERATE}",
        generate,
    ),
    "an item is added": (
        in_source(added_item),
        f"has none for `test_more`.*write test_more.py, then {GENERATE}",
        all_of(suite("test_more.py"), generate),
    ),
    "an item is renamed": (
        in_source(set_claims("test_shift", grade_id="test_moved")),
        f"rename test_shift.py to test_moved.py, then {GENERATE}",
        all_of(renamed_suite("test_shift.py", "test_moved.py"), generate),
    ),
    "an item has other points": (
        in_source(set_claims("test_shift", points=5)),
        f"`test_shift` has 1 points instead of 5.*{GENERATE}",
        generate,
    ),
    "an item has no points": (
        in_source(set_claims("test_shift", points=0)),
        "points of `test_shift` must be more than 0, got 0: give it points in",
        all_of(in_source(set_claims("test_shift", points=1)), generate),
    ),
    "an item has fewer than no points": (
        in_source(set_claims("test_shift", points=-1.5)),
        r"points of `test_shift` must be more than 0, got -1\.5",
        all_of(in_source(set_claims("test_shift", points=1)), generate),
    ),
    "the points are no number": (
        in_source(set_claims("essay", points="many")),
        "points of `essay` must be a number, got 'many'",
        all_of(in_source(set_claims("essay", points=3)), generate),
    ),
    "two cells have one name": (
        in_source(set_claims("shift", grade_id="scaler")),
        "grade_id must be there once, got more than one cell `scaler`",
        all_of(in_source(lambda c: c[4].metadata.nbgrader.update(grade_id="shift")), generate),
    ),
    "a solution cell is taken out": (
        in_source(removed("shift")),
        f"`shift` is not in the source.*{GENERATE}",
        generate,
    ),
    "a solution cell is renamed": (
        in_source(set_claims("shift", grade_id="moved")),
        f"`moved` is missing, `shift` is not in the source.*{GENERATE}",
        generate,
    ),
    "a solution cell is added": (
        in_source(lambda c: c.append(claimed(SHIFT_STUB, solution=True, grade_id="last"))),
        f"`last` is missing.*{GENERATE}",
        generate,
    ),
    "a suite is gone": (
        NO_SHIFT_SUITE,
        "has none for `test_shift`: write test_shift.py",
        suite("test_shift.py"),
    ),
    "a suite has no item": (
        suite("test_other.py"),
        "test_other.py in .*: delete test_other.py",
        without_suite("test_other.py"),
    ),
    "a suite is renamed": (
        renamed_suite("test_shift.py", "test_moved.py"),
        ": rename test_moved.py to test_shift.py\n",
        renamed_suite("test_moved.py", "test_shift.py"),
    ),
    "the source is no notebook": (
        all_of(renamed("source/tiny/tiny.ipynb", "copy"), file("source/tiny/tiny.ipynb", "{")),
        "tiny.ipynb must be a notebook.*put a copy in its place",
        renamed("copy", "source/tiny/tiny.ipynb"),
    ),
    "the source is gone": (
        renamed("source/tiny/tiny.ipynb", "copy"),
        "source/./tiny must hold a notebook, got none|source/tiny must hold a notebook, got none",
        renamed("copy", "source/tiny/tiny.ipynb"),
    ),
    "a region does not end": (
        in_source(set_text("shift", "### BEGIN SOLUTION")),
        "nbgrader cannot release it .*no end solution statement",
        all_of(in_source(set_text("shift", SHIFT)), generate),
    ),
    "a region of a file does not end": (
        file("source/tiny/more.py", "### BEGIN SOLUTION"),
        "more.py: nbgrader cannot release it .*no end solution statement",
        without("source/tiny/more.py"),
    ),
    "a given module is no Python": (
        file("source/tiny/scaling.py", "class Scaling(:"),
        "scaling.py must be Python in UTF-8",
        all_of(file("source/tiny/scaling.py", "class Scaling:\n    factor = 2\n"), generate),
    ),
    # the release
    "the release is gone": (
        without("release/tiny/tiny.ipynb"),
        f"tiny.ipynb must be what nbgrader makes of .*it is missing: {GENERATE}",
        generate,
    ),
    "the release is no notebook": (
        file("release/tiny/tiny.ipynb", "{"),
        f"it cannot be read: {GENERATE}",
        generate,
    ),
    "a text is newer than the release": (
        in_source(lambda cells: setattr(cells[0], "source", "# Scales")),
        f"a cell that is not graded has another text: {GENERATE}",
        generate,
    ),
    "a graded cell is newer than the release": (
        in_source(set_text("test_shift", "# other")),
        f"`test_shift` has another text: {GENERATE}",
        generate,
    ),
    "the release is edited by hand": (
        in_release(set_text("shift", "def shift(x): ...")),
        f"`shift` has another text: {GENERATE}",
        generate,
    ),
    "points are edited in the release": (
        in_release(set_claims("test_shift", points=2)),
        f"`test_shift` has 2 points instead of 1: {GENERATE}",
        generate,
    ),
    "a cell of the release is not graded": (
        in_release(set_claims("test_shift", grade=False)),
        f"`test_shift` is .* instead of a grade cell .*: {GENERATE}",
        generate,
    ),
    "the release has another order": (
        in_release(lambda cells: cells.insert(2, cells.pop(4))),
        f"its cells have another order: {GENERATE}",
        generate,
    ),
    "a cell is twice in the release": (
        in_release(lambda cells: cells.append(nbformat.from_dict({**cells[2], "id": "again"}))),
        f"a grade_id is there more than once: {GENERATE}",
        generate,
    ),
    "a given module is newer": (
        file("source/tiny/scaling.py", "class Scaling:\n    factor = 2\n"),
        f"scaling.py has another content: {GENERATE}",
        generate,
    ),
    "a module is in the release alone": (
        file("release/tiny/help.py", ""),
        f"help.py is not in the source: {GENERATE}",
        generate,
    ),
    "a module is in the source alone": (
        file("source/tiny/help.py", ""),
        f"help.py is missing: {GENERATE}",
        generate,
    ),
    # notebooks
    "the notebook is renamed": (
        renamed("source/tiny/tiny.ipynb", "source/tiny/scales.ipynb"),
        f"the notebook scales is missing.*{GENERATE}|scales.ipynb must be .*{GENERATE}",
        generate,
    ),
    "a notebook is added": (
        copied_notebook,
        f"second.ipynb must be .*it is missing.*{GENERATE}",
        generate,
    ),
    "the manifest is no TOML": (
        file("tests/hidden/tiny/manifest.toml", "forbidden = ["),
        "manifest.toml must be valid TOML",
        file("tests/hidden/tiny/manifest.toml", ""),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_agree_is_one_error(tiny_course, grade, kind, with_ann):
    """Nothing has been touched; what the error says works; a score by hand elsewhere is kept."""
    spoil, reported, mend = KINDS[kind]
    shutil.copytree(with_ann, tiny_course.root, dirs_exist_ok=True)
    (tiny_course.hand_in("bob") / "link").symlink_to("/etc")
    spoil(tiny_course)
    before = snapshot(tiny_course.root)
    ran = grade()
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1), ran
    assert ran.err.startswith("Error: ")
    assert re.search(reported, ran.err), ran.err
    assert snapshot(tiny_course.root) == before
    mend(tiny_course)
    ran = grade()
    assert ran.code == 0, ran
    with Gradebook(tiny_course.url) as gradebook:
        assert by_hand(gradebook, "ann") == {"test_scaler": 0.25}
        entered = gradebook.find_assignment("tiny")
        assert entered.max_score == sum(points_in_source(tiny_course))
        assert len(gradebook.find_submission("tiny", "bob").notebooks) == len(entered.notebooks)


def by_hand(gradebook, student):
    submission = gradebook.find_submission("tiny", student)
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    return {grade.name: grade.manual_score for grade in grades if grade.manual_score is not None}


def points_in_source(course):
    for path in (course.root / "source" / "tiny").glob("*.ipynb"):
        for one in nbformat.read(path, as_version=4).cells:
            if one.metadata.get("nbgrader", {}).get("grade"):
                yield one.metadata.nbgrader.points


# ---- the gradebook


def test_what_people_gave_by_hand_goes_only_if_they_say_so(tiny_course, grade):
    """nbgrader's own command refuses, and names the option; marks elsewhere are kept."""
    tiny_course.hand_in("ann")
    assert grade().code == 0
    tiny_course.mark_by_hand("ann", 0.25)
    with Gradebook(tiny_course.url) as gradebook:
        gradebook.find_grade("test_shift", "tiny", "tiny", "ann").manual_score = 0.5
        gradebook.db.commit()
    TAKEN_OUT(tiny_course)
    NO_SHIFT_SUITE(tiny_course)
    before = snapshot(tiny_course.root)
    ran = grade()
    assert ran.code == 1
    assert "(1 score or comment by hand for `test_shift`)" in ran.err
    assert ran.err.endswith(
        ": run `nbgrader generate_assignment tiny --force --SourceExporter.discard_marks=True`\n"
    )
    refused = tiny_course.api.generate_assignment("tiny", force=True)
    assert not refused["success"]
    assert "put the cells back in" in refused["log"]
    assert snapshot(tiny_course.root) == before
    discarding(tiny_course)
    assert grade().code == 0
    with Gradebook(tiny_course.url) as gradebook:
        assert by_hand(gradebook, "ann") == {"test_scaler": 0.25}


def test_a_notebook_with_another_name_keeps_its_marks(tiny_course, grade):
    """Its cells are the same, so what was entered for them is."""
    tiny_course.hand_in("ann")
    assert grade().code == 0
    with Gradebook(tiny_course.url) as gradebook:
        gradebook.find_grade("essay", "tiny", "tiny", "ann").manual_score = 2
        gradebook.db.commit()
    renamed("source/tiny/tiny.ipynb", "source/tiny/scales.ipynb")(tiny_course)
    assert grade().code == 1
    generate(tiny_course)
    assert grade().code == 0
    with Gradebook(tiny_course.url) as gradebook:
        assert by_hand(gradebook, "ann") == {"essay": 2}


def test_entries_that_a_submission_lacks_are_made(tiny_course, grade):
    """As after a program that has added a cell to the gradebook, and nothing else."""
    tiny_course.hand_in("ann")
    assert grade().code == 0
    with Gradebook(tiny_course.url) as gradebook:
        gradebook.db.delete(gradebook.find_grade("essay", "tiny", "tiny", "ann"))
        gradebook.db.commit()
    ran = grade("--force")
    assert ran.code == 1
    assert "some submissions lack entries" in ran.err
    generate(tiny_course)
    assert grade("--force").code == 0


@pytest.mark.parametrize("button", [False, True], ids=["command", "button"])
def test_a_gradebook_without_submissions_gets_the_cells_by_itself(tiny_course, grade, button):
    """There is nothing in it that could be lost; in the Formgrader, too."""
    all_of(TAKEN_OUT, NO_SHIFT_SUITE)(tiny_course)
    in_source(set_claims("essay", points=7))(tiny_course)
    in_release(removed("shift", "test_shift"))(tiny_course)
    in_release(set_claims("essay", points=7))(tiny_course)
    tiny_course.hand_in("ann")
    assert tiny_course.grade("ann")["success"] if button else grade().code == 0
    with Gradebook(tiny_course.url) as gradebook:
        assert gradebook.find_assignment("tiny").max_score == 9


def test_a_gradebook_that_does_not_know_the_assignment_learns_it_from_the_button(tiny_course):
    """So a fresh checkout can be graded in the Formgrader."""
    with Gradebook(tiny_course.url) as gradebook:
        gradebook.remove_assignment("tiny")
    tiny_course.hand_in("ann")
    assert tiny_course.grade("ann")["success"]
    assert tiny_course.marks("ann")[0] == 2.0


# ---- by other ways


def test_the_formgraders_button_destroys_nothing(tiny_course):
    """The error is in its log."""
    tiny_course.hand_in("ann")
    assert tiny_course.grade("ann")["success"]
    in_source(set_claims("test_shift", points=5))(tiny_course)
    before = snapshot(tiny_course.root)
    result = tiny_course.grade("ann")
    assert not result["success"]
    assert f"`test_shift` has 1 points instead of 5: {GENERATE}" in result["log"]
    assert snapshot(tiny_course.root) == before


def test_a_dry_run_compares_as_well(tiny_course, grade):
    """What it showed would be of another assignment."""
    tiny_course.hand_in("ann")
    TAKEN_OUT(tiny_course)
    before = snapshot(tiny_course.root)
    assert GENERATE in grade("--dry-run").err
    assert snapshot(tiny_course.root) == before


def test_another_gradebook_is_named_in_the_remedy(tiny_course, grade):
    """Else nbgrader would keep the one of the settings."""
    tiny_course.hand_in("ann")
    in_source(set_claims("test_shift", points=5))(tiny_course)
    url = "sqlite:///other.db"
    assert f"tiny --force --db={url}`" in grade("--db", url).err


def test_steps_of_the_courses_own_may_change_texts(tiny_course, grade):
    """What they make of a source is not known, so only cells, kinds and points are compared."""
    tiny_course.set(
        "from autograder.class_run.nbgrader_plugins import RestoreCells as Own",
        "c.GenerateAssignment.preprocessors.append(Own)",
    )
    tiny_course.hand_in("ann")
    in_release(set_text("shift", "def shift(x): ..."))(tiny_course)
    assert grade().code == 0
    in_release(set_claims("test_shift", points=5))(tiny_course)
    assert "`test_shift` has 5 points instead of 1" in grade().err


def test_a_source_that_nbgrader_refuses_leaves_the_release(tiny_course):
    """nbgrader itself would remove the release before it finds out."""
    in_source(set_claims("shift", grade_id="scaler"))(tiny_course)
    before = snapshot(tiny_course.root)
    result = tiny_course.api.generate_assignment("tiny", force=True)
    assert not result["success"]
    assert "got more than one cell `scaler`" in result["log"]
    assert snapshot(tiny_course.root) == before


@pytest.mark.parametrize("command", ["status", "report"])
def test_what_is_shown_is_of_the_source_that_was_graded(tiny_course, grade, command):
    """Else the sum on the screen would not be the one in the gradebook."""
    tiny_course.hand_in("ann")
    assert grade().code == 0
    words = [command, "tiny", "--course", str(tiny_course.root)]
    assert CliRunner().invoke(cli.commands, words).exit_code == 0
    in_source(set_claims("test_shift", points=5))(tiny_course)
    ran = CliRunner().invoke(cli.commands, words)
    assert isinstance(ran.exception, AssignmentError)
    assert "`test_shift` has 1 points instead of 5: run `autograder grade tiny`" in str(
        ran.exception
    )
