"""What students hand in by mistake or on purpose, through nbgrader's own commands, all in one class.

Every student has an old grade of full marks in the gradebook: whatever they hand in, it must not stay.
"""

import csv
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.class_record import read_class
from autograder.report import KEY, Status
from tests.autograder.tiny import IN_PLACE, RIGHT, STUB, handed_in, make_course
from tests.conftest import PROJECT

pytestmark = pytest.mark.xdist_group("breakages")  # one class is graded for all of these

GRADED, REMARKS, UNREADABLE = Status.GRADED, Status.REMARKS, Status.UNREADABLE
FULL = 2.0
BREAKAGES: dict[str, "Breakage"] = {}


class Breakage(NamedTuple):
    """How a submission is broken, and what must become of it."""

    build: Any
    status: Status
    points: float
    remark: str


def breakage(status: Status, points: float, remark: str = "") -> Any:
    """Enter a function of (folder, notebook) under its name; text that it returns is the file's."""

    def enter(build):
        BREAKAGES[build.__name__] = Breakage(build, status, points, remark)
        return build

    return enter


def entered(name: str, status: Status, points: float, remark: str, build: Any) -> None:
    BREAKAGES[name] = Breakage(build, status, points, remark)


def data(notebook, **changes):
    return {**json.loads(json.dumps(notebook)), **changes}


def text(notebook, **changes):
    return json.dumps(data(notebook, **changes))


# ---- nothing is broken, or nothing is there


@breakage(GRADED, FULL)
def in_order(folder, notebook):
    return text(notebook)


@breakage(GRADED, 1.5)
def partly_right(folder, notebook):
    notebook.cells[2].source = IN_PLACE
    return text(notebook)


@breakage(GRADED, 0.0)
def unsolved(folder, notebook):
    notebook.cells[2].source = STUB
    return text(notebook)


# ---- the file's bytes


@breakage(GRADED, FULL)
def utf8_with_a_mark(folder, notebook):
    return b"\xef\xbb\xbf" + text(notebook).encode()


for name, encoding in {"utf16": "utf-16", "utf16_big": "utf-16-be", "utf32": "utf-32"}.items():
    entered(
        name, REMARKS, FULL, "should be written in UTF-8",
        lambda folder, notebook, encoding=encoding: text(notebook).encode(encoding),
    )  # fmt: skip


@breakage(REMARKS, FULL, "it was read as cp1252")
def latin_1(folder, notebook):
    notebook.cells[0].source = "für Zoë"
    return json.dumps(data(notebook), ensure_ascii=False).encode("latin-1")


@breakage(REMARKS, FULL, "it was read as cp1252")
def cp1252(folder, notebook):
    notebook.cells[2].source += "# “5 €”\n"
    return json.dumps(data(notebook), ensure_ascii=False).encode("cp1252")


@breakage(REMARKS, FULL, "it was read as latin-1")
def no_encoding_at_all(folder, notebook):
    notebook.cells[0].source = "MARK"
    return text(notebook).encode().replace(b"MARK", b"\x81\x8d\xff")


for name, content, remark in [
    ("empty", b"", "the file is empty"),
    ("blank", b" \r\n\t ", "the file is empty"),
    ("nulls", b"\0" * 4096, "the file is empty"),
    ("noise", bytes(range(256)) * 9, "the file is not valid JSON"),
    ("python_script", RIGHT.encode(), "the file is not valid JSON"),
    ("zip_archive", b"PK\x03\x04 whatever", "the file is a zip archive"),
    ("pdf", b"%PDF-1.7 whatever", "the file is a PDF"),
    ("web_page", b"<!DOCTYPE html><html>", "the file is a web page"),
    ("number", b"3", "the file is JSON, but no notebook"),
    ("list_of_cells", b"[]", "the file is JSON, but no notebook"),
    ("empty_object", b"{}", "the file is JSON, but no notebook"),
    ("deep_json", b"[" * 200_000, "the file is not valid JSON"),
    ("json_bomb", b"[" + b"[]," * 4_000_000 + b"1]", "fewer than 10000000 values"),
    ("endless_number", b"9" * 100_000, "the file is JSON, but no notebook"),
]:
    entered(name, UNREADABLE, 0.0, remark, lambda folder, nb, content=content: content)


