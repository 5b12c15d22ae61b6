"""Collecting a download: each student's newest notebook, under the assignment's name."""

import shutil

import pytest

from tests.autograder.support.download import JULY, JUNE, archive, listed, notebook, zipped


def test_moodles_archive_is_collected(archives, collect):
    """By participant number, by name, or by the number as it stands; folders and flat files."""
    archive(archives / "m.zip", {
        "Ann Ä_1234567_assignsubmission_file_/tiny.ipynb": ("1", JUNE),
        "Cem Cee_55_assignsubmission_file_tiny.ipynb": ("2", JULY),
        "Group 7_1234568_assignsubmission_file/tiny.ipynb": ("3", JULY),
        "Ben Bee_1234568_assignsubmission_onlinetext/onlinetext.html": ("4", JULY),
        "Default group_assignsubmission_file/tiny.ipynb": ("5", JULY),
    })  # fmt: skip
    taken, refused, *_ = collect()
    assert taken == {
        "ann/tiny/tiny.ipynb": "1", "ann/tiny/timestamp.txt": "2026-06-10 14:00:00",
        "cem/tiny/tiny.ipynb": "2", "cem/tiny/timestamp.txt": "2026-07-01 09:30:00",
        "1234568/tiny/tiny.ipynb": "3", "1234568/tiny/timestamp.txt": "2026-07-01 09:30:00",
    }  # fmt: skip
    assert refused["onlinetext.html"] == "it is no notebook"
    assert "ben/tiny" not in str(taken)
    assert "its name has no number" in refused["tiny.ipynb"]


def test_the_newest_attempt_of_canvas_wins(archives, collect):
    """By the attempt's number, then the date, then the upload; the others are listed."""
    archive(archives / "c.zip", {
        "aann_1001_5_tiny.ipynb": ("1", JULY),
        "aann_1001_6_tiny-1.ipynb": ("2", JUNE),
        "aann_LATE_1001_7_tiny-2.ipynb": ("3", JUNE),
        "beeben_1002_8_tiny.ipynb": ("4", JULY),
        "beeben_1002_9_tiny.ipynb": ("5", JUNE),
        "xx_77_10_tiny.ipynb": ("6", JUNE),
        "xx_77_11_tiny.ipynb": ("7", JUNE),
    })  # fmt: skip
    taken, refused, *_ = collect()
    assert {name: text for name, text in taken.items() if name.endswith(".ipynb")} == {
        "ann/tiny/tiny.ipynb": "3", "ben/tiny/tiny.ipynb": "4", "77/tiny/tiny.ipynb": "7",
    }  # fmt: skip
    assert len(refused) == 4
    assert refused["aann_1001_6_tiny-1.ipynb"] == (
        "an older attempt: `c/aann_LATE_1001_7_tiny-2.ipynb` was taken"
    )


def test_of_two_downloads_the_newer_file_wins(archives, collect):
    """A student who handed in again is in both, under the same name."""
    name = "Ann Ä_1234567_assignsubmission_file_/tiny.ipynb"
    archive(archives / "z_first.zip", {name: ("1", JUNE)})
    archive(archives / "a_second.zip", {name: ("2", JULY)})
    taken, _, *_ = collect()
    assert taken["ann/tiny/tiny.ipynb"] == "2"


@pytest.mark.parametrize("own", ["homework final.ipynb", "TINY.ipynb", "übung-3.ipynb"])
def test_the_only_notebook_gets_the_assignments_name(tiny, archives, collect, own):
    """The graded submission has a remark, and nothing is lost."""
    text = notebook(tiny)
    archive(archives / "c.zip", {f"aann_1001_5_{own}": (text, JUNE)})
    taken, refused, *_ = collect()
    assert taken["ann/tiny/tiny.ipynb"] == text
    assert refused == {}
    (row,) = listed(tiny)
    assert row["remark"] == f"the notebook should be tiny.ipynb, got `{own}`: it was collected"


def test_of_several_odd_names_the_assignments_cells_decide(tiny, archives, collect):
    """Even if another notebook is newer. The right name takes precedence."""
    archive(archives / "c.zip", {
        "aann_1001_5_mine.ipynb": (notebook(tiny), JUNE),
        "aann_1001_6_scratch.ipynb": ("{}", JULY),
        "beeben_1002_7_tiny.ipynb": ("right name", JUNE),
        "beeben_1002_8_other.ipynb": (notebook(tiny), JULY),
    })  # fmt: skip
    taken, refused, *_ = collect()
    assert taken["ann/tiny/tiny.ipynb"] == notebook(tiny)
    assert taken["ben/tiny/tiny.ipynb"] == "right name"
    assert refused["aann_1001_6_scratch.ipynb"] == (
        "not the notebook tiny.ipynb: `c/aann_1001_5_mine.ipynb` was taken"
    )


