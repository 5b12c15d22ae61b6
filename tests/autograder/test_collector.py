"""Collecting: what an LMS hands out lies in `submitted/`, once a student, or is told why not."""

import io
import logging
import os
import time
import zipfile

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import ZipCollectApp

from tests.autograder.tiny import RIGHT, handed_in
from tests.conftest import PROJECT

JUNE = (2026, 6, 10, 14, 0, 0)
JULY = (2026, 7, 1, 9, 30, 0)
ROSTER = """\
id,first_name,last_name,lms_user_id,participant
ann,Ann,Ä,1001,1234567
ben,Ben,Bee,1002,1234568
cem,Cem,Cee,,
"""


@pytest.fixture
def archives(tiny, monkeypatch):
    """The folder for archives of a tiny course with our settings, in whose folder we are."""
    settings = (PROJECT / "nbgrader_config.py").read_text(encoding="utf-8")
    (tiny.root / "nbgrader_config.py").write_text(settings)
    (tiny.root / "roster.csv").write_text(ROSTER)
    folder = tiny.root / "downloaded" / "tiny" / "archive"
    folder.mkdir(parents=True)
    monkeypatch.chdir(tiny.root)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tiny.root))
    return folder


@pytest.fixture
def collect(tiny, archives, caplog, monkeypatch):
    """A function that runs `nbgrader zip_collect`; it returns what was taken, and what refused."""

    monkeypatch.setattr("atexit.register", lambda _: None)  # it is told at once

    def run(*words):
        app = ZipCollectApp()
        app.initialize(["tiny", *words])
        app.log.propagate = True
        caplog.clear()
        with caplog.at_level(logging.INFO, logger=app.log.name):
            app.start()
            app.collector_plugin_inst.tell()
        taken = {
            path.relative_to(tiny.root / "submitted").as_posix(): path.read_text()
            for path in sorted((tiny.root / "submitted").rglob("*"))
            if path.is_file()
        }
        told = [r.args for r in caplog.records if r.msg.startswith("Refused: ")]
        in_the_end = told[len(app.extractor_plugin_inst.refused) :]
        return taken, {name.rpartition("/")[2]: why for name, why in in_the_end}

    return run


def archive(path, files, made=None):
    """Write a zip file: each name with its content and its date."""
    path.write_bytes(zipped(files))
    if made:
        os.utime(path, (made, made))


