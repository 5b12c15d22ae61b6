"""The notebook's file: its name and its place, several of them or none, or what is no file."""

import os

import nbformat

from tests.autograder.support.tiny import STUB
from tests.breakages.breakage import FULL, REMARKS, UNREADABLE, Breakage, Breakages, text

BREAKAGES = Breakages()


for name, given in {
    "copy_of_a_browser": "tiny (1).ipynb",
    "other_case": "Tiny.IPYNB",
    "with_another_ending": "tiny.ipynb.txt",
    "in_a_subfolder": "my work/tiny.ipynb",
    "name_that_no_text_can_hold": os.fsdecode(b"tin\xff.ipynb"),
}.items():

    def elsewhere(folder, notebook, given=given):
        (folder / given).parent.mkdir(exist_ok=True)
        (folder / given).write_text(text(notebook))

    BREAKAGES[name] = Breakage(elsewhere, REMARKS, FULL, "the notebook should be tiny.ipynb, got ")


@BREAKAGES.enter(REMARKS, FULL, "tiny.ipynb was graded, and no other notebook: `other.ipynb`")
def two_notebooks(folder, notebook):
    (folder / "other.ipynb").write_text("{}")
    return text(notebook)


@BREAKAGES.enter(REMARKS, FULL, "`b.ipynb`, the newest of 3 notebooks")
def three_notebooks_of_other_names(folder, notebook):
    (folder / "b.ipynb").write_text(text(notebook))
    notebook.cells[2].source = STUB
    (folder / "a.ipynb").write_text(text(notebook))
    (folder / "c.ipynb").write_text(text(nbformat.v4.new_notebook()))
    for age, name in enumerate(("c.ipynb", "b.ipynb", "a.ipynb")):
        os.utime(folder / name, (1e9 - age, 1e9 - age))


@BREAKAGES.enter(UNREADABLE, 0.0, "there is no notebook tiny.ipynb")
def nothing_in_the_folder(folder, notebook):
    pass


@BREAKAGES.enter(UNREADABLE, 0.0, "`tiny` was set aside")
def folder_that_is_a_file(folder, notebook):
    folder.rmdir()
    folder.write_text("no folder")


@BREAKAGES.enter(UNREADABLE, 0.0, "`tiny` was set aside: it is a link")
def folder_that_is_a_link(folder, notebook):
    folder.rmdir()
    folder.symlink_to(folder.parent.parent / "in_order" / "tiny")


@BREAKAGES.enter(REMARKS, FULL, "`tiny.ipynb` was set aside: it should be a file")
def folder_named_as_the_notebook(folder, notebook):
    (folder / "tiny.ipynb").mkdir()
    (folder / "tiny.ipynb" / "tiny.ipynb").write_text(text(notebook))


for name, target in {
    "notebook_linked_to_another_students": "../../in_order/tiny/tiny.ipynb",
    "notebook_linked_to_nowhere": "nowhere",
    "notebook_linked_to_itself": "tiny.ipynb",
    "notebook_linked_to_endless_zeros": "/dev/zero",
    "notebook_linked_to_the_source": "../../../source/tiny/tiny.ipynb",
    "notebook_linked_to_the_release": "../../../release/tiny/tiny.ipynb",
    "notebook_linked_to_the_gradebook": "../../../gradebook.db",
}.items():

    def linked(folder, notebook, target=target):
        (folder / "tiny.ipynb").symlink_to(target)

    BREAKAGES[name] = Breakage(linked, UNREADABLE, 0.0, "`tiny.ipynb` was set aside: it is a link")


@BREAKAGES.enter(UNREADABLE, 0.0, "`tiny.ipynb` was set aside: it is a pipe, a socket or a device")
def notebook_that_is_a_pipe(folder, notebook):
    os.mkfifo(folder / "tiny.ipynb")