@breakage(UNREADABLE, 0.0, "the file is not valid JSON")
def truncated(folder, notebook):
    return text(notebook)[:300]


@breakage(REMARKS, FULL, "something stands behind the notebook's end")
def longer_than_its_end(folder, notebook):
    return text(notebook) + '}\n{"cells": []'


@breakage(UNREADABLE, 0.0, "two versions that git could not merge")
def merge_conflict(folder, notebook):
    first, rest = text(notebook).split(" ", 1)
    return f"{first}\n<<<<<<< HEAD\n{rest}\n=======\n{rest}\n>>>>>>> theirs\n"


@breakage(GRADED, FULL)
def json_that_is_not_standard(folder, notebook):
    notebook.metadata["x"] = [float("nan"), float("inf"), 10**4000]
    return text(notebook).replace("# Scaling", "# Scal\ting")  # a bare tab in a string


# ---- the notebook's format


for name, changes, remark in [
    ("format_5", {"nbformat": 5}, "(nbformat) should be 4, got 5"),
    ("format_99", {"nbformat": 99, "nbformat_minor": 99}, "(nbformat) should be 4, got 99"),
    ("format_text", {"nbformat": "4"}, "(nbformat) should be 4, got '4'"),
    ("format_null", {"nbformat": None}, "(nbformat) should be 4, got None"),
    ("format_list", {"nbformat": [4], "nbformat_minor": {}}, "(nbformat) should be 4, got [4.0]"),
    ("minor_0", {"nbformat_minor": 0}, ""),
    ("minor_4", {"nbformat_minor": 4}, ""),
    ("minor_77", {"nbformat_minor": 77}, ""),
    ("strange_metadata", {"metadata": 3, "more": {"a": [1]}}, ""),
]:
    entered(
        name, REMARKS if remark else GRADED, FULL, remark,
        lambda folder, notebook, changes=changes: text(notebook, **changes),
    )  # fmt: skip


@breakage(REMARKS, FULL, "(nbformat) should be 4, got None")
def format_missing(folder, notebook):
    found = data(notebook)
    return json.dumps({"cells": found["cells"]})


@breakage(GRADED, FULL)
def format_3(folder, notebook):
    cells = data(notebook)["cells"]
    for cell in cells:
        if cell["cell_type"] == "code":
            cell["input"] = cell.pop("source").splitlines(keepends=True)
    return json.dumps({"nbformat": 3, "worksheets": [{"cells": cells[:2]}, {"cells": cells[2:]}]})


@breakage(UNREADABLE, 0.0, "the file is JSON, but no notebook")
def cells_of_another_kind(folder, notebook):
    return text(notebook, cells={"a": 1})


@breakage(REMARKS, FULL, "cell 1 has no text")
def cells_that_are_none(folder, notebook):
    cells = data(notebook)["cells"]
    strange = [3, None, [], {"source": 3}, {"cell_type": "code", "source": [1]}]
    return text(notebook, cells=[*strange, {"cell_type": 7, "metadata": 7}, *cells])


@breakage(GRADED, FULL)
def cells_not_quite_valid(folder, notebook):
    found = data(notebook)
    for cell in found["cells"]:
        cell |= {"id": "same id!", "outputs": "none", "execution_count": {}, "attachments": 3}
    return json.dumps(found)


@breakage(REMARKS, FULL, "null characters")
def null_in_the_answer(folder, notebook):
    notebook.cells[2].source = RIGHT.replace("return", "return\0")
    return text(notebook)


@breakage(GRADED, FULL)
def half_a_character(folder, notebook):
    notebook.cells[2].source += "# HALF\n"
    notebook.cells[0].source += "HALF"
    return text(notebook).replace("HALF", r"\ud83d")


# ---- what the cells claim


@breakage(REMARKS, FULL, "the answer `scaler` was found by its name, Scaler")
def all_metadata_stripped(folder, notebook):
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})
    return text(notebook)


@breakage(REMARKS, FULL, "the answer `scaler` was found by its name, Scaler")
def ids_changed(folder, notebook):
    for cell in notebook.cells[2:]:
        cell.metadata.nbgrader.grade_id += "-Copy1"
    return text(notebook)


