"""Collecting a download: files that are left out, each with its reason."""

from autograder.collect.placing import place
from tests.autograder.support.download import JUNE, ROSTER, archive, listed, notebook, zipped
from tests.autograder.support.tiny import GIVEN


def test_hostile_and_useless_files_are_refused(archives, collect):
    """Each with its reason, and the others are collected."""
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


def moodle(tiny, *students):
    """Return the name of each student's folder in Moodle's archive, and write the roster."""
    rows = "".join(f"{name},{number}\n" for number, name in enumerate(students, start=5000))
    (tiny.root / "roster.csv").write_text(f"id,participant\n{rows}")
    return [
        f"Name {number}_{number}_assignsubmission_file_"
        for number, _ in enumerate(students, start=5000)
    ]


def test_limits_are_those_of_one_hand_in(tiny, archives, collect):
    """Each student zipped the release, too, and one student a bomb: only the bomb is left out."""
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
    """By student and reason. They are in the list, and the exit code is 1."""
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
    for student, (_, reason) in zip(students, LEFT_OUT.values(), strict=False):
        (line,) = [text for text in named[:number] if text.startswith(f"Left out: {student}: ")]
        assert line.removeprefix(f"Left out: {student}: ").startswith(reason)
    assert any(
        text.startswith("Left out: m/x.ipynb: its name identifies no student") for text in named
    )
    left_out = [row for row in listed(tiny) if row["left out"]]
    assert {row["student"] for row in left_out} == {"", *students[:-1]}


def test_the_list_is_written_even_if_every_file_is_refused(tiny, archives, collect):
    """Even if nothing was extracted, so that nbgrader asks about no file."""
    (archives / "ann.zip").write_bytes(zipped({"../tiny.ipynb": ("1",)}))
    run = collect()
    assert (run.taken, run.code) == ({}, 1)
    assert [(row["file"], row["student"], row["left out"]) for row in listed(tiny)] == [
        ("ann.zip", "ann", "yes")
    ]


def test_a_newer_hand_in_that_cannot_be_read_is_listed(tiny, archives, collect):
    """The older one is collected, and the exit code is 1."""
    files = {"aann_1001_5_tiny.ipynb": ("1",), "aann_1001_6_tiny-1.rar": (b"Rar!\x1a\x07\0",)}
    archive(archives / "c.zip", files)
    run = collect()
    assert (run.taken["ann/tiny/tiny.ipynb"], run.code) == ("1", 1)
    reason = "Left out: ann: beside what is collected, tiny-1.rar: it is a RAR archive"
    assert run.out[-2].startswith(reason)


def test_extras_beside_a_notebook_are_no_loss(tiny, archives, collect):
    """The first 20 are listed, and the number of the others."""
    extras = {f"{n}.png": ("x",) for n in range(30)}
    whole = zipped({"tiny.ipynb": ("1",)} | extras)
    archive(archives / "c.zip", {"aann_1001_5_work.zip": (whole,)})
    run = collect()
    assert run.code == 0
    assert len(listed(tiny)) == 22
    assert "10 more files, no notebook" in run.refused.values()


def test_a_folder_that_cannot_be_written_is_left_out_alone(tiny, archives, collect, monkeypatch):
    """The student is logged with the reason, and the others are collected."""

    def place_most(folder, *args, **options):
        if "ann" in folder.parts:
            raise PermissionError(13, "Permission denied")
        place(folder, *args, **options)

    monkeypatch.setattr("autograder.collect.collector.place", place_most)
    archive(archives / "c.zip", {f"a_{n}_5_tiny.ipynb": ("1",) for n in (1001, 1002)})
    run = collect()
    assert ([*run.taken], run.code) == (["ben/tiny/tiny.ipynb"], 1)
    assert "cannot be written (Permission denied)" in run.out[-2]


def test_a_second_download_keeps_the_remarks_of_the_first(
    tiny, tiny_course, archives, collect, grade
):
    """Late marks, and who was left out; the students of the second are added."""
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
