"""Collecting: what an LMS hands out lies in `submitted/`, once a student, or is told why not."""

import csv
import io
import logging
import os
import shutil
import tarfile
import time
import zipfile
from typing import NamedTuple

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import ZipCollectApp

from autograder.collect.placing import place
from tests.autograder.support.tiny import GIVEN, RIGHT, handed_in
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


class Run(NamedTuple):
    """What became of a run: the files that lie there, what was refused and why, and its end."""

    taken: dict[str, str]
    refused: dict[str, str]
    code: int
    out: list[str]


@pytest.fixture
def collect(tiny, archives, caplog):
    """A function that runs `nbgrader zip_collect`."""

    def run(*words):
        app = ZipCollectApp()
        app.initialize(["tiny", *words])
        app.log.propagate = True
        caplog.clear()
        with caplog.at_level(logging.INFO, logger=app.log.name), pytest.raises(SystemExit) as end:
            app.start()
        taken = {
            path.relative_to(tiny.root / "submitted").as_posix(): path.read_text()
            for path in sorted((tiny.root / "submitted").rglob("*"))
            if path.is_file()
        }
        refused = {row["file"]: row["refused because"] for row in listed(tiny)}
        told = {name.rpartition("/")[2]: why for name, why in refused.items() if why}
        return Run(taken, told, end.value.code, caplog.messages)

    return run


def listed(tiny):
    """Return the lines of `collected.csv`."""
    path = tiny.root / "downloaded" / "tiny" / "collected.csv"
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def archive(path, files, made=None):
    """Write a zip file: each name with its content and its date."""
    path.write_bytes(zipped(files))
    if made:
        os.utime(path, (made, made))


