"""Ids that differ only in their spelling are one student's, in folders, gradebook, roster and exports."""

import csv
import json
import shutil
import unicodedata

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder import cli
from autograder.course.roster import Roster
from autograder.course.roster_file import RosterError
from autograder.course.spelling import Clash, clashes, grouped, respelt, same
from autograder.gradebook.export import GradesPlugin
from autograder.gradebook.lms_export import CanvasPlugin, GradescopePlugin, MoodlePlugin
from tests.autograder.gradebook.test_export import App
from tests.autograder.support.tiny import IDENTITY, IN_PLACE

COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "zoë") for form in ("NFC", "NFD"))
SPELLINGS = pytest.mark.parametrize(
    ("known", "folder"),
    [("ann", "Ann"), ("Ann01", "ANN01"), ("ann", "ann "), (COMPOSED, DECOMPOSED), ("weiß", "WEISS")],
    ids=ascii,
)  # fmt: skip


@SPELLINGS
def test_what_differs_in_spelling_only_is_the_same(known, folder):
    """In case, blanks at the ends, and how a letter is composed."""
    assert same(known) == same(folder)
    assert grouped([folder, known]) == {same(known): sorted([known, folder])}


def test_other_ids_are_other_students():
    """No dot, dash, number or blank within an id is left out."""
    ids = ["ann", "anne", "an n", "12-3", "123", "a.n", "an"]
    assert len(grouped(ids)) == len(ids)


def test_the_known_spelling_counts():
    """If there is one; where a student is there or known in several, none is chosen."""
    assert respelt(["Ann", "bob"], {"ann", "bob"}) == {"Ann": "ann"}
    assert respelt(["Ann"], {"ann", "ANN"}) == respelt(["Ann", "ann"], {"ann"}) == {}
    assert respelt(["ann"], {"ann", "Ann"}) == {}


def test_of_several_spellings_the_known_ones_are_graded():
    """All of them, if none is known."""
    assert clashes(["Ann", "ann", "bob"], {"ann"}) == [Clash(["Ann", "ann"], ["ann"])]
    assert clashes(["Ann", "ann"], {"bob"}) == [Clash(["Ann", "ann"], ["Ann", "ann"])]


# ---- grading, and what the views show of it


def add(course, *students):
    with Gradebook(course.url, "deep_learning") as gradebook:
        for student in students:
            gradebook.add_student(student, email=f"{same(student)}@u.edu")


def scores(course):
    """Return the automatic score of each student in the gradebook; None without a submission."""
    with Gradebook(course.url, "deep_learning") as gradebook:
        graded = {
            s.student.id: s.notebooks[0].grades[0].auto_score
            for s in gradebook.assignment_submissions("tiny")
        }
        return {student.id: graded.get(student.id) for student in gradebook.students}


def status(course):
    words = ["status", "tiny", "--json", "--course", str(course.root)]
    done = CliRunner().invoke(cli.commands, words)
    assert done.exit_code == 0, done.output
    return {one["student"]: one for one in json.loads(done.stdout)["students"]}


def export(course, plugin):
    to = course.root / "out.csv"
    with Gradebook(course.url, "deep_learning") as gradebook:
        plugin(parent=App(coursedir=course.coursedir), to=str(to)).export(gradebook)
    with to.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def in_each_lms(course):
    """Return what each LMS's file has for its students: the total, by the id that it has."""
    found = []
    columns = {
        CanvasPlugin: ("SIS Login ID", "tiny"),
        MoodlePlugin: ("Email address", "tiny (Real)"),
        GradescopePlugin: ("SID", "Total Score"),
    }
    for plugin, (who, total) in columns.items():
        lines = [row for row in export(course, plugin) if row[who]]
        found.append([(row[who].removesuffix("@u.edu"), row[total]) for row in lines])
    return found


@pytest.mark.unmeasured
@SPELLINGS
def test_a_folder_gets_the_known_spelling(tiny_course, grade, known, folder):
    """Nobody is entered twice: the folder is renamed, and all views have one line."""
    add(tiny_course, known)
    tiny_course.hand_in(folder, IN_PLACE)
    before = sorted(tiny_course.root.rglob("*"))
    ran = grade("--dry-run")
    assert (ran.code, sorted(tiny_course.root.rglob("*"))) == (0, before)
    assert "1 submission: 1 would be graded" in ran.out
    ran = grade("--student", folder)
    assert ran.code == 0
    assert f"{folder}/tiny is renamed submitted/{known}/tiny" in ran.out
    assert scores(tiny_course) == {known: 1.5}
    assert [path.name for path in (tiny_course.root / "submitted").iterdir()] == [known]
    assert [path.name for path in (tiny_course.root / "autograded").iterdir()] == [known]
    assert {who: one["total"] for who, one in status(tiny_course).items()} == {known: 1.5}
    canvas, moodle, gradescope = in_each_lms(tiny_course)
    assert canvas == gradescope == [(known, "1.5")]
    assert moodle == [(same(known), "1.5")]
    assert "1 unchanged" in grade().out


