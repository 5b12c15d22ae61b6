"""Collecting a download: when each file was handed in."""

import os
import time
import zipfile

from tests.autograder.support.download import JULY, JUNE, archive, zipped


def test_what_a_student_packed_is_as_old_as_the_archive(archives, collect):
    """Nobody is early by the dates in an archive of their own."""
    inner = zipped({"tiny.ipynb": ("1", JUNE)})
    archive(archives / "c.zip", {"aann_LATE_1001_5_work.zip": (inner, JULY)})
    assert collect().taken["ann/tiny/timestamp.txt"] == "2026-07-01 09:30:00"


def test_dates_of_a_download_are_no_time_stamps(archives, collect, caplog):
    """Canvas and Moodle date all files by the download: nobody is late by it, and the log says so."""
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
    """If somebody has unpacked an archive by hand, the dates may be anything."""
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


def test_dates_are_in_the_time_zone_of_the_settings(archives, collect, caplog):
    """Zip files name no time zone; a field in UTC takes precedence."""
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


def test_moodles_grading_worksheet_has_the_times(tiny, archives, collect):
    """It is the roster: numbers, addresses, and the time of handing in, in UTC."""
    (tiny.root / "roster.csv").write_text(
        "Identifier,Full name,Email address,Last modified (submission)\n"
        'Participant 7,Ann Ä,ann@u.edu,"Wednesday, 10 June 2026, 2:14 PM"\n'
    )
    now = time.time()
    name = "Ann Ä_7_assignsubmission_file_/tiny.ipynb"
    archive(archives / "m.zip", {name: ("1", time.gmtime(now)[:6])}, made=now)
    taken, _, *_ = collect()
    assert taken["ann@u.edu/tiny/timestamp.txt"] == "2026-06-10 14:14:00"
