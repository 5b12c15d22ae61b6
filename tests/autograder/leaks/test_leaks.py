"""Each kind of leak is found where it was planted, and nothing else is."""

import shutil
from dataclasses import replace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.api import Gradebook
from nbgrader.utils import notebook_hash

from autograder.leaks.leaks import Leaks
from autograder.results.report import KEY
from tests.autograder.support.tiny import (
    GIVEN,
    MUTANTS,
    RIGHT,
    VARIANTS,
    add_item,
    handed_in,
    make_course,
)

SEED, KEYS = 123456789012, {"ann": "a1b2c3d4e5", "bob": "f6g7h8i9j0"}
CONFIDENTIAL = {  # what is planted, by what it is
    'where = f"Scaler({factor})"': "code of a hidden test",
    "test_default_factor_is_two": "the name of a hidden test",
    "return self.factor * x": "a line of the solution",
    "x *= self.factor": "code of a mutant or variant",
    "0.1234567": "a number that the reference prints",
    str(SEED): "the seed of a grading",
    KEYS["bob"]: "another student's key",
    "bob": "another student's datum",
    "b.jones@example.org": "another student's datum",
    "Bob Jones": "another student's datum",
    "Jones": "another student's datum",
    "/srv/course/x.py": "a path of a machine",
    r"C:\Users\me\x.py": "a path of a machine",
    "tests/hidden/tiny": "a path of the course",
    'File "sandbox.py", line 3, in ask': "a frame of a traceback",
    "sandbox.py:3: StudentError": "a frame of a traceback",
}
PAGE = """<html><head>{head}</head><body>
<h4>tiny</h4>
<div>{text}</div>
</body></html>
"""
OURS = '<meta name="generator" content="autograder feedback"><style>a { b: "/a/b/c" }</style>'


def page(text="", head=OURS):
    return PAGE.format(text=text, head=head)


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


@pytest.fixture
def course(tmp_path, empty_gradebook):
    """A graded class of two, ann and bob, in which nothing leaks."""
    assignment = make_course(tmp_path / "course", mutants=MUTANTS, variants=VARIANTS)
    root = assignment.root
    (root / "release" / "tiny" / "scaling.py").write_text(GIVEN["scaling.py"])
    solved = nbformat.from_dict(assignment.source)
    solved.cells[1].outputs = [new_output("stream", text="loss 0.1234567 of 0.5\n")]
    (root / "solution" / "tiny").mkdir(parents=True)
    nbformat.write(solved, root / "solution" / "tiny" / "tiny.ipynb")
    shutil.copy(empty_gradebook, root / "gradebook.db")
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "course") as gradebook:
        gradebook.add_student("ann", first_name="Ann", last_name="Miller")
        gradebook.add_student(
            "bob", first_name="Bob", last_name="Jones", email="b.jones@example.org"
        )
        gradebook.add_student("layer", first_name="x")  # a word, and a letter
    for student, key in KEYS.items():
        notebook = handed_in(assignment, RIGHT)
        notebook.metadata[KEY] = {"seed": SEED}
        for stage in ("submitted", "autograded", "feedback"):
            folder = root / stage / student / "tiny"
            folder.mkdir(parents=True)
            (folder / "submission_secret.txt").write_text(key)
            (folder / "timestamp.txt").write_text("2026-01-01 10:00:00 UTC")
            (folder / "scaling.py").write_text(GIVEN["scaling.py"])
            if stage != "feedback":
                nbformat.write(notebook, folder / "tiny.ipynb")
        (folder / "tiny.html").write_text(page("2 of 2 points"))
    return assignment


def finds(assignment):
    return Leaks(assignment, f"sqlite:///{assignment.root / 'gradebook.db'}").finds()


def the_find(assignment):
    found = finds(assignment)
    assert len(found) == 1, "\n".join(map(str, found))
    return found[0]


def write_page(assignment, text="", student="ann", **parts):
    path = assignment.root / "feedback" / student / "tiny" / "tiny.html"
    path.write_text(page(text, **parts))