def test_a_notebook_with_another_ending_is_collected(archives, collect):
    """Under the notebook's own name, whatever its ending."""
    archive(archives / "c.zip", {"aann_1001_5_tiny.ipynb.txt": ("1", JUNE)})
    assert collect().taken["ann/tiny/tiny.ipynb"] == "1"


@pytest.mark.parametrize("name", ["tiny.json", "tiny", "tiny.txt", "tiny.zip"])
def test_a_notebook_without_its_ending_is_found(tiny, archives, collect, name):
    """By the assignment's cells, where there is no other."""
    archive(archives / "c.zip", {f"aann_1001_5_{name}": (notebook(tiny),)})
    assert collect().taken["ann/tiny/tiny.ipynb"] == notebook(tiny)


def test_an_earlier_submission_stays_without_force(tiny, archives, collect):
    """nbgrader would end half-way; with `--force` the new one is taken."""
    folder = tiny.root / "submitted" / "ann" / "tiny"
    folder.mkdir(parents=True)
    (folder / "tiny.ipynb").write_text("old")
    files = {"aann_1001_5_tiny.ipynb": ("new", JUNE), "beeben_1002_5_tiny.ipynb": ("2", JUNE)}
    archive(archives / "c.zip", files)
    taken, refused, *_ = collect()
    assert (taken["ann/tiny/tiny.ipynb"], taken["ben/tiny/tiny.ipynb"]) == ("old", "2")
    assert refused == {
        "aann_1001_5_tiny.ipynb": "ann already has a submission: --force replaces it"
    }
    assert collect("--force").taken["ann/tiny/tiny.ipynb"] == "new"


def test_what_was_collected_before_is_no_loss(tiny, archives, collect):
    """The same again needs no `--force`, and keeps its remark; another one does."""
    archive(archives / "c.zip", {"aann_LATE_1001_5_tiny.ipynb": ("1",)})
    assert collect().code == 0
    shutil.rmtree(tiny.root / "downloaded" / "tiny" / "extracted")
    run = collect()
    assert run.code == 0
    assert [row["remark"] for row in listed(tiny)] == ["", "Canvas marks it as late"]
    shutil.rmtree(tiny.root / "downloaded" / "tiny" / "extracted")
    archive(archives / "c.zip", {"aann_LATE_1001_5_tiny.ipynb": ("2",)})
    run = collect()
    assert (run.code, run.taken["ann/tiny/tiny.ipynb"]) == (1, "1")
    assert "ann already has a submission: --force replaces it" in run.out[-2]


def test_remarks_reach_the_one_who_grades(tiny, tiny_course, archives, collect, grade):
    """A late mark and a corrected name are remarks of the graded submission."""
    archive(archives / "c.zip", {"aann_LATE_1001_5_mine.ipynb": (notebook(tiny), JUNE)})
    collect()
    assert grade().code == 0
    entry = tiny_course.entry("ann")
    assert entry.status == "graded with remarks"
    assert entry.points == {"test_scaler": 2.0}
    [remark] = entry.remarks
    assert remark.startswith(
        "Canvas marks it as late; the notebook should be tiny.ipynb, got `mine"
    )


def test_nothing_to_collect_is_an_error(archives, collect):
    """The message says where to put the download."""
    run = collect()
    assert (run.code, "holds nothing to collect" in run.out[-1]) == (1, True)


def test_folders_by_the_thousand_keep_nobody_back(archives, collect):
    """Deep or wide, in a student's own archive or in the LMS's: the classmates are collected."""
    deep, wide = f"{'a/' * 3000}x", {f"f{n}/": ("", JUNE) for n in range(5000)}
    mine = {"tiny.ipynb": ("mine", JUNE)}
    archive(archives / "c.zip", {
        "aann_1001_5_tiny.zip": (zipped({**mine, deep: ("", JUNE)}), JUNE),
        "beeben_1002_8_tiny.zip": (zipped({**mine, **wide}), JUNE),
        "cem/tiny.ipynb": ("cem's", JUNE),
        f"cem/{deep}": ("", JUNE),
        **{f"cem/{name}": text for name, text in wide.items()},
    })  # fmt: skip
    taken = collect().taken
    notebooks = {name: text for name, text in taken.items() if name.endswith(".ipynb")}
    assert notebooks == {
        "ann/tiny/tiny.ipynb": "mine", "ben/tiny/tiny.ipynb": "mine", "cem/tiny/tiny.ipynb": "cem's",
    }  # fmt: skip