def zipped(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, (text, *date) in files.items():
            file.writestr(zipfile.ZipInfo(name, *date), text)
    return content.getvalue()


def notebook(tiny, *sources):
    return nbformat.writes(handed_in(tiny, RIGHT, *sources))


def test_moodles_archive_is_collected(archives, collect):
    """By participant number, by name, or by the number as it stands; folders and flat files."""
    archive(archives / "m.zip", {
        "Ann Ä_1234567_assignsubmission_file_/tiny.ipynb": ("1", JUNE),
        "Cem Cee_55_assignsubmission_file_tiny.ipynb": ("2", JULY),
        "Group 7_1234568_assignsubmission_file/tiny.ipynb": ("3", JULY),
        "Ben Bee_1234568_assignsubmission_onlinetext/onlinetext.html": ("4", JULY),
        "Default group_assignsubmission_file/tiny.ipynb": ("5", JULY),
    })  # fmt: skip
    taken, refused = collect()
    assert taken == {
        "ann/tiny/tiny.ipynb": "1", "ann/tiny/timestamp.txt": "2026-06-10 14:00:00",
        "cem/tiny/tiny.ipynb": "2", "cem/tiny/timestamp.txt": "2026-07-01 09:30:00",
        "1234568/tiny/tiny.ipynb": "3", "1234568/tiny/timestamp.txt": "2026-07-01 09:30:00",
    }  # fmt: skip
    assert refused["onlinetext.html"] == "it is no notebook"
    assert "it has no number" in refused["tiny.ipynb"]


def test_the_newest_attempt_of_canvas_wins(archives, collect):
    """By the attempt's number, then the date, then the upload; all others are told."""
    archive(archives / "c.zip", {
        "aann_1001_5_tiny.ipynb": ("1", JULY),
        "aann_1001_6_tiny-1.ipynb": ("2", JUNE),
        "aann_LATE_1001_7_tiny-2.ipynb": ("3", JUNE),
        "beeben_1002_8_tiny.ipynb": ("4", JULY),
        "beeben_1002_9_tiny.ipynb": ("5", JUNE),
        "xx_77_10_tiny.ipynb": ("6", JUNE),
        "xx_77_11_tiny.ipynb": ("7", JUNE),
    })  # fmt: skip
    taken, refused = collect()
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
    taken, _ = collect()
    assert taken["ann/tiny/tiny.ipynb"] == "2"


@pytest.mark.parametrize("own", ["homework final.ipynb", "TINY.ipynb", "übung-3.ipynb"])
def test_the_only_notebook_gets_the_assignments_name(tiny, archives, collect, own):
    """That is remarked where it is graded, and nothing is lost."""
    text = notebook(tiny)
    archive(archives / "c.zip", {f"aann_1001_5_{own}": (text, JUNE)})
    taken, refused = collect()
    assert taken["ann/tiny/tiny.ipynb"] == text
    assert refused == {}
    row = (tiny.root / "downloaded" / "tiny" / "collected.csv").read_text().splitlines()[1]
    assert f"the notebook should be tiny.ipynb, got `{own}`: it was collected" in row


def test_of_several_odd_names_the_assignments_cells_decide(tiny, archives, collect):
    """Even where another notebook is newer; and the right name comes first."""
    archive(archives / "c.zip", {
        "aann_1001_5_mine.ipynb": (notebook(tiny), JUNE),
        "aann_1001_6_scratch.ipynb": ("{}", JULY),
        "beeben_1002_7_tiny.ipynb": ("right name", JUNE),
        "beeben_1002_8_other.ipynb": (notebook(tiny), JULY),
    })  # fmt: skip
    taken, refused = collect()
    assert taken["ann/tiny/tiny.ipynb"] == notebook(tiny)
    assert taken["ben/tiny/tiny.ipynb"] == "right name"
    assert refused["aann_1001_6_scratch.ipynb"] == (
        "not the notebook tiny.ipynb: `c/aann_1001_5_mine.ipynb` was taken"
    )


def test_what_browsers_make_of_a_notebook_gets_in(archives, collect):
    """Grading finds it, whatever its ending."""
    archive(archives / "c.zip", {"aann_1001_5_tiny.ipynb.txt": ("1", JUNE)})
    assert collect()[0]["ann/tiny/tiny.ipynb.txt"] == "1"


def test_hostile_and_useless_files_are_refused(archives, collect):
    """Each with its reason, and the others get in."""
    inner = zipped({"tiny.ipynb": ("inner", (1999, 1, 1, 0, 0, 0)), "../../up.ipynb": ("x",)})
    archive(archives / "c.zip", {
        "aann_1001_5_tiny.ipynb": ("1", JUNE),
        "../../../../evil_1_2_tiny.ipynb": ("2", JUNE),
        "/abs_1_2_tiny.ipynb": ("3", JUNE),
        "__MACOSX/._aann_1001_5_tiny.ipynb": ("4", JUNE),
        "aann_1001_9_figure.png": ("5", JUNE),
        "nobody.ipynb": ("6", JUNE),
        "beeben_1002_5_work.zip": (inner, JUNE),
    })  # fmt: skip
    taken, refused = collect()
    assert taken["ann/tiny/tiny.ipynb"] == "1"
    assert taken["ben/tiny/tiny.ipynb"] == "inner"
    assert set(taken) == {
        f"{who}/tiny/{name}" for who in ("ann", "ben") for name in ("tiny.ipynb", "timestamp.txt")
    }
    told = "\n".join(f"{name}: {why}" for name, why in refused.items())
    assert told.count("its name leads out of the folder") == 3
    assert refused["aann_1001_9_figure.png"] == "it is no notebook"
    assert "its name tells no student" in refused["nobody.ipynb"]
    assert "a program's own copy" in refused["._aann_1001_5_tiny.ipynb"]
    assert len(refused) == 6


def test_what_a_student_packed_is_as_old_as_the_archive(archives, collect):
    """Nobody is early by the dates in an archive of their own."""
    inner = zipped({"tiny.ipynb": ("1", JUNE)})
    archive(archives / "c.zip", {"aann_LATE_1001_5_work.zip": (inner, JULY)})
    assert collect()[0]["ann/tiny/timestamp.txt"] == "2026-07-01 09:30:00"


def test_dates_of_a_download_are_no_time_stamps(archives, collect, caplog):
    """Canvas and Moodle date all files by the download: nobody is late by it, and it is told."""
    now = time.time()
    date = time.gmtime(now)[:6]
    files = {f"x_{n}_5_tiny.ipynb": ("1", date) for n in range(3)}
    archive(archives / "c.zip", files, made=now)
    taken, _ = collect()
    assert set(taken) == {f"{n}/tiny/tiny.ipynb" for n in range(3)}
    assert "3 of 3 submissions have no time stamp" in caplog.text
    taken, _ = collect("--force", "--LmsCollector.entry_dates=submitted")
    assert len(taken) == 6
    taken, _ = collect("--force", "--LmsCollector.entry_dates=downloaded")
    assert len(taken) == 3


def test_dates_of_loose_files_are_no_time_stamps(archives, collect):
    """Whoever unpacks an archive by hand has its dates, and nobody knows what they are."""
    (archives / "by hand").mkdir()
    for place in (archives, archives / "by hand"):
        number = len(place.parts)
        path = place / f"x_{number}_5_tiny.ipynb"
        path.write_text("1")
        os.utime(path, (1.7e9, 1.7e9))
    taken, refused = collect()
    assert len(taken) == 2
    assert all(name.endswith("/tiny.ipynb") for name in taken)
    assert refused == {}


def test_dates_are_in_the_zone_that_is_said(archives, collect, caplog):
    """Zip files do not tell it; what they tell in UTC is taken as that."""
    archive(archives / "c.zip", {"aann_1001_5_tiny.ipynb": ("1", JUNE)})
    taken, _ = collect("--GuardedExtractor.timezone=Europe/Berlin")
    assert taken["ann/tiny/timestamp.txt"] == "2026-06-10 12:00:00"
    assert "Dates in archives were read as Europe/Berlin" in caplog.text
    info = zipfile.ZipInfo("aann_1001_5_tiny.ipynb", JUNE)
    info.extra = b"UT\x05\x00\x01" + (1780000000).to_bytes(4, "little")
    with zipfile.ZipFile(archives / "c.zip", "w") as file:
        file.writestr(info, "1")
    taken, _ = collect("--force", "--GuardedExtractor.timezone=Europe/Berlin")
    assert taken["ann/tiny/timestamp.txt"] == "2026-05-28 20:26:40"  # date -u -d @1780000000


def test_moodles_grading_worksheet_tells_when(tiny, archives, collect):
    """It is the roster: numbers, addresses, and the time of handing in, in the zone that is said."""
    (tiny.root / "roster.csv").write_text(
        "Identifier,Full name,Email address,Last modified (submission)\n"
        'Participant 7,Ann Ä,ann@u.edu,"Wednesday, 10 June 2026, 2:14 PM"\n'
    )
    now = time.time()
    name = "Ann Ä_7_assignsubmission_file_/tiny.ipynb"
    archive(archives / "m.zip", {name: ("1", time.gmtime(now)[:6])}, made=now)
    taken, _ = collect()
    assert taken["ann@u.edu/tiny/timestamp.txt"] == "2026-06-10 14:14:00"


def test_who_has_handed_in_before_keeps_it(tiny, archives, collect):
    """nbgrader would end half-way; with `--force` the new one is taken."""
    folder = tiny.root / "submitted" / "ann" / "tiny"
    folder.mkdir(parents=True)
    (folder / "tiny.ipynb").write_text("old")
    files = {"aann_1001_5_tiny.ipynb": ("new", JUNE), "beeben_1002_5_tiny.ipynb": ("2", JUNE)}
    archive(archives / "c.zip", files)
    taken, refused = collect()
    assert (taken["ann/tiny/tiny.ipynb"], taken["ben/tiny/tiny.ipynb"]) == ("old", "2")
    assert refused == {
        "aann_1001_5_tiny.ipynb": "ann has handed in before: --force takes this instead"
    }
    assert collect("--force")[0]["ann/tiny/tiny.ipynb"] == "new"


def test_a_folder_with_a_students_id_is_theirs(tiny, archives, collect, empty_gradebook):
    """As it is named in the roster or in the gradebook."""
    (tiny.root / "gradebook.db").write_bytes(empty_gradebook.read_bytes())
    with Gradebook(f"sqlite:///{tiny.root / 'gradebook.db'}", "course") as gradebook:
        gradebook.add_student("dan")
    archive(archives / "ann.zip", {"tiny.ipynb": ("1", JUNE)})
    archive(archives / "all.zip", {"dan/tiny.ipynb": ("2", JUNE), "eve/tiny.ipynb": ("3", JUNE)})
    taken, refused = collect()
    assert (taken["ann/tiny/tiny.ipynb"], taken["dan/tiny/tiny.ipynb"]) == ("1", "2")
    assert list(refused) == ["tiny.ipynb"]


def test_ids_that_lead_elsewhere_are_refused(tiny, archives, collect):
    """A roster may say anything."""
    (tiny.root / "roster.csv").write_text("id,lms_user_id\n../../x,1001\n.hidden,1002\n")
    files = {"aann_1001_5_tiny.ipynb": ("1", JUNE), "beeben_1002_5_tiny.ipynb": ("2", JUNE)}
    archive(archives / "c.zip", files)
    (tiny.root / "submitted").mkdir()
    taken, refused = collect()
    assert taken == {}
    assert all("cannot be a student's id" in why for why in refused.values())


def test_nbgraders_own_pattern_comes_first(archives, collect):
    """Whoever has set `named_regexp` goes on as before."""
    archive(archives / "ann.zip", {"x/tiny.ipynb": ("1", JUNE)})
    pattern = r".*/extracted/(?P<student_id>\w+)/x/(?P<file_id>\w+)"
    taken, _ = collect(f"--FileNameCollectorPlugin.named_regexp={pattern}")
    assert taken["ann/tiny/tiny.ipynb"] == "1"


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
