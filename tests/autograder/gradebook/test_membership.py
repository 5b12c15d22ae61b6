"""Teams: matching of members, problems, and whose submission counts for which student."""

import os
from dataclasses import replace

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell

from autograder.course.roster import Person, Roster
from autograder.gradebook.entry import IN_A_TEAM, NOT_COLLECTED, SEVERAL, Entry
from autograder.gradebook.membership import Membership
from autograder.results.report import KEY, Report, Status
from tests.autograder.support.tiny import handed_in

HEAD = "### Team\n\n| name | matriculation number | e-mail |\n|---|---|---|\n"
PLACEHOLDERS = "| *First Member* | *0000000* | *first@example.org* |\n"
PEOPLE = [
    Person("ann", "Ann", email="ann@u.edu", matriculation_number="1000001"),
    Person("ben", "Ben", email="ben@u.edu", matriculation_number="1000002"),
    Person("cem", "Cem", email="cem@u.edu", matriculation_number="1000003"),
    Person("dan", "Dan", email="dan@u.edu", matriculation_number="1000004"),
]
ROWS = {p.id: f"| {p.first_name} | {p.matriculation_number} | {p.email} |\n" for p in PEOPLE}


@pytest.fixture
def membership(tiny):
    """A function that lets students hand in with the given tables, and returns the teams."""
    add_table(tiny, PLACEHOLDERS)

    def make(people=PEOPLE, **tables):
        for student, rows in tables.items():
            hand_in(tiny, student, "".join(ROWS.get(name, name) for name in rows))
        return Membership(tiny, Roster(people))

    return make


def add_table(assignment, rows):
    for stage in ("source", "release"):
        path = assignment.root / stage / "tiny" / "tiny.ipynb"
        whole = nbformat.read(path, as_version=4)
        whole.cells.insert(1, new_markdown_cell(HEAD + rows))
        nbformat.write(whole, path)


def hand_in(assignment, student, rows, stage="submitted", status=None):
    whole = handed_in(assignment, "")
    whole.cells[1].source = HEAD + rows
    if status:
        whole.metadata[KEY] = nbformat.from_dict(Report(status, ()).to_dict())
    folder = assignment.root / stage / student / "tiny"
    folder.mkdir(parents=True)
    nbformat.write(whole, folder / "tiny.ipynb")


def problems_of(found):
    return [(problem.student, problem.text) for problem in found.problems]


def test_a_submission_counts_for_each_member(membership):
    """By e-mail, id or number; a class without oddities has no problems."""
    found = membership(
        ann=["ann", "| B. | 1-000-002 | |\n", "| C. | 9999999 | CEM@u.edu |\n"], dan=["dan"]
    )
    assert found.students == {"ann": ["ann", "ben", "cem"], "dan": ["dan"]}
    assert [found.submission_for(who) for who in ("ann", "ben", "cem", "dan")] == ["ann"] * 3 + [
        "dan"
    ]
    assert found.submission_for("eve") is None
    assert problems_of(found) == [("ann", "team, line 2: the e-mail is missing")]


def test_ones_own_submission_counts_first(membership):
    """The student who handed in keeps it, and the two submissions are a problem."""
    found = membership(ann=["ann", "ben"], ben=["ben"])
    assert (found.submission_for("ann"), found.submission_for("ben")) == ("ann", "ben")
    assert problems_of(found) == [
        ("ben", "has a submission of their own, which counts, and is in that of ann")
    ]
    assert found.problems_of("ben")[0].startswith("has a submission of their own")
    assert not found.problems_of("ann")


def test_each_member_has_the_problems_of_the_team(membership):
    """With the name of the student concerned, if that is another one."""
    found = membership(ann=["ann", "ben", "| Eve | 7777777 | eve@u.edu |\n"])
    [of_ann], [of_ben] = found.problems_of("ann"), found.problems_of("ben")
    assert of_ann.startswith("team, line 3: matches no student")
    assert of_ben == f"ann: {of_ann}"


def test_whom_two_teams_name_waits_for_a_human(membership):
    """Neither counts: nothing is averaged, and nothing chosen by chance."""
    found = membership(ann=["ann", "cem"], ben=["ben", "cem"])
    assert found.submission_for("cem") is None
    assert problems_of(found) == [
        ("cem", "is in the submissions of ann and ben: none counts until one is left")
    ]