@breakage(REMARKS, FULL, "its own cell is not filled in")
def answer_elsewhere(folder, notebook):
    notebook.cells[2].source = STUB
    notebook.cells.append(nbformat.v4.new_code_cell(RIGHT))
    return text(notebook)


@breakage(REMARKS, FULL, "its own cell is missing")
def answer_in_a_text_cell_without_id(folder, notebook):
    notebook.cells[2] = nbformat.v4.new_markdown_cell(f"```python\n{RIGHT}\n```\n")
    return text(notebook)


@breakage(GRADED, FULL)
def answer_turned_into_text(folder, notebook):
    was = notebook.cells[2]
    notebook.cells[2] = nbformat.v4.new_markdown_cell(was.source, metadata=was.metadata)
    return text(notebook)


@breakage(REMARKS, FULL, "the answer `scaler` was found by its name")
def answer_under_the_tests_id(folder, notebook):
    notebook.cells[2].metadata.nbgrader.grade_id = "test_scaler"
    return text(notebook)


@breakage(REMARKS, FULL, "cell `test_scaler` is there 3 times")
def item_duplicated(folder, notebook):
    notebook.cells += [nbformat.from_dict(notebook.cells[3]) for _ in range(2)]
    return text(notebook)


@breakage(REMARKS, FULL, "1 cell was missing, put back as released: `test_scaler`")
def item_deleted(folder, notebook):
    del notebook.cells[3]
    return text(notebook)


@breakage(REMARKS, 0.0, "2 cells were missing")
def all_deleted(folder, notebook):
    notebook.cells = []
    return text(notebook)


@breakage(GRADED, FULL)
def order_changed(folder, notebook):
    notebook.cells[2:] = notebook.cells[:1:-1]
    notebook.cells.append(notebook.cells.pop(0))
    return text(notebook)


@breakage(GRADED, 0.0)
def item_edited_and_its_output_forged(folder, notebook):
    notebook.cells[2].source = STUB
    cell = notebook.cells[3]
    cell.source = "2.0"
    cell.outputs = [
        nbformat.v4.new_output("execute_result", data={"text/plain": "2.0"}, execution_count=1)
    ]
    return text(notebook)


@breakage(GRADED, FULL)
def item_turned_into_text(folder, notebook):
    was = notebook.cells[3]
    notebook.cells[3] = nbformat.v4.new_markdown_cell(was.source, metadata=was.metadata)
    return text(notebook)


@breakage(GRADED, 0.0)
def tags_and_points_forged(folder, notebook):
    notebook.cells[2].source = STUB
    notebook.metadata[KEY] = {"status": "graded", "unreadable": "x", "remarks": ["forged"]}
    for cell in notebook.cells[1:]:
        cell.metadata["tags"] = ["skip-execution", "remove_cell"]
    notebook.cells[3].metadata.nbgrader.update(
        points=100, locked=False, solution=True, schema_version=99, checksum="x"
    )
    return text(notebook)


@breakage(GRADED, FULL)
def nonsense_metadata(folder, notebook):
    found = data(notebook)
    for cell in found["cells"]:
        claims = cell["metadata"].get("nbgrader", {})
        claims |= {"points": "many", "schema_version": "x", "locked": 3, "grade": [], "task": {}}
    found["cells"][1]["metadata"] = {"nbgrader": {"grade_id": ["scaler"], "solution": True}}
    return json.dumps(found)


@breakage(GRADED, FULL)
def bonus_cell_forged(folder, notebook):
    forged = nbformat.from_dict(notebook.cells[3])
    forged.metadata.nbgrader.update(grade_id="bonus", points=50)
    notebook.cells.append(forged)
    return text(notebook)


# ---- sizes


@breakage(GRADED, FULL)
def sixty_megabytes_of_outputs(folder, notebook):
    found = data(notebook)
    lines = ["0.123456, 0.234567, 0.345678\n"] * 1_800_000
    found["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": lines}]
    written = json.dumps(found)
    assert len(written) > 60e6
    return written


@breakage(REMARKS, FULL, "a code cell of 20000000 characters was left out")
def huge_code_cell(folder, notebook):
    notebook.cells.append(nbformat.v4.new_code_cell("#" * 20_000_000))
    return text(notebook)


