"""Collecting a download: the student whose each file is."""

import io
import tarfile

import pytest
from nbgrader.api import Gradebook

from tests.autograder.support.download import JULY, JUNE, archive, listed, notebook, zipped


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
    """A course that has set `named_regexp` collects as before."""
    archive(archives / "ann.zip", {"x/tiny.ipynb": ("1", JUNE)})
    pattern = r".*/extracted/(?P<student_id>\w+)/x/(?P<file_id>\w+)"
    taken, _, *_ = collect(f"--FileNameCollectorPlugin.named_regexp={pattern}")
    assert taken["ann/tiny/tiny.ipynb"] == "1"


NO_STUDENTS = [
    "__MACOSX/._beeben_1002_5_tiny.ipynb", "@eaDir/beeben_1002_6_tiny.ipynb", ".DS_Store",
    "Thumbs.db", "__MACOSX/Ben Bee_1234568_assignsubmission_file_/._tiny.ipynb",
]  # fmt: skip


def test_files_of_systems_and_programs_are_ignored(tiny, archives, collect):
    """Neither a student's nor left out."""
    files = dict.fromkeys(NO_STUDENTS, ("x",)) | {"aann_1001_5_tiny.ipynb": ("1",)}
    archive(archives / "c.zip", files)
    run = collect()
    assert ([*run.taken], run.code) == (["ann/tiny/tiny.ipynb"], 0)
    assert len(listed(tiny)) == 1


@pytest.mark.parametrize("wrapper", ["DL_2026_1_X-4711.zip", "DL_2026_1_X/", "m.zip", "m.tar.gz"])
def test_the_name_of_a_download_names_no_student(archives, collect, wrapper):
    """Canvas's files have numbers in their names, too."""
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


def test_a_student_known_only_by_number_is_logged(archives, collect):
    """The roster lacks the student: a slip there, or a new student."""
    archive(archives / "c.zip", {"eve_77_6_tiny.ipynb": ("1",), "a_1001_5_tiny.ipynb": ("2",)})
    line = "1 student in neither the gradebook nor the roster, with the LMS's number as the id: 77"
    assert line in collect().out


def test_a_name_inside_a_students_folder_names_nobody(tiny, archives, collect):
    """Otherwise ben could replace ann's submission by a file with her name."""
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
