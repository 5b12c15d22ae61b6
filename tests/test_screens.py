"""One submission on the real screens, in a real browser: JupyterLab, Assignment List, Formgrader.

The tests are the steps of one story, in their order. Each looks at what its reader sees, and takes a
picture of it: `make screens` writes those that the docs show.
"""

import re
import subprocess
import sys
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

import nbformat
import pytest
from playwright.sync_api import Page, expect

from demo.__main__ import Course
from tests.screens import browser
from tests.screens.instructor import Instructor
from tests.screens.jupyter import Jupyter
from tests.screens.student import Student

NAME = "dropout_l2"
STUB = "        # YOUR CODE HERE\n        raise NotImplementedError()"
DROPOUT = [  # right, but for one thing that the visible checks do not look for
    """
h = self.layer(x)
self.mask = np.ones_like(h)
if self.training:
    self.mask = (np.random.randint(0, 100, h.shape) >= 100 * self.p) / (1 - self.p)
return h * self.mask
""",
    "return self.layer.backward(grad_output * self.mask)",
]
L2 = [
    "return self.layer(x)",
    "return self.coefficient * np.sum(self.weights**2)",
    """
grad_input = self.layer.backward(grad_output)
self.grads["weights"] += 2 * self.coefficient * self.weights
return grad_input
""",
]
CHECKS = [
    "check_dropout_forward",
    "check_dropout_backward",
    "check_l2_forward",
    "check_l2_backward",
]
ITEMS = {"test_dropout_backward": "0.5", "test_l2_forward": "0.5", "test_l2_backward": "1"}
LOST = "test_dropout_forward"
ADVICE = "draw numbers between 0 and 1"
BY_HAND = 0.75  # points, where the suite gave fewer


@dataclass
class Story:
    """Who takes part, and where."""

    course: Path
    pictures: browser.Pictures
    student: Student
    instructor: Instructor
    failed: str = ""

    def take(self, page: Page, name: str) -> None:
        self.pictures.take(page, name)


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """A course, its exchange, a student, and a JupyterLab server for each of the two people."""
    browser.require()
    folder = tmp_path_factory.mktemp("screens")
    course = Course(folder / "course")
    course.create()
    work = folder / "work"
    work.mkdir()
    config = f"""
c.CourseDirectory.course_id = "deep_learning"
c.CourseDirectory.student_id = "student-01"
c.Exchange.root = {str(course.root / "exchange")!r}
c.Exchange.cache = {str(folder / "cache")!r}
"""
    with ExitStack() as stack:
        servers = [
            stack.enter_context(closing(Jupyter(course.root, folder / "instructor"))),
            stack.enter_context(closing(Jupyter(work, folder / "student", config))),
        ]
        shown = stack.enter_context(browser.launched())
        instructor, student = (browser.new_page(shown) for _ in servers)
        yield Story(
            course.root,
            browser.Pictures(folder / "pictures"),
            Student(student, servers[1], NAME),
            Instructor(instructor, servers[0], NAME),
        )


@pytest.fixture(autouse=True)
def step(request, story):
    """A step is skipped if an earlier one failed; a failed step shows what was on the screen."""
    if story.failed:
        pytest.skip(f"the story ended with {story.failed}")
    failures = request.session.testsfailed
    yield
    if request.session.testsfailed > failures:
        story.failed = request.node.name
        for person in (story.student, story.instructor):
            picture = person.server.log.with_name("failed.png")
            person.page.screenshot(path=picture)
            print(f"{person.page.url}\nPicture: {picture}\n{person.server.log.read_text()[-3000:]}")


def test_instructor_releases(story):
    """The Formgrader makes the students' version and releases it, at two buttons."""
    instructor = story.instructor
    frame = instructor.open_lab()
    expect(frame.get_by_role("link", name=NAME)).to_be_visible()
    story.take(instructor.page, "formgrader")
    instructor.open_assignments()
    dialog = instructor.press("assign")
    expect(dialog).to_contain_text(f"Successfully created the student version of '{NAME}'")
    instructor.close(dialog)
    dialog = instructor.press("release")
    expect(dialog).to_contain_text(f"Successfully released '{NAME}'")
    instructor.close(dialog)
    expect(instructor.row.locator("td.status")).to_have_text("released")
    story.take(instructor.page, "released")


def test_student_fetches(story):
    """The Assignment List shows what was released; fetched, it opens in JupyterLab, unsolved."""
    student = story.student
    student.open_lab()
    student.open_assignment_list()
    expect(student.list["released"]).to_contain_text(NAME)
    story.take(student.page, "assignment-list")
    student.fetch()
    student.open_notebook()
    stub = student.cell("class Dropout(LayerWrapper)")
    expect(stub).to_be_visible()
    story.take(student.page, "notebook")


def test_student_fills_both_stubs(story):
    """The answers are pasted into the two cells that the notebook names."""
    student = story.student
    cells = nbformat.read(story.course / "release" / NAME / f"{NAME}.ipynb", as_version=4).cells
    for first_line, bodies in {
        "class Dropout(LayerWrapper)": DROPOUT,
        "class L2regularization(LayerWrapper)": L2,
    }.items():
        stub = next(cell.source for cell in cells if cell.source.startswith(first_line))
        student.write(first_line, solved(stub, bodies))
    student.show(
        student.notebook.locator(".cm-line", has_text="np.random.randint(0, 100, h.shape)")
    )
    story.take(student.page, "answer")


def test_visible_checks_pass(story):
    """Run from the top, each visible check says what is right, and nothing has failed."""
    student = story.student
    student.run_all()
    expect(student.errors).to_have_count(0)
    for check in CHECKS:
        expect(student.cell(f"{check}(").locator(".jp-OutputArea")).to_contain_text("ok: ")
    student.show(student.cell("check_dropout_backward("))
    story.take(student.page, "visible-checks")