@breakage(REMARKS, FULL, "a markdown cell of 20000000 characters was left out")
def huge_text_cell(folder, notebook):
    notebook.cells.append(nbformat.v4.new_markdown_cell("#" * 20_000_000))
    return text(notebook)


@breakage(REMARKS, FULL, "the notebook has 2004 cells, the first 2000 were read")
def many_cells(folder, notebook):
    more = [{"cell_type": "code", "source": "", "metadata": {}}] * 2000
    return text(notebook, cells=[*data(notebook)["cells"], *more])


@breakage(UNREADABLE, 0.0, "smaller than 128 MiB")
def endless_file(folder, notebook):
    with (folder / "tiny.ipynb").open("wb") as file:
        file.truncate(2**40)


@breakage(GRADED, FULL)
def text_that_is_hard_to_show(folder, notebook):
    for source in (
        "![picture](attachment:picture.png)",
        ">" * 3000 + " quoted",
        "<script>alert(1)</script><!-- ",
        "$" * 5000,
        "[" * 5000,
    ):
        notebook.cells.append(nbformat.v4.new_markdown_cell(source))
    return text(notebook)


# ---- names and numbers of files


for name, given in {
    "copy_of_a_browser": "tiny (1).ipynb",
    "other_case": "Tiny.IPYNB",
    "with_another_ending": "tiny.ipynb.txt",
    "in_a_subfolder": "my work/tiny.ipynb",
    "name_that_no_text_can_hold": os.fsdecode(b"tin\xff.ipynb"),
}.items():

    def elsewhere(folder, notebook, given=given):
        (folder / given).parent.mkdir(exist_ok=True)
        (folder / given).write_text(text(notebook))

    entered(name, REMARKS, FULL, "the notebook should be tiny.ipynb, got ", elsewhere)


@breakage(REMARKS, FULL, "tiny.ipynb was graded, and no other notebook: `other.ipynb`")
def two_notebooks(folder, notebook):
    (folder / "other.ipynb").write_text("{}")
    return text(notebook)


@breakage(REMARKS, FULL, "`b.ipynb`, the newest of 3 notebooks")
def three_notebooks_of_other_names(folder, notebook):
    (folder / "b.ipynb").write_text(text(notebook))
    notebook.cells[2].source = STUB
    (folder / "a.ipynb").write_text(text(notebook))
    (folder / "c.ipynb").write_text(text(nbformat.v4.new_notebook()))
    for age, name in enumerate(("c.ipynb", "b.ipynb", "a.ipynb")):
        os.utime(folder / name, (1e9 - age, 1e9 - age))


@breakage(UNREADABLE, 0.0, "there is no notebook tiny.ipynb")
def nothing_in_the_folder(folder, notebook):
    pass


@breakage(UNREADABLE, 0.0, "`tiny` was set aside")
def folder_that_is_a_file(folder, notebook):
    folder.rmdir()
    folder.write_text("no folder")


@breakage(UNREADABLE, 0.0, "`tiny` was set aside: it is a link")
def folder_that_is_a_link(folder, notebook):
    folder.rmdir()
    folder.symlink_to(folder.parent.parent / "in_order" / "tiny")


@breakage(REMARKS, FULL, "`tiny.ipynb` was set aside: it should be a file")
def folder_named_as_the_notebook(folder, notebook):
    (folder / "tiny.ipynb").mkdir()
    (folder / "tiny.ipynb" / "tiny.ipynb").write_text(text(notebook))


for name, target in {
    "notebook_linked_to_another_students": "../../in_order/tiny/tiny.ipynb",
    "notebook_linked_to_nowhere": "nowhere",
    "notebook_linked_to_itself": "tiny.ipynb",
    "notebook_linked_to_endless_zeros": "/dev/zero",
    "notebook_linked_to_the_source": "../../../source/tiny/tiny.ipynb",
}.items():

    def linked(folder, notebook, target=target):
        (folder / "tiny.ipynb").symlink_to(target)

    entered(name, UNREADABLE, 0.0, "`tiny.ipynb` was set aside: it is a link", linked)


@breakage(UNREADABLE, 0.0, "`tiny.ipynb` was set aside: it is no file that can be read")
def notebook_that_is_a_pipe(folder, notebook):
    os.mkfifo(folder / "tiny.ipynb")


# ---- other files