def change_release(assignment, change, stage="release"):
    path = assignment.root / stage / "tiny" / "tiny.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def test_a_clean_course_has_no_leak(course):
    """Neither the style of a page nor the student's own data are one."""
    write_page(course, "Ann Miller, ann: 1 / (1 - p), https://example.org/a/b.html, a/b/c")
    search = Leaks(course, f"sqlite:///{course.root / 'gradebook.db'}")
    assert search.finds() == []
    assert search.files == 2 + 2 * 4
    assert sorted(search.confidential.too_common) == ["layer"]


@pytest.mark.parametrize("planted", [*CONFIDENTIAL, "Without a factor, 2 is taken."])
def test_what_is_confidential_is_found_in_the_release(course, planted):
    """With the cell and the line, and the command by which it goes away."""
    planted_in = f"Look:\nso {planted}\nit is"
    change_release(course, lambda notebook: notebook.cells.append(new_markdown_cell(planted_in)))
    change_release(course, lambda notebook: notebook.cells.append(new_markdown_cell("shown")))
    found = the_find(course)
    assert (found.path, found.place) == ("release/tiny/tiny.ipynb", "cell 5, line 2")
    assert CONFIDENTIAL.get(planted, "the sentence of a hidden test") in found.what
    assert "source/tiny" in found.remedy
    assert "nbgrader generate_assignment tiny --force" in found.remedy


@pytest.mark.parametrize("planted", CONFIDENTIAL)
def test_what_is_confidential_is_found_in_feedback(course, planted):
    """On another student's page, with its line in the page's source."""
    write_page(course, f"one<br>\n<code>so {escaped(planted)} is</code>")
    found = the_find(course)
    assert (found.path, found.place) == ("feedback/ann/tiny/tiny.html", "line 4")
    assert CONFIDENTIAL[planted] in found.what
    assert "nbgrader generate_feedback tiny --student=ann --force" in found.remedy


@pytest.mark.parametrize("planted", ['<b title="{}">x</b>', "<!-- {} -->", "<pre>x\n{}</pre>"])
def test_what_a_page_does_not_show_is_looked_through_too(course, planted):
    """Its attributes and comments, and each line of a text."""
    write_page(course, planted.format("see /srv/course/x.py"))
    assert "a path of a machine" in the_find(course).what


@pytest.mark.parametrize("planted", CONFIDENTIAL)
def test_what_a_student_handed_in_is_no_leak_to_them(course, planted):
    """An answer may be the solution, and a message may quote it; a grade cell is no answer."""

    def hand_in(notebook):
        notebook.cells.append(new_code_cell(f"# {planted}"))

    change_release(course, hand_in, "autograded/ann")
    write_page(course, escaped(planted))
    assert finds(course) == []
    write_page(course, escaped(planted), student="bob")
    of_bob = {KEYS["bob"], "bob", "b.jones@example.org", "Bob Jones", "Jones"}
    assert len(finds(course)) == (planted not in of_bob)


@pytest.mark.parametrize("planted", CONFIDENTIAL)
def test_what_a_students_code_printed_is_no_leak_to_them(course, planted):
    """A traceback names the folders of their own machine, and is shown as it was handed in."""
    printed = new_output("stream", text=f"so {planted}\n")

    def hand_in(notebook):
        notebook.cells.append(new_code_cell("run()", outputs=[printed]))

    change_release(course, hand_in, "submitted/ann")
    write_page(course, escaped(f"so {planted}"))
    assert finds(course) == []


REMARK = "the factor alone is what scales the input"
COMMENTED = f"""\
class Scaler(Scaling):
    def __call__(self, x):
        ### BEGIN SOLUTION
        y = self.factor * x  # {REMARK}
        return y
        ### END SOLUTION
"""
COPIES = {  # of the reference solution, by where a student has it
    "an answer": new_code_cell(f"y = 1  # {REMARK}"),
    "text": new_markdown_cell(f"I read: {REMARK}"),
    "an output": new_code_cell("show()", outputs=[new_output("stream", text=f"#  {REMARK}\n")]),
    "the source": new_code_cell("### BEGIN SOLUTION\ny = 2"),
}


