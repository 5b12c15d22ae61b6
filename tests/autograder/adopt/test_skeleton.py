"""A new assignment: complete, under the author's own name, and never in the place of another."""

import stat
import tomllib
from pathlib import Path

import nbformat
import pytest

from autograder.adopt.skeleton import TEMPLATE, Skeleton
from autograder.course.assignment import Assignment, AssignmentError
from autograder.course.course import Course
from autograder.course.specimen import mutants, variants
from tests.conftest import PROJECT


def test_the_assignment_is_complete(tmp_path):
    """Its suites, rubric and manifest agree, and each mutant names what it loses and its advice."""
    paths = Skeleton(Course(tmp_path), "scaling").write()
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == {*paths}
    assert len(paths) == len([path for path in TEMPLATE.rglob("*.*") if path.is_file()])
    assignment = Assignment(tmp_path, "scaling")
    assignment.check()
    assert [(item.name, item.points) for item in assignment.items] == [
        ("test_scaling_forward", 1.0),
        ("test_scaling_backward", 1.0),
    ]
    assert all(item.rubric.criteria for item in assignment.items)
    assert len(mutants(assignment)) == 2
    assert all(mutant.loses and mutant.advice for mutant in mutants(assignment))
    assert len(variants(assignment)) == 1


def test_an_installed_package_has_all_of_its_files():
    """These files are package data, since no module imports them."""
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = settings["tool"]["setuptools"]["package-data"]["autograder"]
    packed = {path for pattern in patterns for path in (PROJECT / "autograder").glob(pattern)}
    assert {path for path in TEMPLATE.rglob("*.*") if path.is_file()} <= packed


def test_any_name_gives_the_same_files(tmp_path):
    """Only the notebook has another file name."""
    for name in ("scaling", "attention"):
        Skeleton(Course(tmp_path), name).write()
    first, second = (
        {
            path.relative_to(tmp_path).as_posix().replace(name, "NAME"): path.read_bytes()
            for path in tmp_path.glob(f"**/{name}/*")
        }
        for name in ("scaling", "attention")
    )
    assert "source/NAME/NAME.ipynb" in first
    assert "tests/hidden/NAME/rubric.toml" in first
    renamed = {path.replace("test_NAME", "test_scaling"): text for path, text in first.items()}
    assert renamed == second


def test_a_course_with_other_folders_gets_its_own(tmp_path):
    """nbgrader's settings decide where the source lies."""
    course = Course(tmp_path, source_directory="sources/2027")
    paths = Skeleton(course, "scaling").write()
    assert tmp_path / "sources/2027/scaling/scaling.ipynb" in paths


@pytest.mark.parametrize("name", ["scaling", "week-1.b", "übung_2"])
def test_names_of_folders_are_taken(tmp_path, name):
    """Each name that nbgrader accepts is accepted."""
    Skeleton(Course(tmp_path), name).check()


@pytest.mark.parametrize("name", ["", "..", "a/b", "../a", "a+b", ".hidden", "a b", "a\n", "*"])
def test_other_names_are_refused(tmp_path, name):
    """Nothing outside the assignment's folders is written."""
    with pytest.raises(AssignmentError, match="must have letters, digits"):
        Skeleton(Course(tmp_path), name).check()


@pytest.mark.parametrize("kind", ["source", "tests/hidden", "tests/mutants", "tests/variants"])
def test_what_exists_is_not_overwritten(tmp_path, kind):
    """One of its folders is enough."""
    (tmp_path / kind / "scaling").mkdir(parents=True)
    with pytest.raises(AssignmentError, match=f"{kind}/scaling is there already"):
        Skeleton(Course(tmp_path), "scaling").check()


def test_all_files_are_written_or_none(tmp_path, monkeypatch):
    """A full disk leaves no half of an assignment, and nothing else is lost."""
    written = []

    def write(path, content):
        written.append(path)
        if len(written) == 5:
            raise OSError(28, "No space left on device")
        path.touch()

    other = tmp_path / "tests" / "hidden" / "other" / "test_a.py"
    other.parent.mkdir(parents=True)
    other.write_text("")
    monkeypatch.setattr(Path, "write_bytes", write)
    with pytest.raises(AssignmentError, match=r"cannot be written \(No space left on device\)"):
        Skeleton(Course(tmp_path), "scaling").write()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [other]


def test_a_shared_course_stays_shared(tmp_path):
    """The group may write to each file and folder."""
    paths = Skeleton(Course(tmp_path, groupshared=True), "scaling").write()
    for path in [*paths, *(path.parent for path in paths)]:
        assert path.stat().st_mode & stat.S_IWGRP


def test_students_get_the_one_check():
    """The template has no text of its own: dropout_l2's works for any assignment."""
    check = TEMPLATE / "source" / "check.py"
    assert check.resolve() == PROJECT / "source" / "dropout_l2" / "check.py"


def test_what_students_install_is_what_dropout_l2_asks_for():
    """The ranges are the same. There are fewer packages, since this notebook needs NumPy alone."""
    asked, known = (
        {line for line in path.read_text().splitlines() if line and line[0] != "#"}
        for path in (
            TEMPLATE / "source" / "requirements.txt",
            PROJECT / "source" / "dropout_l2" / "requirements.txt",
        )
    )
    assert asked
    assert asked <= known


def test_the_notebook_is_as_nbgrader_has_it():
    """It has no outputs, a name for each of nbgrader's cells, and needs NumPy alone."""
    notebook = nbformat.read(TEMPLATE / "source" / "notebook.ipynb", as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert all(cell.metadata.nbgrader.grade_id for cell in code)
    imports = [line for cell in code for line in cell.source.splitlines() if "import" in line]
    assert imports == ["import numpy as np"]
