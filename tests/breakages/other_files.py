"""The files beside the notebook: what stands in a module's or a timestamp's place, or has no end."""

import os
import socket
from pathlib import Path

from tests.breakages.breakage import FULL, GRADED, REMARKS, Breakage, Breakages, text

BREAKAGES = Breakages()


@BREAKAGES.enter(REMARKS, FULL, "`pipe` was set aside: it is a pipe, a socket or a device")
def pipe_beside_it(folder, notebook):
    os.mkfifo(folder / "pipe")
    return text(notebook)


@BREAKAGES.enter(REMARKS, FULL, "was set aside: it is a pipe, a socket or a device")
def socket_beside_it(folder, notebook):
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(folder)  # a socket's path must be short
        server.bind("socket")
        os.chdir(here)
    return text(notebook)


@BREAKAGES.enter(REMARKS, FULL, "`deep/etc` was set aside: it is a link")
def links_beside_it(folder, notebook):
    (folder / "deep").mkdir()
    (folder / "deep" / "etc").symlink_to("/etc")
    (folder / "zeros").symlink_to("/dev/zero")
    (folder / "round").symlink_to(".")
    return text(notebook)


@BREAKAGES.enter(GRADED, FULL)
def modules_shadowed(folder, notebook):
    for name in ("numpy", "conftest", "scaling", "sitecustomize", "pytest"):
        (folder / f"{name}.py").write_text("raise SystemExit('shadowed')")
    (folder / "autograder").mkdir()
    (folder / "autograder" / "__init__.py").write_text("raise SystemExit('shadowed')")
    (folder / "page.html").write_text("<script>alert(1)</script>")
    return text(notebook)


@BREAKAGES.enter(REMARKS, FULL, "`scaling.py` was set aside: it should be a file")
def folder_named_as_a_module(folder, notebook):
    (folder / "scaling.py").mkdir()
    (folder / "scaling.py" / "x").touch()
    return text(notebook)


@BREAKAGES.enter(REMARKS, FULL, "the files beside the notebook were set aside")
def endless_file_beside_it(folder, notebook):
    with (folder / "data.bin").open("wb") as file:
        file.truncate(2**40)
    return text(notebook)


@BREAKAGES.enter(REMARKS, FULL, "the files beside the notebook were set aside")
def many_files_beside_it(folder, notebook):
    (folder / "many").mkdir()
    for number in range(2100):
        (folder / "many" / str(number)).touch()
    return text(notebook)


@BREAKAGES.enter(REMARKS, FULL, "the files beside the notebook were set aside")
def many_folders_in_a_hidden_one(folder, notebook):
    for number in range(2100):
        (folder / ".hidden" / str(number)).mkdir(parents=True)
    return text(notebook)


@BREAKAGES.enter(GRADED, FULL)
def folder_named_as_a_hand_in(folder, notebook):
    (folder / "x+tiny+garbage").mkdir()
    (folder / "x+tiny+garbage" / "timestamp.txt").write_text("2026-01-01 10:00:00 UTC")
    return text(notebook)


@BREAKAGES.enter(REMARKS, FULL, "the files beside the notebook were set aside")
def folders_nested_deep(folder, notebook):
    for _ in range(1200):
        folder /= "a"
        folder.mkdir()
    return text(notebook)


@BREAKAGES.enter(GRADED, FULL)
def odd_names_beside_it(folder, notebook):
    for name in (b"\xff\xfe.txt", b"two\nlines", b"*", b"[a]", b"-rf", b"  ", b"'\"$(x)"):
        (folder / os.fsdecode(name)).touch()
    return text(notebook)


@BREAKAGES.enter(REMARKS, FULL, "`.refused` was set aside: it is a link")
def link_in_our_own_place(folder, notebook):
    (folder / ".refused").symlink_to("/tmp")
    return text(notebook)


for name, content in {
    "garbage": b"yesterday, about noon",
    "empty": b"",
    "binary": bytes(range(256)),
    "far": b"99999-01-01 00:00:00 UTC",
    "years_ahead": b"2036-01-01 00:00:00 UTC",
    "before_computers": b"1600-01-01 00:00:00 UTC",
    "long": b"2026-01-01 " * 100_000,
}.items():

    def stamped(folder, notebook, content=content):
        (folder / "timestamp.txt").write_bytes(content)
        return text(notebook)

    BREAKAGES[f"timestamp_{name}"] = Breakage(
        stamped, REMARKS, FULL, "`timestamp.txt` was set aside"
    )


@BREAKAGES.enter(REMARKS, FULL, "`timestamp.txt` was set aside")
def timestamp_that_is_a_folder(folder, notebook):
    (folder / "timestamp.txt").mkdir()
    return text(notebook)


@BREAKAGES.enter(GRADED, FULL)
def timestamp_in_order(folder, notebook):
    (folder / "timestamp.txt").write_text("2026-01-01 10:00:00 UTC")
    return text(notebook)