def test_who_matches_nobody_is_listed(membership):
    """By the line, without a name or number."""
    found = membership(ann=["ann", "| Eve | 7777777 | eve@u.edu |\n"])
    assert problems_of(found) == [
        ("ann", "team, line 2: matches no student of the gradebook or roster")
    ]
    assert found.students == {"ann": ["ann"]}


def test_an_address_and_a_number_of_two_students_match_neither(membership):
    """No student gets a grade by another student's data."""
    found = membership(ann=["ann", "| X | 1000002 | cem@u.edu |\n"])
    assert found.students == {"ann": ["ann"]}
    [(who, text)] = problems_of(found)
    assert who == "ann"
    assert "the e-mail is cem's and the number ben's" in text


def test_a_submitter_outside_their_team_is_a_problem(membership):
    """The grade is theirs all the same; the folder of a group is no person."""
    found = membership([*PEOPLE, Person("team-1")], ann=["ben"], **{"team-1": ["cem"]})
    assert problems_of(found) == [("ann", "the student who handed in is not in the team's table")]
    assert found.students == {"ann": ["ann", "ben"], "team-1": ["team-1", "cem"]}


def test_placeholders_are_remarks_that_the_student_reads(membership):
    """They are marked as such."""
    [problem] = membership(ann=[PLACEHOLDERS]).problems
    assert problem.is_remark
    assert "placeholders" in problem.text


def test_who_is_in_others_submissions_alone_is_not_missing(membership):
    """One submission counts; of several, none does. A student's own always counts."""
    found = membership(ann=["ann", "ben", "cem"], dan=["dan", "cem", "ann"])
    lines = [Entry(name, {}, Status.MISSING, cause="nothing") for name in ("ben", "cem", "eve")]
    ann = Entry("ann", {"test_scaler": 1.5}, Status.HELD, late_penalty=0.5)
    ben, cem, eve = (found.entry(line, {"ann": ann}) for line in lines)
    assert (ben.status, ben.cause, ben.next_step) == (IN_A_TEAM, "in the submission of ann", "")
    assert (ben.points, ben.total) == ({"test_scaler": 1.5}, 1.0)
    assert (cem.status, cem.next_step) == (SEVERAL, found.next_step)
    assert "is in the submissions of ann and dan" in cem.cause
    assert eve == lines[2]
    own = Entry("ann", {}, Status.GRADED)
    assert found.entry(own, {}) == own
    left_out = Entry("ben", {}, NOT_COLLECTED, cause="handed in a.pdf, no notebook")
    assert found.entry(left_out, {}).status == IN_A_TEAM
    assert found.entry(left_out, {}).cause == (
        "in the submission of ann; handed in a.pdf, no notebook"
    )


def test_those_who_are_together_have_one_author(membership):
    """The first of them; naming others, or being named, is not enough."""
    found = membership(ann=["ann", "ben"], ben=["ann", "ben"], cem=["ann", "cem"], dan=["dan"])
    authors = {student: found.author(student) for student in ("ann", "ben", "cem", "dan", "eve")}
    assert authors == {"ann": "ann", "ben": "ann", "cem": "cem", "dan": "dan", "eve": "eve"}


def test_what_has_been_read_is_not_read_again(membership, tiny):
    """It is taken as it is; None is an unreadable one."""
    found = membership(ann=["ann", "ben"], ben=["ben"])
    read = {"ann": found._submission("ben"), "ben": None}
    again = Membership(tiny, found.roster, read)
    assert again.students == {"ann": ["ann", "ben"], "ben": ["ben"]}
    assert again.teams["ben"].members == ()
    assert again.teams["ann"] == found.teams["ben"]


def test_two_are_together_if_both_say_so(membership):
    """No student avoids the comparison by naming another."""
    found = membership(ann=["ann", "ben", "cem"], ben=["ben", "ann"], cem=["cem"])
    assert found.together("ann", "ben")
    assert found.together("ben", "ann")
    assert not found.together("ann", "cem")
    assert not found.together("ben", "cem")


def test_what_was_graded_counts(tiny, membership):
    """The graded notebook is read; without one, the notebook in `submitted/`."""
    found = membership(ann=["ann", "ben"], ben=["ben"])
    hand_in(tiny, "ann", ROWS["ann"] + ROWS["cem"], "autograded", Status.GRADED)
    hand_in(tiny, "ben", ROWS["ben"] + ROWS["dan"], "autograded")  # half-way
    assert found.students == {"ann": ["ann", "cem"], "ben": ["ben"]}