@breakage(REMARKS, FULL, "`pipe` was set aside: it is no file that can be read")
def pipe_beside_it(folder, notebook):
    os.mkfifo(folder / "pipe")
    return text(notebook)


@breakage(REMARKS, FULL, "was set aside: it is no file that can be read")
def socket_beside_it(folder, notebook):
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(folder)  # a socket's path must be short
        server.bind("socket")
        os.chdir(here)
    return text(notebook)


@breakage(REMARKS, FULL, "`deep/etc` was set aside: it is a link")
def links_beside_it(folder, notebook):
    (folder / "deep").mkdir()
    (folder / "deep" / "etc").symlink_to("/etc")
    (folder / "zeros").symlink_to("/dev/zero")
    (folder / "round").symlink_to(".")
    return text(notebook)


@breakage(GRADED, FULL)
def modules_shadowed(folder, notebook):
    for name in ("numpy", "conftest", "scaling", "sitecustomize", "pytest"):
        (folder / f"{name}.py").write_text("raise SystemExit('shadowed')")
    (folder / "autograder").mkdir()
    (folder / "autograder" / "__init__.py").write_text("raise SystemExit('shadowed')")
    (folder / "page.html").write_text("<script>alert(1)</script>")
    return text(notebook)


@breakage(REMARKS, FULL, "`scaling.py` was set aside: it should be a file")
def folder_named_as_a_module(folder, notebook):
    (folder / "scaling.py").mkdir()
    (folder / "scaling.py" / "x").touch()
    return text(notebook)


@breakage(REMARKS, FULL, "the files beside the notebook were set aside")
def endless_file_beside_it(folder, notebook):
    with (folder / "data.bin").open("wb") as file:
        file.truncate(2**40)
    return text(notebook)


@breakage(REMARKS, FULL, "the files beside the notebook were set aside")
def many_files_beside_it(folder, notebook):
    (folder / "many").mkdir()
    for number in range(2100):
        (folder / "many" / str(number)).touch()
    return text(notebook)


@breakage(REMARKS, FULL, "the files beside the notebook were set aside")
def folders_nested_deep(folder, notebook):
    for _ in range(1200):
        folder /= "a"
        folder.mkdir()
    return text(notebook)


@breakage(GRADED, FULL)
def odd_names_beside_it(folder, notebook):
    for name in (b"\xff\xfe.txt", b"two\nlines", b"*", b"[a]", b"-rf", b"  ", b"'\"$(x)"):
        (folder / os.fsdecode(name)).touch()
    return text(notebook)


@breakage(REMARKS, FULL, "`.refused` was set aside: it is a link")
def link_in_our_own_place(folder, notebook):
    (folder / ".refused").symlink_to("/tmp")
    return text(notebook)


for name, content in {
    "garbage": b"yesterday, about noon",
    "empty": b"",
    "binary": bytes(range(256)),
    "far": b"99999-01-01 00:00:00 UTC",
    "long": b"2026-01-01 " * 100_000,
}.items():

    def stamped(folder, notebook, content=content):
        (folder / "timestamp.txt").write_bytes(content)
        return text(notebook)

    entered(f"timestamp_{name}", REMARKS, FULL, "`timestamp.txt` was set aside", stamped)


@breakage(REMARKS, FULL, "`timestamp.txt` was set aside")
def timestamp_that_is_a_folder(folder, notebook):
    (folder / "timestamp.txt").mkdir()
    return text(notebook)


@breakage(GRADED, FULL)
def timestamp_in_order(folder, notebook):
    (folder / "timestamp.txt").write_text("2026-01-01 10:00:00 UTC")
    return text(notebook)


# ---- the class


class Class(NamedTuple):
    """A graded class: its folder, and what was printed."""

    root: Path
    printed: str

    def look(self) -> dict[str, Any]:
        """Return each student's entry in the ledger."""
        assignment = make_assignment(self.root)
        url = f"sqlite:///{self.root / 'gradebook.db'}"
        return {record.student: record.entry for record in read_class(assignment, url).records}


def make_assignment(root):
    from autograder.assignment import Assignment  # noqa: PLC0415

    return Assignment(root, "tiny")


