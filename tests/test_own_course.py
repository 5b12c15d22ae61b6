"""A course of nbgrader's takes up this package: the commands of docs/own-course.md, as they stand.

They run outside the project, with the package as its wheel installs it. The course's own
assignment, `ps1`, stays what it is in a course without this package.
"""

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.adopt.settings_block import LINES
from tests.conftest import PROJECT

pytestmark = pytest.mark.xdist_group("own_course")  # all commands run once, for all of these

PAGE = (PROJECT / "docs" / "own-course.md").read_text(encoding="utf-8")
COMMANDS = ("nbgrader", "autograder", "cd", "mkdir", "cp", "sed")
PS1 = re.compile(r"ps1|export")


def commands(heading):
    """Return the commands below a heading of the page."""
    (text,) = re.findall(rf"^## {heading}\n(.+?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    lines = re.findall(r"^ {4}(.+)$", text, re.MULTILINE)
    return [line for line in lines if line.split()[0] in COMMANDS]


def run(lines, folder, log, installed):
    """Run commands in a shell that ends at the first error, and answer questions with yes."""
    scripts = [str(installed / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(folder / "nothing")}
    environment |= {"PATH": os.pathsep.join(scripts), "PYTHONPATH": str(installed)}
    with log.open("a") as output:
        done = subprocess.run(
            [shutil.which("bash"), "-ec", "\n".join(lines)],
            cwd=folder,
            env=environment,
            input="y\n",
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    assert done.returncode == 0, log.read_text()


@pytest.fixture(scope="module")
def course(tmp_path_factory, installed):
    """The course in which all commands were run, but the last one."""
    folder = tmp_path_factory.mktemp("own")
    log = folder / "log.txt"
    quickstart, enter, *adopt = commands("2. Add it to the course")
    run([quickstart], folder, log, installed)
    shutil.copytree(folder / "course101", folder / "stock")
    lines = [enter, *adopt]
    for heading in ("3. Write an assignment", "4. Grade", "5. Your other assignments"):
        lines += commands(heading)
    which = "python -c 'import autograder; print(autograder.__file__)'"
    run([*lines, which], folder, log, installed)
    assert str(installed / "autograder" / "__init__.py") in log.read_text().splitlines()
    return folder / "course101"


@pytest.fixture(scope="module")
def stock(course, installed):
    """The same course without this package, in which the same was done with `ps1`."""
    root = course.parent / "stock"
    run(commands("5. Your other assignments"), root, course.parent / "stock.txt", installed)
    return root


def grades(root):
    """Return the lines of the exported table, by assignment and student."""
    with (root / "grades.csv").open() as file:
        return {(row["assignment"], row["student_id"]): row for row in csv.DictReader(file)}


def test_hidden_tests_give_the_points_that_the_page_names(course):
    """Nothing for an unsolved release, and a share for one mistake."""
    found = grades(course)
    assert found["scaling", "bitdiddle"]["score"] == "0.0"
    assert found["scaling", "hacker"]["score"] == "1.3"
    assert found["scaling", "hacker"]["max_score"] == "2.0"
    assert "The first one gets 0 of 2 points, the second one 1.3." in PAGE


def test_the_feedback_names_the_mistake(course):
    """In the words that the page quotes."""
    shown = (course / "feedback" / "hacker" / "scaling" / "scaling.html").read_text()
    (quoted,) = re.findall(r'names the mistake: "(.+?)"', PAGE.replace("\n", " "))
    assert quoted in shown.replace("&#39;", "'")


def test_the_audit_finds_no_defect(course):
    """In a new assignment as it is: all is tested, and each mistake is recognised."""
    said = (course.parent / "log.txt").read_text()
    (promised,) = re.findall(r"The audit ends with `(.+?)`", PAGE)
    assert promised in said.splitlines()
    assert "0 properties that no mutant needs\n0 mutants not named as what they are" in said
    assert (course / "tests" / "certificates" / "scaling.json").is_file()


def test_students_can_try_their_work(course, tmp_path):
    """With the release alone: what is not written yet is what there is to fix."""
    released = shutil.copytree(course / "release" / "scaling", tmp_path / "scaling")
    done = subprocess.run(
        [sys.executable, "check.py"],
        cwd=released,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    first, second, *_ = done.stdout.splitlines()
    assert first == "scaling.ipynb: 1 thing to fix, 0 of 2 visible checks pass"
    assert "Scaling.__call__, Scaling.backward are not written yet" in second


def test_ps1_is_graded_as_without_this_package(course, stock):
    """The same numbers in nbgrader's columns."""
    ours, theirs = grades(course), grades(stock)
    assert theirs
    for key, row in theirs.items():
        if key[0] == "ps1":
            assert {name: ours[key][name] for name in row} == row
    assert float(theirs["ps1", "bitdiddle"]["max_score"]) > 0


@pytest.mark.parametrize("stage", ["release", "autograded", "feedback"])
def test_ps1_has_the_same_files(course, stock, stage):
    """Byte for byte but for the random names and the times in them."""
    random = re.compile(
        r"[0-9a-f]{8}(-|\b)|ipykernel_\d+/\d+|\d{4}-\d\d-\d\d[T ][\d:.]+|user-content-"
    )

    def files(root):
        return {
            path.relative_to(root): random.sub("", path.read_text(errors="replace"))
            for path in sorted((root / stage).rglob("*"))
            if path.is_file() and "scaling" not in path.parts
        }

    theirs = files(stock)
    assert theirs
    assert files(course) == theirs


def test_nothing_is_graded_without_the_package(course, tmp_path):
    """nbgrader alone would give other points; its command ends with the error of the lines."""
    (tmp_path / "autograder.py").write_text("raise ImportError\n")
    before = (course / "gradebook.db").read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", "scaling", "--force"],
        cwd=course,
        env={**os.environ, "JUPYTER_CONFIG_DIR": str(tmp_path), "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "Error: this course needs nbgrader-autograder: install it"
    )
    assert (course / "gradebook.db").read_bytes() == before


def test_undoing_it_restores_the_settings(course, stock, installed):
    """The last command of the page; the gradebook and the grades stay."""
    before = (course / "gradebook.db").read_bytes()
    run(commands("Undo it"), course, course.parent / "log.txt", installed)
    config = (course / "nbgrader_config.py").read_bytes()
    assert config == (stock / "nbgrader_config.py").read_bytes()
    assert (course / "gradebook.db").read_bytes() == before


def test_every_command_of_the_page_was_run():
    """But pip's, which needs an index."""
    blocks = re.findall(r"^ {4}(\w+) ", PAGE, re.MULTILINE)
    assert {*blocks} == {*COMMANDS, "pip", "except"}
    assert len(re.findall(r"^ {4}pip ", PAGE, re.MULTILINE)) == 1


def test_the_page_shows_the_lines_that_are_added():
    """All of them, as they stand in the file."""
    shown = "\n".join(f"    {line}".rstrip() for line in LINES)
    assert f"\n\n{shown}\n\n" in PAGE