def zipped(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, (text, *date) in files.items():
            file.writestr(zipfile.ZipInfo(name, *date), text, zipfile.ZIP_DEFLATED)
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
    """That is remarked where it is graded, and nothing is lost."""
    text = notebook(tiny)
    archive(archives / "c.zip", {f"aann_1001_5_{own}": (text, JUNE)})
    taken, refused, *_ = collect()
    assert taken["ann/tiny/tiny.ipynb"] == text
    assert refused == {}
    (row,) = listed(tiny)
    assert row["remark"] == f"the notebook should be tiny.ipynb, got `{own}`: it was collected"


def test_of_several_odd_names_the_assignments_cells_decide(tiny, archives, collect):
    """Even where another notebook is newer; and the right name comes first."""
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


def test_what_browsers_make_of_a_notebook_gets_in(archives, collect):
    """Under the notebook's own name, whatever its ending."""
    archive(archives / "c.zip", {"aann_1001_5_tiny.ipynb.txt": ("1", JUNE)})
    assert collect().taken["ann/tiny/tiny.ipynb"] == "1"


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
    taken, refused, code, _ = collect()
    assert taken["ann/tiny/tiny.ipynb"] == "1"
    assert taken["ben/tiny/tiny.ipynb"] == "inner"
    assert set(taken) == {
        f"{who}/tiny/{name}" for who in ("ann", "ben") for name in ("tiny.ipynb", "timestamp.txt")
    }
    assert refused["aann_1001_9_figure.png"] == "it is no notebook"
    assert "its name identifies no student" in refused["nobody.ipynb"]
    assert refused["c.zip"].startswith("its name leads out of the folder")
    assert refused["beeben_1002_5_work.zip"].startswith("its name leads out of the folder")
    assert len(refused) == 4
    assert code == 1


def test_what_a_student_packed_is_as_old_as_the_archive(archives, collect):
    """Nobody is early by the dates in an archive of their own."""
    inner = zipped({"tiny.ipynb": ("1", JUNE)})
    archive(archives / "c.zip", {"aann_LATE_1001_5_work.zip": (inner, JULY)})
    assert collect().taken["ann/tiny/timestamp.txt"] == "2026-07-01 09:30:00"


def test_dates_of_a_download_are_no_time_stamps(archives, collect, caplog):
    """Canvas and Moodle date all files by the download: nobody is late by it, and it is told."""
    now = time.time()
    date = time.gmtime(now)[:6]
    files = {f"x_{n}_5_tiny.ipynb": ("1", date) for n in range(3)}
    archive(archives / "c.zip", files, made=now)
    taken, _, *_ = collect()
    assert set(taken) == {f"{n}/tiny/tiny.ipynb" for n in range(3)}
    assert "3 of 3 notebooks have no time stamp" in caplog.text
    taken, _, *_ = collect("--force", "--LmsCollector.entry_dates=submitted")
    assert len(taken) == 6
    taken, _, *_ = collect("--force", "--LmsCollector.entry_dates=downloaded")
    assert len(taken) == 3


def test_dates_of_loose_files_are_no_time_stamps(archives, collect):
    """Whoever unpacks an archive by hand has its dates, and nobody knows what they are."""
    (archives / "by hand").mkdir()
    for folder in (archives, archives / "by hand"):
        number = len(folder.parts)
        path = folder / f"x_{number}_5_tiny.ipynb"
        path.write_text("1")
        os.utime(path, (1.7e9, 1.7e9))
    taken, refused, *_ = collect()
    assert len(taken) == 2
    assert all(name.endswith("/tiny.ipynb") for name in taken)
    assert refused == {}


def test_dates_are_in_the_zone_that_is_said(archives, collect, caplog):
    """Zip files do not tell it; what they tell in UTC is taken as that."""
    archive(archives / "c.zip", {"aann_1001_5_tiny.ipynb": ("1", JUNE)})
    taken, _, *_ = collect("--GuardedExtractor.timezone=Europe/Berlin")
    assert taken["ann/tiny/timestamp.txt"] == "2026-06-10 12:00:00"
    assert "Dates in archives were read as Europe/Berlin" in caplog.text
    info = zipfile.ZipInfo("aann_1001_5_tiny.ipynb", JUNE)
    info.extra = b"UT\x05\x00\x01" + (1780000000).to_bytes(4, "little")
    with zipfile.ZipFile(archives / "c.zip", "w") as file:
        file.writestr(info, "1")
    taken, _, *_ = collect("--force", "--GuardedExtractor.timezone=Europe/Berlin")
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
    taken, _, *_ = collect()
    assert taken["ann@u.edu/tiny/timestamp.txt"] == "2026-06-10 14:14:00"


def test_who_has_handed_in_before_keeps_it(tiny, archives, collect):
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


def test_a_folder_with_a_students_id_is_theirs(tiny, archives, collect, empty_gradebook):
    """As it is named in the roster or in the gradebook."""
    (tiny.root / "gradebook.db").write_bytes(empty_gradebook.read_bytes())
    with Gradebook(f"sqlite:///{tiny.root / 'gradebook.db'}", "course") as gradebook:
        gradebook.add_student("dan")
    archive(archives / "ann.zip", {"tiny.ipynb": ("1", JUNE)})
    archive(archives / "all.zip", {"dan/tiny.ipynb": ("2", JUNE), "eve/tiny.ipynb": ("3", JUNE)})
    taken, refused, *_ = collect()
    assert (taken["ann/tiny/tiny.ipynb"], taken["dan/tiny/tiny.ipynb"]) == ("1", "2")
    assert list(refused) == ["tiny.ipynb"]


def test_ids_that_lead_elsewhere_are_refused(tiny, archives, collect):
    """A roster may say anything."""
    (tiny.root / "roster.csv").write_text("id,lms_user_id\n../../x,1001\n.hidden,1002\n")
    files = {"aann_1001_5_tiny.ipynb": ("1", JUNE), "beeben_1002_5_tiny.ipynb": ("2", JUNE)}
    archive(archives / "c.zip", files)
    (tiny.root / "submitted").mkdir()
    taken, refused, *_ = collect()
    assert taken == {}
    assert all("cannot be a student's id" in why for why in refused.values())


def test_nbgraders_own_pattern_comes_first(archives, collect):
    """Whoever has set `named_regexp` goes on as before."""
    archive(archives / "ann.zip", {"x/tiny.ipynb": ("1", JUNE)})
    pattern = r".*/extracted/(?P<student_id>\w+)/x/(?P<file_id>\w+)"
    taken, _, *_ = collect(f"--FileNameCollectorPlugin.named_regexp={pattern}")
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


NO_STUDENTS = [
    "__MACOSX/._beeben_1002_5_tiny.ipynb", "@eaDir/beeben_1002_6_tiny.ipynb", ".DS_Store",
    "Thumbs.db", "__MACOSX/Ben Bee_1234568_assignsubmission_file_/._tiny.ipynb",
]  # fmt: skip


def moodle(tiny, *students):
    """Return the name of each student's folder in Moodle's archive, and write the roster."""
    rows = "".join(f"{name},{number}\n" for number, name in enumerate(students, start=5000))
    (tiny.root / "roster.csv").write_text(f"id,participant\n{rows}")
    return [
        f"Name {number}_{number}_assignsubmission_file_"
        for number, _ in enumerate(students, start=5000)
    ]


def test_a_class_is_collected_whatever_it_weighs(tiny, archives, collect):
    """Each student zipped the release with it, and one a bomb: limits are those of one hand-in."""
    names = [f"s{number}" for number in range(30)]
    given = {f"lab/{n}.py": (f"# {n}\n",) for n in range(20)}
    for name, (text,) in given.items():
        path = tiny.root / "release" / "tiny" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    own = {"lab/tiny.ipynb": (notebook(tiny),), "lab/notes.txt": ("mine",)}
    bomb = {"zeros.bin": (bytes(2**21),)} | {f"{n}.txt": ("",) for n in range(60)}
    files = {
        f"{folder}/work.zip": (zipped(bomb if number == 7 else given | own),)
        for number, folder in enumerate(moodle(tiny, *names))
    }
    archive(archives / "m.zip", files)
    limits = ("--GuardedExtractor.hand_in_size=1", "--GuardedExtractor.hand_in_files=5")
    run = collect(*limits)
    assert {name.split("/")[0] for name in run.taken} == {*names} - {"s7"}
    assert (run.code, run.out[-2]) == (1, "Left out: s7: handed in work.zip, no notebook")
    extracted = tiny.root / "downloaded" / "tiny" / "extracted" / "m"
    assert not [*extracted.rglob("*.py")]  # as released
    assert len([*extracted.rglob("notes.txt")]) == 29


LEFT_OUT = {
    "report.pdf": ("%PDF", "handed in report.pdf, no notebook"),
    "tiny.html": ("<html>", "handed in tiny.html, no notebook"),
    "work.zip": (zipped({"a.txt": ("",), "b.txt": ("",)}), "handed in work.zip, no notebook"),
    "tiny.py": ("x = 1", "handed in tiny.py, no notebook"),
    ".DS_Store": ("", "handed in .DS_Store, no notebook"),
    "scaling.py": (GIVEN["scaling.py"], "handed in scaling.py, no notebook"),
    "work.rar": (b"Rar!\x1a\x07\x01\0", "handed in work.rar: it is a RAR archive"),
    "work.7z": (b"7z\xbc\xaf\x27\x1c", "handed in work.7z: it is a 7-Zip archive"),
    "cut.zip": (zipped({"tiny.ipynb": ("1",)})[:-9], "handed in cut.zip: it is no archive"),
    "large.zip": (
        zipped({"tiny.ipynb": (bytes(2**21),)}),
        "handed in tiny.ipynb in large.zip: there is no room for it: one hand-in may be 1 MiB",
    ),
}


def test_what_is_left_out_is_named_first_and_last(tiny, archives, collect):
    """By student and reason; and in the list; and the exit code is 1."""
    (tiny.root / "release" / "tiny" / "scaling.py").write_text(GIVEN["scaling.py"])
    students = [f"s{number}" for number in range(len(LEFT_OUT) + 1)]
    *folders, last = moodle(tiny, *students)
    files = {
        f"{folder}/{name}": (text,)
        for folder, (name, (text, _)) in zip(folders, LEFT_OUT.items(), strict=True)
    }
    archive(archives / "m.zip", files | {f"{last}/tiny.ipynb": ("1",), "x.ipynb": ("2",)})
    run = collect("--GuardedExtractor.hand_in_size=1")
    assert (list(run.taken), run.code) == ([f"{students[-1]}/tiny/tiny.ipynb"], 1)
    named = [text for text in run.out if text.startswith("Left out: ")]
    number = len(LEFT_OUT) + 1
    assert named[:number] == named[number:]
    assert (
        run.out.index(f"Collected: {students[-1]}: tiny.ipynb") == run.out.index(named[0]) + number
    )
    assert run.out[-number - 1 : -1] == named[:number]
    assert f"{number} hand-ins left out" in run.out[-1]
    for student, (_, told) in zip(students, LEFT_OUT.values(), strict=False):
        (line,) = [text for text in named[:number] if text.startswith(f"Left out: {student}: ")]
        assert line.removeprefix(f"Left out: {student}: ").startswith(told)
    assert any(
        text.startswith("Left out: m/x.ipynb: its name identifies no student") for text in named
    )
    left_out = [row for row in listed(tiny) if row["left out"]]
    assert {row["student"] for row in left_out} == {"", *students[:-1]}


def test_a_list_is_written_though_everything_is_refused(tiny, archives, collect):
    """Even if nothing was extracted, so that nbgrader asks about no file."""
    (archives / "ann.zip").write_bytes(zipped({"../tiny.ipynb": ("1",)}))
    run = collect()
    assert (run.taken, run.code) == ({}, 1)
    assert [(row["file"], row["student"], row["left out"]) for row in listed(tiny)] == [
        ("ann.zip", "ann", "yes")
    ]


def test_nothing_to_collect_is_an_error(archives, collect):
    """It says where to put what the LMS hands out."""
    run = collect()
    assert (run.code, "holds nothing to collect" in run.out[-1]) == (1, True)


def test_programs_own_files_are_no_students(tiny, archives, collect):
    """Neither a student's nor left out."""
    files = dict.fromkeys(NO_STUDENTS, ("x",)) | {"aann_1001_5_tiny.ipynb": ("1",)}
    archive(archives / "c.zip", files)
    run = collect()
    assert ([*run.taken], run.code) == (["ann/tiny/tiny.ipynb"], 0)
    assert len(listed(tiny)) == 1


@pytest.mark.parametrize("name", ["tiny.json", "tiny", "tiny.txt", "tiny.zip"])
def test_a_notebook_without_its_ending_is_found(tiny, archives, collect, name):
    """By the assignment's cells, where there is no other."""
    archive(archives / "c.zip", {f"aann_1001_5_{name}": (notebook(tiny),)})
    assert collect().taken["ann/tiny/tiny.ipynb"] == notebook(tiny)


def test_a_newer_hand_in_that_cannot_be_read_is_told(tiny, archives, collect):
    """The older one is collected, and the exit code is 1."""
    files = {"aann_1001_5_tiny.ipynb": ("1",), "aann_1001_6_tiny-1.rar": (b"Rar!\x1a\x07\0",)}
    archive(archives / "c.zip", files)
    run = collect()
    assert (run.taken["ann/tiny/tiny.ipynb"], run.code) == ("1", 1)
    told = "Left out: ann: beside what is collected, tiny-1.rar: it is a RAR archive"
    assert run.out[-2].startswith(told)


def test_extras_beside_a_notebook_are_no_loss(tiny, archives, collect):
    """They are listed, as far as they are few."""
    extras = {f"{n}.png": ("x",) for n in range(30)}
    whole = zipped({"tiny.ipynb": ("1",)} | extras)
    archive(archives / "c.zip", {"aann_1001_5_work.zip": (whole,)})
    run = collect()
    assert run.code == 0
    assert len(listed(tiny)) == 22
    assert "10 more files, no notebook" in run.refused.values()


def test_one_students_folder_that_cannot_be_written_keeps_nobody_else_back(
    tiny, archives, collect, monkeypatch
):
    """They are told, and the others are collected."""

    def place_most(folder, *args, **options):
        if "ann" in folder.parts:
            raise PermissionError(13, "Permission denied")
        place(folder, *args, **options)

    monkeypatch.setattr("autograder.collect.collector.place", place_most)
    archive(archives / "c.zip", {f"a_{n}_5_tiny.ipynb": ("1",) for n in (1001, 1002)})
    run = collect()
    assert ([*run.taken], run.code) == (["ben/tiny/tiny.ipynb"], 1)
    assert "cannot be written (Permission denied)" in run.out[-2]


def test_a_second_download_keeps_what_the_first_one_told(
    tiny, tiny_course, archives, collect, grade
):
    """Late marks, and who was left out; its own students are added."""
    first = {
        "aann_LATE_1001_5_tiny.ipynb": (notebook(tiny),),
        "cemcee_1003_7_report.pdf": ("x",),
    }
    (tiny.root / "roster.csv").write_text(ROSTER.replace("cem,Cem,Cee,,", "cem,Cem,Cee,1003,"))
    archive(archives / "c.zip", first)
    assert collect().code == 1
    (archives / "c.zip").unlink()
    archive(archives / "d.zip", {"beeben_1002_6_tiny.ipynb": (notebook(tiny),)})
    assert collect("--force").code == 0
    assert [(row["student"], row["left out"]) for row in listed(tiny)] == [
        ("cem", "yes"), ("ann", ""), ("ben", ""),
    ]  # fmt: skip
    assert grade().code == 0
    assert tiny_course.entry("ann").remarks == ("Canvas marks it as late",)
    cem = tiny_course.entry("cem")
    assert (cem.status, cem.cause) == ("not collected", "handed in report.pdf, no notebook")


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


@pytest.mark.parametrize("wrapper", ["DL_2026_1_X-4711.zip", "DL_2026_1_X/", "m.zip", "m.tar.gz"])
def test_a_downloads_own_name_is_no_students(archives, collect, wrapper):
    """Though Canvas's files have numbers in their names, too."""
    inside = {f"{name}_tiny.ipynb": (name[0],) for name in ("ann_1001_5", "eve_77_6")}
    if wrapper.endswith(".zip"):
        archive(archives / wrapper, inside)
    elif wrapper.endswith(".gz"):
        with tarfile.open(archives / wrapper, "w:gz") as file:
            for name, (text,) in inside.items():
                info = tarfile.TarInfo(f"DL_2026_1_X/{name}")
                info.size = len(text)
                file.addfile(info, io.BytesIO(text.encode()))
    else:
        archive(archives / "m.zip", {wrapper + name: text for name, text in inside.items()})
    run = collect()
    assert run.taken["ann/tiny/tiny.ipynb"] == "a"
    assert {name.split("/")[0] for name in run.taken} == {"ann", "77"}


def test_who_is_known_by_number_alone_is_told(archives, collect):
    """Their id is not in the roster: a slip there, or a student who is new."""
    archive(archives / "c.zip", {"eve_77_6_tiny.ipynb": ("1",), "a_1001_5_tiny.ipynb": ("2",)})
    told = "1 student in neither the gradebook nor the roster, with the LMS's number as the id: 77"
    assert told in collect().out


def test_a_name_below_the_students_own_is_nobody_elses(tiny, archives, collect):
    """By the name of a file of hers, eve would replace ann's submission."""
    ann, forged = notebook(tiny), notebook(tiny, "forged = 1")
    archive(archives / "canvas.zip", {
        "annae_1001_5_tiny.ipynb": (ann, JUNE),
        "beebenb_1002_6_work.zip": (zipped({"annae_1001_99999_tiny.ipynb": (forged, JULY)}), JULY),
    })  # fmt: skip
    (archives / "cem" / "ann").mkdir(parents=True)
    for name in ("annae_1001_99999_tiny.ipynb", "ann/tiny.ipynb"):
        (archives / "cem" / name).write_text(forged)
    run = collect()
    assert run.code == 0
    assert {name: text for name, text in run.taken.items() if name.endswith(".ipynb")} == {
        "ann/tiny/tiny.ipynb": ann, "ben/tiny/tiny.ipynb": forged, "cem/tiny/tiny.ipynb": forged,
    }  # fmt: skip