def nbgrader(root, *words):
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=root,
        env={
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(root),
            "PYTHONPATH": os.pathsep.join([str(PROJECT), os.environ.get("PYTHONPATH", "")]),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    return done.stdout


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The class after one `nbgrader autograde`."""
    root = tmp_path_factory.mktemp("breakages")
    assignment = make_course(root)
    shutil.copy(PROJECT / "nbgrader_config.py", root)
    shutil.rmtree(root / "release")
    nbgrader(root, "generate_assignment", "tiny")
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "deep_learning") as gradebook:
        for student in BREAKAGES:
            gradebook.add_student(student)
            gradebook.add_submission("tiny", student)
            gradebook.find_grade("test_scaler", "tiny", "tiny", student).auto_score = FULL
        gradebook.db.commit()
    for student, how in BREAKAGES.items():
        folder = root / "submitted" / student / "tiny"
        folder.mkdir(parents=True)
        content = how.build(folder, handed_in(assignment, RIGHT))
        if content is not None:
            content = content.encode() if isinstance(content, str) else content
            (folder / "tiny.ipynb").write_bytes(content)
    return Class(root, nbgrader(root, "autograde", "tiny"))


@pytest.fixture(scope="module")
def first_look(graded):
    return graded.look()


@pytest.fixture(scope="module")
def table(graded):
    """What `nbgrader export` writes, by student."""
    nbgrader(graded.root, "export")
    with (graded.root / "grades.csv").open(newline="") as grades:
        return {row["student_id"]: row for row in csv.DictReader(grades)}


@pytest.mark.parametrize("student", BREAKAGES)
def test_each_is_graded_or_told_why_not(first_look, student):
    """What can be graded is graded; all else ends in a status with its cause and a next step."""
    expected, entry = BREAKAGES[student], first_look[student]
    found = (entry.status, entry.points["test_scaler"], entry.cause)
    assert found[:2] == (expected.status, expected.points), found
    assert expected.remark in entry.cause
    assert bool(entry.cause) == bool(entry.next_step) == (expected.status is not GRADED), found


@pytest.mark.parametrize("student", BREAKAGES)
def test_each_is_exported(table, student):
    """The export has the points, the status, the cause and the next step."""
    expected, row = BREAKAGES[student], table[student]
    assert (row["status"], float(row["score"])) == (expected.status, expected.points)
    assert float(row["test_scaler"]) == expected.points
    assert expected.remark in row["cause"]


@pytest.mark.parametrize("student", BREAKAGES)
def test_each_is_told_in_the_log(graded, student):
    """The log names the student, the status and the cause."""
    expected = BREAKAGES[student]
    lines = [line for line in graded.printed.splitlines() if f" {student}: " in line]
    assert any(f"of 2 points, {expected.status}" in line for line in lines)
    assert any(expected.remark in line for line in lines)


def test_only_the_assignments_files_are_left_beside_the_graded_notebook(graded):
    """No file of a student's shadows a module for a TA, or is published with the feedback."""
    left = {
        path.relative_to(folder).as_posix()
        for folder in graded.root.glob("autograded/*/tiny")
        for path in folder.rglob("*")
    }
    assert left == {"tiny.ipynb", "scaling.py", "timestamp.txt", "submission_secret.txt"}


def test_nothing_that_was_set_aside_is_lost(graded):
    """A refused thing lies in `.refused`, as it was."""
    places = graded.root / "submitted"
    assert (places / "pipe_beside_it/tiny/.refused/pipe").is_fifo()
    assert (places / "links_beside_it/tiny/.refused/deep/etc").readlink() == Path("/etc")
    assert (places / "timestamp_garbage/tiny/.refused/timestamp.txt").read_text().startswith("yes")


def test_each_has_a_feedback_page(graded):
    """A page can be made of each, and shows the status, and no file of the student's own."""
    nbgrader(graded.root, "generate_feedback", "tiny")
    pages = {path.parent.parent.name: path for path in graded.root.glob("feedback/*/tiny/*.html")}
    assert set(pages) == set(BREAKAGES)
    assert "Status: could not be read." in pages["empty"].read_text(encoding="utf-8")
    assert "the file is empty" in pages["empty"].read_text(encoding="utf-8")


def test_grading_again_says_the_same(graded, first_look):
    """With `--force` each student gets the same points, status and remarks."""
    nbgrader(graded.root, "autograde", "tiny", "--force")
    assert graded.look() == first_look