def test_the_rosters_spelling_is_known_too(tiny_course, grade):
    """Before anything of the student is in the gradebook."""
    (tiny_course.root / "roster.csv").write_text("id,email\nann,ann@u.edu\n")
    tiny_course.hand_in("ANN", IN_PLACE)
    assert grade().code == 0
    assert scores(tiny_course) == {"ann": 1.5}


def test_nbgraders_own_command_does_the_same(tiny_course):
    """So does the Formgrader's button."""
    add(tiny_course, "ann")
    tiny_course.hand_in("Ann", IN_PLACE)
    assert tiny_course.grade("Ann")["success"]
    assert scores(tiny_course) == {"ann": 1.5}


def test_of_two_folders_the_known_one_is_graded(tiny_course, grade):
    """The other is named with it, nothing of it is touched, and no grade is lost."""
    add(tiny_course, "ann")
    tiny_course.hand_in("ann", IN_PLACE)
    other = tiny_course.hand_in("Ann", IDENTITY)
    for _ in range(2):
        ran = grade()
        assert ran.code == 1
        assert ran.out.count("submitted/Ann/tiny and submitted/ann/tiny must be one folder") == 1
        assert "Until then, ann is graded" in ran.out
        assert scores(tiny_course) == {"ann": 1.5}
        assert other.is_dir()
    assert all(
        "Ann and ann are one student's id" in s["next_step"] for s in status(tiny_course).values()
    )
    assert in_each_lms(tiny_course) == [[("ann", "1.5")]] * 3
    shutil.rmtree(other.parent)
    assert grade().code == 0
    assert status(tiny_course)["ann"]["next_step"] == ""


def test_of_two_unknown_folders_both_are_graded(tiny_course, grade, caplog):
    """A human decides: both are named, and no LMS's file has either until then."""
    tiny_course.hand_in("ann", IN_PLACE)
    tiny_course.hand_in("Ann", IDENTITY)
    ran = grade()
    assert "submitted/Ann/tiny and submitted/ann/tiny must be one folder" in ran.out
    assert scores(tiny_course) == {"ann": 1.5, "Ann": 0.0}
    assert {who: one["total"] for who, one in status(tiny_course).items()} == {
        "Ann": 0.0,
        "ann": 1.5,
    }
    rows = export(tiny_course, GradesPlugin)
    assert {row["student_id"]: row["score"] for row in rows} == {"Ann": "0.0", "ann": "1.5"}
    assert in_each_lms(tiny_course) == [[], [], []]
    assert "Ann and ann are spellings of one student's id and have several grades" in caplog.text


def test_a_gradebook_with_both_spellings_has_one_student(tiny_course, grade):
    """An earlier release has entered the second: its grade is the one, and no line is empty."""
    (tiny_course.root / "roster.csv").write_text("id,email\nann,ann@u.edu\n")
    tiny_course.hand_in("Ann", IN_PLACE)
    add(tiny_course, "ann", "Ann")
    assert grade().code == 0
    assert scores(tiny_course) == {"ann": None, "Ann": 1.5}
    assert {who: one["total"] for who, one in status(tiny_course).items()} == {"Ann": 1.5}
    rows = export(tiny_course, GradesPlugin)
    assert [(row["student_id"], row["score"], row["email"]) for row in rows] == [
        ("Ann", "1.5", "ann@u.edu")
    ]
    assert in_each_lms(tiny_course) == [[("ann", "1.5")], [("ann", "1.5")], [("Ann", "1.5")]]


def test_a_roster_has_one_spelling_of_an_id(tmp_path):
    """Either of the two lines may be meant: the error names both."""
    path = tmp_path / "roster.csv"
    path.write_text("id,email\nann,ann@u.edu\nbob,\nAnn,other@u.edu\n")
    with pytest.raises(RosterError, match=r"got \['ann', 'Ann'\]: delete the others"):
        Roster.read(path)