@pytest.fixture
def commented(course):
    """The class of two, whose reference solution has a comment."""
    change_release(course, lambda book: book.cells[2].update(source=COMMENTED), "source")
    return replace(course)


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
def test_the_reference_is_found_in_what_a_student_handed_in(commented, copy):
    """By one of its comments, or by the marks that only the source has."""
    change_release(commented, lambda notebook: notebook.cells.append(copy), "submitted/ann")
    found = the_find(commented)
    assert (found.path, found.what[:22]) == (
        "submitted/ann/tiny/tiny.ipynb",
        "the reference solution",
    )


def test_the_reference_is_found_on_a_page_and_beside_a_notebook(commented):
    """By any way."""
    (commented.root / "submitted" / "bob" / "tiny" / "x.py").write_text(COMMENTED)
    change_release(commented, lambda book: book.cells.append(COPIES["an answer"]), "autograded/ann")
    write_page(commented, f"<pre>y = 1  # {REMARK}</pre>")
    assert [one.path for one in finds(commented)] == [
        "submitted/bob/tiny/x.py",
        "autograded/ann/tiny/tiny.ipynb",
        "feedback/ann/tiny/tiny.html",
    ]


@pytest.mark.parametrize(
    "answer", [RIGHT, f"{RIGHT}    # the factor alone\n", "y = self.factor * x"]
)
def test_a_right_answer_that_is_like_the_reference_is_no_leak(commented, answer):
    """Short right answers are alike."""
    change_release(
        commented, lambda book: book.cells.append(new_code_cell(answer)), "submitted/ann"
    )
    assert finds(commented) == []


def test_a_long_region_that_is_the_same_to_the_letter_is_no_coincidence(course):
    """Without any comment; one line that differs is resemblance."""
    body = [f"        self.state_{n} = x * {n}" for n in range(9)]
    region = "\n".join(["        ### BEGIN SOLUTION", *body, "        ### END SOLUTION\n"])
    start = "class Scaler(Scaling):\n    def __call__(self, x):\n"
    change_release(course, lambda book: book.cells[2].update(source=start + region), "source")
    theirs = start + "\n".join(body)
    for text, count in ((theirs, 1), (theirs.replace("x * 4", "4 * x"), 0)):
        change_release(
            course, lambda book, text=text: book.cells[2].update(source=text), "submitted/ann"
        )
        assert len(finds(replace(course))) == count


def test_a_grade_cells_text_is_not_the_students(course):
    """The text of a locked cell counts on the page."""
    change_release(
        course,
        lambda notebook: notebook.cells[3].update(source="return self.factor * x"),
        "autograded/ann",
    )
    write_page(course, "return self.factor * x")
    assert "a line of the solution" in the_find(course).what


def test_a_leak_in_the_release_is_reported_once(course):
    """A leak of the release is on every page, but is reported only for the release."""
    change_release(course, lambda notebook: notebook.cells.append(new_markdown_cell("bob")))
    write_page(course, "bob")
    assert the_find(course).path == "release/tiny/tiny.ipynb"


def test_the_sentences_of_tests_are_for_students_to_read(course):
    """In their feedback, which lists each property."""
    write_page(course, "Without a factor, 2 is taken.")
    assert finds(course) == []


@pytest.mark.parametrize(
    "planted",
    [
        "<script>alert(1)</script>",
        '<b onclick="f()">x</b>',
        '<a href="java\tscript:f()">x</a>',
        '<a href="data:text/html,x">x</a>',
        "<form></form>",
        "<iframe></iframe>",
        '<meta http-equiv="refresh" content="0">',
        '<p style="background: url(x)">x</p>',
        "<svg></svg>",
        '<img src="https://example.org/a.png">',
        '<img src="data:image/svg+xml;base64,eA==">',
    ],
)
def test_what_acts_in_a_browser_is_found(course, planted):
    """Scripts, handlers, forms, frames and addresses that run, with their line."""
    write_page(course, planted)
    found = the_find(course)
    assert found.place == "line 3"
    assert "active content" in found.what
    assert "autograder.feedback.feedback" in found.remedy


