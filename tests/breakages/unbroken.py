"""Nothing is broken: the file is as Jupyter saves it, and the answer is right, in part or not at all."""

from tests.autograder.support.tiny import IN_PLACE, STUB
from tests.breakages.breakage import FULL, GRADED, Breakages, text

BREAKAGES = Breakages()


@BREAKAGES.enter(GRADED, FULL)
def in_order(folder, notebook):
    return text(notebook)


@BREAKAGES.enter(GRADED, 1.5)
def partly_right(folder, notebook):
    notebook.cells[2].source = IN_PLACE
    return text(notebook)


@BREAKAGES.enter(GRADED, 0.0)
def unsolved(folder, notebook):
    notebook.cells[2].source = STUB
    return text(notebook)
