"""The team cell: it is read as data in any form, and nothing in it costs a point."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.submission import Cell, Submission
from autograder.intake.team import MAX_LINES, MAX_MEMBERS, Member, read_team

HEAD = "| name | matriculation number | e-mail |\n|---|---|---|\n"
ASKED = f"""### Team

One to three members; please fill in one line each, or write to a@staff.edu.

{HEAD}| *First Member* | *0000000* | *first.member@example.org* |
| *Second Member* | *0000000* | *second.member@example.org* |
"""
IMPORTS = Cell("code", "import numpy", grade_id="imports", locked=True)
RELEASE = Submission(
    (Cell("markdown", "# Title\nask x@staff.edu"), Cell("markdown", ASKED), IMPORTS)
)
ANN = Member("Ann Ä.", "1234567", "ann@u.edu")
BEN = Member("Ben Bee", "12-345-678", "b.b@u.edu")


def team(text, kind="markdown", **claims):
    cells = [RELEASE.cells[0], Cell(kind, text, **claims), *RELEASE.cells[2:]]
    return read_team(Submission(tuple(cells)), RELEASE)


def rows(*lines):
    return team(f"### Team\n\n{HEAD}" + "".join(f"{line}\n" for line in lines))


@pytest.mark.parametrize(
    "text",
    [
        f"### Team\n\n{HEAD}| Ann Ä. | 1234567 | ann@u.edu |\n| Ben Bee | 12-345-678 | b.b@u.edu |",
        f"{HEAD}|**Ann Ä.**|1234567|[ann@u.edu](mailto:ann@u.edu)\nBen Bee|12-345-678|<b.b@u.edu>",
        f"{HEAD}| Ann Ä. | ann@u.edu | 1234567 |\n| 12-345-678 |   Ben   Bee | b.b@u.edu |",
        "## TEAM\n\n- Ann Ä., 1234567, ann@u.edu\n- Ben Bee; 12-345-678; b.b@u.edu",
        "Ann Ä. 1234567 ann@u.edu\r\nBen Bee 12-345-678 b.b@u.edu",
        "Team\n1. Ann Ä. (1234567, ann@u.edu)\n2. Ben Bee / 12-345-678 / b.b@u.edu",
        (
            "Name: Ann Ä.\nMatr.-Nr.: 1234567\nE-Mail: ann@u.edu\n\n**Name:** Ben Bee\n"
            "Matriculation number: 12-345-678\nmail = b.b@u.edu"
        ),
        "\u202bAnn Ä.\u202c\u200b\t1234567\tann@u.edu\nBen Bee\u00a0\u00a012-345-678  b.b@u.edu",
    ],
    ids=["table", "loose table", "other order", "list", "lines", "numbered", "pairs", "unseen"],
)
def test_members_are_read_however_they_are_written(text):
    """Tables, lists, lines, pairs; markup, links and marks that are not seen are left out."""
    assert team(text).members == (ANN, BEN)
    assert team(text).remarks == ()


@pytest.mark.parametrize(
    "text",
    [
        "# Team\n# Ann Ä., 1234567, ann@u.edu\n# Ben Bee, 12-345-678, b.b@u.edu",
        'team = [\n    ("Ann Ä.", "1234567", "ann@u.edu"),\n    ("Ben Bee", "12-345-678", "b.b@u.edu"),\n]',
        (
            'team = [{"name": "Ann Ä.", "number": "1234567", "e-mail": "ann@u.edu"},\n'
            '{"name": "Ben Bee", "number": "12-345-678", "e-mail": "b.b@u.edu"}]'
        ),
    ],
)
def test_code_is_read_and_never_run(text):
    """Comments, tuples, dictionaries: as text."""
    assert team(text, "code").members == (ANN, BEN)


def test_a_cell_that_has_lost_its_place_is_found():
    """By its `grade_id`, its heading or its table's head; the last one that was filled in."""
    filled = Cell("markdown", f"{HEAD}| Ann Ä. | 1234567 | ann@u.edu |")
    for cells in (
        (IMPORTS, filled),
        (filled, Cell("markdown", ASKED), IMPORTS),
        (Cell("markdown", ASKED), IMPORTS, filled),
        (IMPORTS, Cell("raw", "Ann Ä. 1234567 ann@u.edu", grade_id="team")),
    ):
        assert read_team(Submission(cells), RELEASE).members == (ANN,)


def test_other_cells_are_no_team():
    """Neither the release's text, nor a student's table and addresses further down."""
    own = Cell("markdown", "| name | loss |\n|---|---|\n| mine | 0.5 |\n\nthanks to c@u.edu")
    for cells in ((RELEASE.cells[0], IMPORTS, own), (), (IMPORTS,)):
        found = read_team(Submission(cells), RELEASE)
        assert found.members == ()
        assert "is missing" in found.remarks[0]