def test_a_script_in_a_pages_head_is_found(course):
    """Our pages have none, wherever."""
    write_page(course, head=f"{OURS}<script>alert(1)</script>")
    assert "active content" in the_find(course).what


def test_a_page_of_somebody_else_is_found(course):
    """In the place of ours, and beside it."""
    write_page(course, head="<title>Well done</title>")
    assert "a page that autograder did not write" in the_find(course).what
    write_page(course)
    (course.root / "feedback" / "ann" / "tiny" / "more.html").write_text(page())
    assert the_find(course).what == "a file that is not part of the feedback"


def test_a_changed_given_file_is_looked_through(course):
    """Among the feedback lie copies of the given modules."""
    (course.root / "feedback" / "ann" / "tiny" / "scaling.py").write_text("x = 1\n# bob's\n")
    assert the_find(course).place == "line 2"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda notebook: notebook.metadata.update(by="bob"), "metadata"),
        (lambda notebook: notebook.cells[2].metadata.update(by="bob"), "cell 3 `scaler`, metadata"),
        (
            lambda notebook: notebook.cells[1].outputs.append(new_output("stream", text="bob")),
            "cell 2, outputs",
        ),
    ],
    ids=["metadata", "cell's metadata", "output"],
)
def test_what_a_notebook_does_not_show_is_looked_through_too(course, change, place):
    """Metadata and outputs reach students as the text does."""
    change_release(course, change)
    assert the_find(course).place == place


def test_a_place_is_printed_without_control_characters(course):
    """A cell's name is part of it."""
    change_release(
        course,
        lambda notebook: notebook.cells.append(
            new_code_cell("", metadata={"by": "bob", "nbgrader": {"grade_id": "a\x1b[31m"}})
        ),
    )
    assert the_find(course).place == r"cell 5 `a\x1b[31m`, metadata"


def test_pictures_are_no_texts(course):
    """Their encoded data may look like a path."""
    picture = new_output("display_data", data={"image/png": "xx /srv/course/x.py"})
    change_release(course, lambda notebook: notebook.cells[1].outputs.append(picture))
    assert finds(course) == []


@pytest.mark.parametrize(
    ("stem", "leaks"), [("scaling.py", 1), ("a.tmp", 0), ("old/scaling.py", 0), (".scaling.py", 1)]
)
def test_files_beside_the_notebook_are_looked_through(course, stem, leaks):
    """All files that nbgrader releases, by its settings."""
    course = replace(course, course=replace(course.course, ignore=("*.tmp", "old")))
    path = course.root / "release" / "tiny" / stem
    path.parent.mkdir(exist_ok=True)
    path.write_text("# /srv/course/x.py\n")
    assert [find.place for find in finds(course)] == ["line 1"] * leaks


def test_a_hidden_function_copied_into_the_source_is_found(tmp_path):
    """Two lines in common are a coincidence; three of one function have been copied."""
    body = ["values = [1.5, 2.5, 3.5]", "doubled = [2 * v for v in values]", "last = doubled[-1]"]
    suite = "def helper():\n" + "".join(f"    {line}\n" for line in body)
    for count in (2, 3):
        root = tmp_path / str(count)
        given = {**GIVEN, "shown.py": "\n".join(body[:count]) + "\n"}
        made = make_course(root, given=given)
        course = add_item(made, "more", "def f():\n    pass", "def f():\n    pass", suite)
        (root / "release" / "tiny" / "shown.py").write_text(given["shown.py"])
        assert len(Leaks(course).finds()) == (3 if count == 3 else 0)


def test_two_students_with_one_key_are_found(course):
    """The page of one would be published under the key of the other."""
    for stage in ("submitted", "autograded"):
        folder = course.root / stage / "bob" / "tiny"
        (folder / "submission_secret.txt").write_text(KEYS["ann"])
    found = the_find(course)
    assert found.path == "submitted/bob/tiny/submission_secret.txt"
    assert found.what == "the same key as ann's"