def test_what_cannot_be_read_is_ones_own_all_the_same(tiny, membership):
    """Its owner is not given another's grade, and no table is missed in it."""
    found = membership(ann=["ann", "ben", "cem"], ben=["ben"])
    hand_in(tiny, "ben", "", "autograded", Status.UNREADABLE)
    (tiny.root / "submitted" / "cem" / "tiny").mkdir(parents=True)
    (tiny.root / "submitted" / "cem" / "tiny" / "tiny.ipynb").write_text("no notebook")
    assert (found.submission_for("ben"), found.submission_for("cem")) == ("ben", "cem")
    assert not any(problem.is_remark for problem in found.problems)


def test_what_would_hang_or_lead_elsewhere_is_not_read(tiny, membership):
    """A pipe in the place of a notebook, or a link to another's."""
    found = membership(ann=["ann", "cem"])
    for student in ("ben", "dan"):
        (tiny.root / "submitted" / student / "tiny").mkdir(parents=True)
    os.mkfifo(tiny.root / "submitted" / "ben" / "tiny" / "tiny.ipynb")
    link = tiny.root / "submitted" / "dan" / "tiny" / "tiny.ipynb"
    link.symlink_to(tiny.root / "submitted" / "ann" / "tiny" / "tiny.ipynb")
    assert found.students == {"ann": ["ann", "cem"], "ben": ["ben"], "dan": ["dan"]}
    assert found.problems == []


EVE = Person("eve", "Eve", email="eve@u.edu", matriculation_number="1000005")
FEE = Person("fee", "Fee", email="fee@u.edu", matriculation_number="1000006")
UNKNOWN = "| Gil | 1000007 | gil@u.edu |\n"


@pytest.mark.parametrize(
    "table",
    [["eve", "ann", "ben", "cem"], ["ann", "ben", "cem"], ["ann", "ben", UNKNOWN, "eve"]],
    ids=["four", "three beside who handed in", "one unknown"],
)
def test_a_team_that_is_too_large_names_nobody(membership, table):
    """No member gets its grade, or loses that of another team, before the staff decides."""
    rows = {p.id: f"| {p.first_name} | {p.matriculation_number} | {p.email} |\n" for p in [EVE]}
    found = membership(
        [*PEOPLE, EVE, FEE], eve=[rows.get(name, name) for name in table], dan=["dan", "cem"]
    )
    assert [found.submission_for(who) for who in ("ann", "ben", "cem", "dan", "eve")] == [
        *(None, None, "dan", "dan", "eve"),
    ]
    assert any(who == "eve" and "`submission_of`" in text for who, text in problems_of(found))
    entry = Entry("ann", {}, Status.MISSING)
    assert found.entry(entry, {}) == entry


def test_the_staff_decides_in_the_roster(membership):
    """A roster's `submission_of` takes precedence over the tables; own submissions stay."""
    people = [
        replace(p, submission_of="eve@u.edu" if p.id in ("ann", "dan") else "") for p in PEOPLE
    ]
    table = [ROWS["ann"], ROWS["ben"], ROWS["cem"], ROWS["dan"]]
    found = membership([*people, EVE], eve=table, dan=["dan", "ann"])
    assert [found.submission_for(who) for who in ("ann", "ben", "cem", "dan")] == [
        "eve",
        None,
        None,
        "dan",
    ]


def test_the_staff_decides_between_two_teams(membership):
    """A student in two teams has the submission that the roster names."""
    people = [replace(p, submission_of="ben" if p.id == "cem" else "") for p in PEOPLE]
    found = membership(people, ann=["ann", "cem"], ben=["ben", "cem"])
    assert found.submission_for("cem") == "ben"
    assert problems_of(found) == []


def test_a_decision_for_a_submission_that_does_not_exist_is_a_problem(membership):
    """It gives no grade, and takes that of the table."""
    people = [replace(p, submission_of="dan" if p.id == "cem" else "") for p in PEOPLE]
    found = membership(people, ann=["ann", "cem"])
    assert found.submission_for("cem") is None
    assert problems_of(found) == [
        ("cem", "the roster's `submission_of` names nobody who has handed in")
    ]