def test_validate_shows_success(story):
    """nbgrader's Validate button runs the notebook once more and says that it passes."""
    dialog = story.student.validate()
    expect(dialog).to_contain_text("Success! Your notebook passes all the tests.")
    story.take(story.student.page, "validate")
    story.student.close(dialog)


def test_student_submits(story):
    """What was submitted at the Assignment List's button is listed there."""
    submitted = story.student.submit()
    expect(submitted).to_contain_text(NAME)
    story.take(story.student.page, "submitted")


def test_instructor_collects(story):
    """Collected at the Formgrader's button, the submission is counted and waits for grading."""
    instructor = story.instructor
    instructor.open_assignments()
    dialog = instructor.press("collect")
    expect(dialog).to_contain_text(f"Successfully collected submissions of '{NAME}'")
    instructor.close(dialog)
    expect(instructor.row.locator("td.num-submissions")).to_have_text("1")
    instructor.open_submissions()
    expect(instructor.row.locator("td.student-id")).to_have_text("student-01")
    expect(instructor.row.locator("td.status")).to_have_text("needs autograding")
    story.take(instructor.page, "collected")


def test_instructor_autogrades(story):
    """The button of this submission grades it, and the dialogue shows the log."""
    instructor = story.instructor
    dialog = instructor.press("autograde")
    expect(dialog).to_contain_text(f"Successfully autograded '{NAME}' for student 'student-01'")
    instructor.close(dialog)
    expect(instructor.row.locator("td.status")).to_have_text("graded")
    expect(instructor.row.locator("td.score")).to_have_text(re.compile(r"^2\.\d+ / 3$"))
    story.take(instructor.page, "autograded")


def test_points_and_report_stand_in_the_grade_cells(story):
    """Each graded cell has its points, and below them each property; where one fails, why."""
    instructor = story.instructor
    instructor.open_notebook()
    for item, points in ITEMS.items():
        expect(instructor.score(item)).to_have_attribute("placeholder", points)
        expect(instructor.cell(item)).to_contain_text("✓")
        expect(instructor.cell(item)).not_to_contain_text("✗")
    lost = instructor.cell(LOST)
    expect(instructor.score(LOST)).to_have_attribute("placeholder", re.compile(r"^0(\.\d+)?$"))
    expect(lost).to_contain_text("✗")
    expect(lost).to_contain_text(ADVICE)
    expect(lost).not_to_contain_text("Shown as it was written")
    instructor.show(LOST)
    story.take(instructor.page, "report")


def test_score_is_overridden_by_hand(story):
    """A score that is entered in the field counts from then on."""
    instructor = story.instructor
    instructor.give(LOST, BY_HAND)
    instructor.page.reload()
    expect(instructor.score(LOST)).to_have_value(str(BY_HAND))
    instructor.show(LOST)
    story.take(instructor.page, "by-hand")
    instructor.open_submissions()
    expect(instructor.row.locator("td.score")).to_have_text(f"{2 + BY_HAND} / 3")


def test_regrading_keeps_what_was_given_by_hand(story):
    """Neither the Formgrader's button nor `autograder grade --force` touches it.

    The Formgrader asks to look at it again, until somebody presses Resolve.
    """
    instructor = story.instructor
    dialog = instructor.press("autograde")
    expect(dialog).to_contain_text("Successfully autograded")
    instructor.close(dialog)
    expect(instructor.row.locator("td.score")).to_have_text(f"{2 + BY_HAND} / 3")
    story.take(instructor.page, "regraded")
    graded = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", NAME, "--force"],
        cwd=story.course,
        env=instructor.server.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        text=True,
    )
    assert "1 submission: 1 graded" in graded.stdout
    instructor.open_submissions()
    expect(instructor.row.locator("td.score")).to_have_text(f"{2 + BY_HAND} / 3")
    expect(instructor.row.locator("td.status")).to_have_text("needs manual grading")
    instructor.open_notebook()
    expect(instructor.score(LOST)).to_have_value(str(BY_HAND))
    instructor.resolve(LOST)
    instructor.open_submissions()
    expect(instructor.row.locator("td.status")).to_have_text("graded")


def test_instructor_hands_back(story):
    """The feedback is made and released at two buttons."""
    instructor = story.instructor
    instructor.open_assignments()
    for column, reported in {
        "generate-feedback": "Successfully generated feedback",
        "release-feedback": "Successfully released feedback",
    }.items():
        dialog = instructor.press(column)
        expect(dialog).to_contain_text(reported)
        instructor.close(dialog)
    story.take(instructor.page, "feedback-released")


def test_student_reads_the_feedback(story):
    """Fetched in the Assignment List, the page shows the points, what is wrong, and what to do."""
    student = story.student
    link = student.fetch_feedback()
    story.take(student.page, "feedback-fetched")
    page = student.read_feedback(link)
    for part in ("Dropout", "L2 regularization"):
        for direction in ("forward", "backward"):
            expect(page.locator("body")).to_contain_text(f"{part}, {direction} pass: ")
    expect(page.get_by_role("heading", name="Fix this")).to_be_visible()
    expect(page.locator("body")).to_contain_text(str(BY_HAND))
    expect(page.locator("body")).to_contain_text(ADVICE)
    story.take(student.page, "feedback")


def solved(stub: str, bodies: list[str]) -> str:
    """Return a released cell with one body for each of its stubs."""
    for body in bodies:
        assert STUB in stub
        stub = stub.replace(STUB, indent(body.strip(), "        "), 1)
    assert STUB not in stub
    return stub