@pytest.mark.parametrize(
    ("field", "what"),
    [
        ("=1+1", "a formula"),
        ("@SUM(A1)", "a formula"),
        ("-x", "a formula"),
        ("-1.5", None),
        ("'=1+1", None),
        ("no /srv/course/x.py", "a path of a machine"),
        ("tests/hidden/tiny/test_scaler.py::test_a", "a path of the course"),
        ("in sandbox.py:3: E", "a frame of a traceback"),
        ("at return self.factor * x", "a line of the solution"),
        ("bob", None),  # whom the table is about
        ("test_default_factor_is_two", None),  # which the staff may know
    ],
)
def test_the_export_is_looked_through(course, field, what):
    """It is for the staff: names are no leak there, but formulas, code and paths are."""
    table = f'assignment,student_id,cause\ntiny,ann,\ntiny,bob,"{field}"\nother,bob,=1\n'
    (course.root / "grades.csv").write_text(table)
    found = finds(course)
    assert [(f.path, f.place) for f in found] == [("grades.csv", "line 3, cause")] * bool(what)
    assert all(what in find.what for find in found)


@pytest.mark.parametrize("name", ["canvas.csv", "moodle.csv", "gradescope.csv"])
def test_the_tables_for_an_lms_are_looked_through(course, name):
    """Each line of them, since none says of which assignment it is."""
    (course.root / name).write_text("Student,note\nann,\nbob,/srv/course/x.py\n")
    found = the_find(course)
    assert (found.path, found.place) == (name, "line 3, note")
    assert "a path of a machine" in found.what


def test_the_exchange_is_looked_through(course, tmp_path):
    """Released files stay there after the course was corrected."""
    exchange = tmp_path / "exchange" / "deep"
    shutil.copytree(course.root / "release" / "tiny", exchange / "outbound" / "tiny")
    (exchange / "outbound" / "tiny" / "scaling.py").write_text("# bob\n")
    (exchange / "feedback").mkdir()
    name = notebook_hash(secret=KEYS["ann"], notebook_id="tiny")
    (exchange / "feedback" / f"{name}.html").write_text(page("bob"))
    assert finds(course) == []
    settings = replace(course.course, course_id="deep", exchange=str(tmp_path / "exchange"))
    released, page_found = finds(replace(course, course=settings))
    assert released.path.endswith("exchange/deep/outbound/tiny/scaling.py")
    assert page_found.path.endswith(f"exchange/deep/feedback/{name}.html")


def test_without_a_gradebook_students_are_known_by_their_folders(course):
    """Ids are looked for; names and addresses cannot be."""
    write_page(course, "bob, Bob Jones")
    found = Leaks(course).finds()
    assert [find.what for find in found] == ["another student's datum, `bob`"]


@pytest.mark.parametrize(
    ("planted", "what"),
    [
        ("<b\x1b[31m></b>", "active content, `<b"),
        ('<b onclick="f(\x1b[31m)">x</b>', "active content, `<b onclick"),
        ("File &quot;a\x1b[31m.py&quot;, line 3", "a frame of a traceback, `File"),
    ],
)
def test_a_find_is_printed_with_its_place_and_remedy(course, planted, what):
    """On one line, without the page's control characters."""
    write_page(course, planted)
    text = str(the_find(course))
    assert text.startswith(f"feedback/ann/tiny/tiny.html, line 3: {what}")
    assert text.isprintable()


@pytest.mark.parametrize("text", ['{{"metadata": {}"bob"{}}}', '{}"bob"{}', '{{"cells": "bob"}}'])
def test_an_invalid_notebook_is_read_line_by_line(course, text):
    """Such as JSON that is nested too deeply to parse: the search goes on."""
    nested = text.format("[" * 100_000, "]" * 100_000)
    (course.root / "release" / "tiny" / "deep.ipynb").write_text(f"\n{nested}")
    found = the_find(course)
    assert (found.path, found.place) == ("release/tiny/deep.ipynb", "line 2")
