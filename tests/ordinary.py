"""An ordinary nbgrader assignment, `ps1`, and what instructors do with it, by nbgrader's commands.

`python -m tests.ordinary COURSE` does all of it in a course, with the settings in the course's folder.
"""

import json
import os
import sys
import zipfile
from pathlib import Path

import nbformat
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderApp
from nbgrader.apps.api import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader
from nbgrader.server_extensions.formgrader import handlers

SETTINGS = """
c.LateSubmissionPlugin.penalty_method = "zero"
c.OverwriteCells.add_missing_cells = True
c.OverwriteCells.missing_cell_notification = "{cell_id} was not handed in.\\n\\n"
c.LimitOutput.max_lines = 5
c.Execute.timeout = 20
c.HTMLExporter.anchor_link_text = "#"
c.FileNameCollectorPlugin.named_regexp = (
    r".*/(?P<student_id>\\w+)_at_(?P<timestamp>[0-9\\-]+)_(?P<file_id>\\w+)"
)
"""
SOLVED = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
TESTS = (
    "assert double(2) == 4\n### BEGIN HIDDEN TESTS\nassert double(0.5) == 1\n### END HIDDEN TESTS"
)
TEXT = """# Why?

It is $2x < 3x$, **of course**: see [a page](https://example.org) and `double`.

| x | 2x |
|---|:--:|
| 1 | 2 |

- [x] shown

<div class="alert alert-info">A <b>note</b></div>
"""
COMMANDS = (
    ("zip_collect", "ps1"),
    ("autograde", "ps1", "--create"),
    ("autograde", "ps1", "--force", "--student=bob"),
    ("autograde", "ps1"),
    ("generate_feedback", "ps1"),
    ("export",),
)


def _cell(make, source: str, grade_id: str, **claims) -> NotebookNode:
    usual = {"schema_version": 3, "locked": False, "grade": False, "solution": False, "task": False}
    claims = {**usual, "grade_id": grade_id, **claims}
    return make(source, id=grade_id, metadata={"nbgrader": claims})


def make_source(root: Path) -> None:
    """Write the instructor's two notebooks, and a file beside them."""
    test = {"grade": True, "locked": True}
    problem1 = [
        new_markdown_cell("# Problem 1\n\nWrite a *function*.", id="intro"),
        _cell(new_code_cell, SOLVED, "double", solution=True),
        _cell(new_code_cell, TESTS, "test-double", points=2, **test),
        _cell(new_markdown_cell, TEXT, "why", grade=True, solution=True, points=3),
        _cell(new_markdown_cell, "Draw it.", "draw", task=True, locked=True, points=1),
    ]
    problem2 = [
        _cell(new_code_cell, SOLVED.replace("double", "treble"), "treble", solution=True),
        _cell(new_code_cell, "0.5", "test-treble", points=1, **test),
    ]
    folder = root / "source" / "ps1"
    folder.mkdir(parents=True)
    (folder / "points.csv").write_text("1,2\n")
    (folder / ".hidden").write_text("mine\n")
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for name, cells in (("problem1", problem1), ("problem2", problem2)):
        whole = new_notebook(cells=cells, metadata={"kernelspec": kernelspec})
        nbformat.write(whole, folder / f"{name}.ipynb")


def hand_in(root: Path) -> None:
    """Hand in: right, late with an error and without a cell, unchanged in part, and no notebook."""
    archive = root / "downloaded" / "ps1" / "archive"
    archive.mkdir(parents=True)
    with zipfile.ZipFile(archive / "all.zip", "w") as whole:
        for name in ("problem1", "problem2"):
            whole.writestr(f"ann_at_2026-01-01-10-00-00_{name}.ipynb", _solved(root, name))
    late = json.loads(_solved(root, "problem1"))
    fault = "for i in range(20):\n    print(i)\n1 / 0"
    late["cells"][1]["source"] += f"\n{fault}"
    del late["cells"][2]
    (archive / "bob_at_2026-01-09-10-00-00_problem1.ipynb").write_text(json.dumps(late))
    for student, text in (("cem", None), ("dan", '{"cells": [')):
        folder = root / "submitted" / student / "ps1"
        folder.mkdir(parents=True)
        (folder / ".mine").write_text("a student's\n")
        (folder / "problem1.ipynb").write_text(text or _released(root, "problem1"))


def _released(root: Path, name: str) -> str:
    return (root / "release" / "ps1" / f"{name}.ipynb").read_text()


def _solved(root: Path, name: str) -> str:
    stub, text = "raise NotImplementedError()", "YOUR ANSWER HERE"
    whole = json.loads(_released(root, name).replace(stub, "return 2 * x"))
    for cell in whole["cells"]:
        cell["source"] = "".join(cell["source"]).replace(text, TEXT)
    return json.dumps(whole)


def grade_by_hand(root: Path) -> None:
    """Give scores, extra credit and comments to what waits for them."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "deep_learning") as gradebook:
        for submission in gradebook.assignment_submissions("ps1"):
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    if grade.needs_manual_grade:
                        grade.manual_score, grade.extra_credit = 1.5, 0.25
                        grade.needs_manual_grade = False
                for comment in notebook.comments:
                    comment.manual_comment = (
                        f"Dear {submission.student.id}, see <i>{comment.name}</i>."
                    )
        gradebook.db.commit()


def show(root: Path) -> None:
    """Write what the Formgrader shows: the page of each graded notebook, and what its tables hold."""
    app = NbGrader()
    app.initialize([])
    api = NbGraderAPI(app.coursedir, config=app.config)
    found = {
        "assignment": api.get_assignment("ps1"),
        "notebooks": api.get_notebooks("ps1"),
        "submissions": api.get_submissions("ps1"),
        "students": [
            [one for one in api.get_student_submissions(student) if one["name"] == "ps1"]
            for student in ("ann", "bob", "cem")
        ],
        "of a notebook": sorted(  # nbgrader sorts and numbers them by their random ids
            ({**one, "index": 0} for one in api.get_notebook_submissions("ps1", "problem1")),
            key=lambda one: one["student"],
        ),
    }
    (root / "shown").mkdir()
    (root / "shown" / "api.json").write_text(json.dumps(found, indent=1, sort_keys=True))
    config = app.config.copy()  # with what the Formgrader adds to it
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    exporter = HTMLExporter(config=config)
    for path in sorted(root.glob("autograded/*/ps1/*.ipynb")):
        student = path.parent.parent.name
        names = {"assignment_id": "ps1", "notebook_id": path.stem, "submission_id": "x"}
        names |= {"index": 0, "total": 1, "base_url": "", "student": student, "last_name": None}
        names |= {"first_name": None, "notebook_path": path.name}
        page, _ = exporter.from_filename(str(path), resources=names)
        (root / "shown" / f"{student}-{path.stem}.html").write_text(page)


def run(*words: str) -> int:
    """Run a command of nbgrader's, and return its exit code."""
    NbGraderApp.clear_instance()
    try:
        NbGraderApp.launch_instance([*words])
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def main(root: Path, *others: str) -> None:
    """Do all of it; with another assignment beside, which is graded first and last."""
    os.chdir(root)
    make_source(root)
    codes = [run("generate_assignment", "ps1", "--create")]
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "deep_learning") as gradebook:
        gradebook.update_or_create_assignment("ps1", duedate="2026-01-05 10:00:00 UTC")
    hand_in(root)
    for name in others:
        run("autograde", name)
    for words in COMMANDS:
        if "--force" in words:
            grade_by_hand(root)
        codes.append(run(*words))
    for name in others:
        run("generate_feedback", name)
    show(root)
    (root / "codes.json").write_text(json.dumps(codes))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
