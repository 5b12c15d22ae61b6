"""The roster: nbgrader's columns or an LMS's, and who is meant by a text."""

from types import SimpleNamespace

import pytest

from autograder.course import roster
from autograder.course.roster import Person, Roster
from autograder.course.roster_file import RosterError

NBGRADER = "id,first_name,last_name,email,matriculation_number\nann,Ann,Ä,ann@u.edu,12-345-678\n"
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Dropout (47),Current Score
    Points Possible,,,,,3,(read only)
"Ä, Ann",1001,S1,ann,Sec 1,2.5,90
"""
MOODLE = """\
\ufeffIdentifier,Full name,ID number,Email address,Status,Last modified (submission)
Participant 1234567,Ann Ä,12345678,ann@u.edu,Submitted,"Wednesday, 10 June 2026, 2:14 PM"
"""
GRADESCOPE = "First Name,Last Name,SID,Email,Sections\nAnn,Ä,12345678,ann@u.edu,\n"


def read(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return Roster.read(path)


def test_columns_are_nbgraders_and_more(tmp_path):
    """The file that `nbgrader db student import` takes, with a column for the number."""
    [ann] = read(tmp_path, NBGRADER)
    assert ann == Person("ann", "Ann", "Ä", email="ann@u.edu", matriculation_number="12-345-678")


def test_what_an_lms_hands_out_is_a_roster(tmp_path):
    """Canvas's gradebook, Moodle's grading worksheet, Gradescope's roster, as they are."""
    [canvas] = read(tmp_path, CANVAS)
    assert (canvas.id, canvas.lms_user_id, canvas.sis_user_id) == ("ann", "1001", "S1")
    [moodle] = read(tmp_path, MOODLE)
    assert (moodle.id, moodle.participant) == ("ann@u.edu", "1234567")
    assert moodle.submitted == "Wednesday, 10 June 2026, 2:14 PM"
    [scope] = read(tmp_path, GRADESCOPE)
    assert (scope.id, scope.matriculation_number) == ("ann@u.edu", "12345678")
    for person in (canvas, moodle, scope):
        assert "annä" in person.names


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_file_is_read_as_a_spreadsheet_saves_it(tmp_path, encoding, separator):
    """With a mark at its beginning or in Windows' encoding, with any separator."""
    [ann] = read(tmp_path, NBGRADER.replace(",", separator), encoding)
    assert ann.last_name == "Ä"


def test_our_own_apostrophe_is_taken_off(tmp_path):
    """An id that was written with one in an export is the id again."""
    assert [p.id for p in read(tmp_path, "id\n'-ann\n'ben\n")] == ["-ann", "'ben"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x,y\n1,2\n",
        'id\n"cut',
        "id\nann\nann\n",
    ],
)
def test_what_is_no_roster_is_an_error_with_its_remedy(tmp_path, text):
    """It names the file, and what must be there."""
    with pytest.raises(RosterError, match="roster.csv must"):
        read(tmp_path, text)


def test_a_missing_roster_is_an_error_only_where_it_was_named(tmp_path):
    """Without a name, the course may have none."""
    assert roster.find(tmp_path) is None
    with pytest.raises(RosterError, match="cannot be read"):
        roster.find(tmp_path, "other.csv")
    (tmp_path / "roster.csv").write_text(NBGRADER)
    found = roster.find(tmp_path)
    assert [p.id for p in found or ()] == ["ann"]


def test_who_is_found_by_any_id_number_or_address():
    """Case, spaces, separators and other digits do not matter."""
    people = Roster([Person("ann", email="Ann@U.edu", matriculation_number="12-345-678")])
    for text in (
        "ann",
        " ANN ",
        "ann@u.edu",
        "12345678",
        "12 345 678",
        "１２３４５６７８",
        "١٢٣٤٥٦٧٨",
    ):
        assert people.who(text) == people.people["ann"]
    for text in ("", "anna", "1234567", "@"):
        assert people.who(text) is None


def test_what_is_of_several_is_nobodys():
    """A shared address or name names neither."""
    people = Roster(
        [
            Person("a", "Ann", "Lee", email="x@u.edu"),
            Person("b", "Ann", "Lee", email="x@u.edu"),
            Person("c", "Çem", "O'Neill"),
        ]
    )
    assert people.who("x@u.edu") is None
    assert people.named("Ann Lee") is None
    assert people.named("o'neill, ÇEM") == people.people["c"]
    assert people.named("") is None


def test_the_gradebook_counts_and_the_roster_adds():
    """Gradebook's ids stay, found by id or address; who is in the roster alone is there, too."""
    ours = [
        SimpleNamespace(id="ann", first_name=None, last_name="A", email=None, lms_user_id=None),
        SimpleNamespace(id="x7", first_name=None, last_name=None, email="ben@u.edu"),
    ]
    more = Roster(
        [
            Person("ann", "Ann", "Other", matriculation_number="1"),
            Person("ben", "Ben", email="ben@u.edu", lms_user_id="9"),
            Person("cem"),
        ]
    )
    found = Roster.of(ours, more).people
    assert list(found) == ["ann", "x7", "cem"]
    assert (found["ann"].first_name, found["ann"].last_name) == ("Ann", "A")
    assert (found["x7"].first_name, found["x7"].lms_user_id) == ("Ben", "9")
    assert list(Roster.of(ours).people) == ["ann", "x7"]