def test_a_text_that_begins_like_a_teams_is_none():
    """Beside a table with members, a heading alone does not count."""
    filled = Cell("markdown", f"### Team\n{HEAD}| Ann Ä. | 1234567 | ann@u.edu |")
    prose = Cell("markdown", "Group normalisation is no dropout.")
    assert read_team(Submission((filled, IMPORTS, prose)), RELEASE).members == (ANN,)


def test_a_release_without_a_team_asks_for_none():
    """Then nothing is read, and nothing said."""
    bare = Submission((IMPORTS,))
    assert read_team(RELEASE, bare) == read_team(Submission(()), bare)
    assert read_team(RELEASE, bare).remarks == ()


def test_placeholders_are_remarks_and_no_members():
    """All of them, the rest of them, or one of a line's."""
    found = read_team(RELEASE, RELEASE)
    assert found.members == ()
    assert found.remarks == (
        "the team's table still holds its placeholders: write your team there",
    )
    ann = "| Ann Ä. | 1234567 | ann@u.edu |"
    second = "| *Second Member* | *0000000* | *second.member@example.org* |"
    found = rows(ann, second)
    assert found.members == (ANN,)
    assert found.remarks == ("team, line 2: still the placeholders, and not read",)
    found = rows("| Ann Ä. | *0000000* | ann@u.edu |")
    assert found.members == (Member("Ann Ä.", "", "ann@u.edu"),)
    assert found.remarks == ("team, line 1: the matriculation number is still the placeholder",)


@pytest.mark.parametrize(
    ("row", "remark"),
    [
        ("| Ann | | ann@u.edu |", "the matriculation number is missing"),
        ("| Ann | 1234567 | |", "the e-mail is missing"),
        ("| | 1234567 | ann@u.edu |", "the name is missing"),
        ("| Ann | 1234567 | ann.u.edu |", "the e-mail should be like name@university.edu"),
        ("| Ann | 1234567 | ann@localhost |", "the e-mail should be like name@university.edu"),
        (
            "| Ann | none yet 7 | ann@u.edu |",
            "the matriculation number should be one of 4 to 16 digits",
        ),
        ("| Ann | 123 | ann@u.edu |", "the matriculation number should be one of 4 to 16 digits"),
        ("| Ann | 0000 | ann@u.edu |", "the matriculation number should be one of 4 to 16 digits"),
    ],
)
def test_nonsense_is_a_remark(row, remark):
    """It names the line and the problem, but quotes nothing."""
    found = rows(row)
    assert len(found.members) == 1
    assert found.remarks == (f"team, line 1: {remark}",)


def test_four_members_are_read_with_a_remark():
    """Every person with a name is a member."""
    found = rows(*(f"| M{n} | 123456{n} | m{n}@u.edu |" for n in range(4)))
    assert len(found.members) == 4
    assert found.remarks == ("a team must have one to 3 members, got 4",)


@pytest.mark.parametrize("again", ["| A. | 1 234 567 | x@u.edu |", "| Ä. | 7654321 | ANN@u.edu |"])
def test_a_member_counts_once(again):
    """A remark names a member that is there twice, by number or address."""
    found = rows("| Ann Ä. | 1234567 | ann@u.edu |", again)
    assert found.members == (ANN,)
    assert found.remarks == ("team, line 2: the same member as in line 1",)


def test_any_script_is_read():
    """Names in any script, from either side, and numbers in any digits."""
    found = rows("| محمد علي | ١٢٣٤٥٦٧ | m@u.edu |", "| 王小明 | １２３４５６８ | w@u.edu |")
    assert [member.name for member in found.members] == ["محمد علي", "王小明"]
    assert found.remarks == ()


def test_an_empty_table_names_nobody():
    """It is a remark."""
    assert rows().remarks == (
        "the team's table names nobody that can be read: write one line for each member",
    )


@given(st.text(), st.sampled_from(["markdown", "code", "raw"]))
def test_any_text_is_read(text, kind):
    """No text is an error, and no remark quotes it."""
    found = team(f"### Team\n{HEAD}{text}", kind)
    assert len(found.members) <= MAX_MEMBERS


def test_no_more_lines_are_read_than_a_team_needs():
    """The lines below them are not read."""
    row = "\n| Ann Ä. | 1234567 | ann@u.edu |"
    assert team(f"### Team\n{HEAD}" + "x\n" * (MAX_LINES - 5) + row).members == (ANN,)
    assert team(f"### Team\n{HEAD}" + "x\n" * MAX_LINES + row).members == ()


@pytest.mark.parametrize(
    "piece", ["a", "1 ", "|", "@", "[", "a@", "name: ", "(", "\\", "1-", "a.b@c|"]
)
def test_long_texts_take_no_time(piece):
    """Megabytes of anything are cut off before they are searched."""
    found = team(f"### Team\n{HEAD}" + piece * 300_000)
    assert len(found.members) <= MAX_MEMBERS
