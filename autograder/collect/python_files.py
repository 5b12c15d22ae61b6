"""The Python files among a student's files, and where they belong beside the notebook."""

from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

from autograder.collect.candidate import Candidate
from autograder.collect.lms_file_names import unnumbered


def choose_files(
    others: Iterable[Candidate],
    notebook: Candidate | None,
    answers: Collection[str],
    given: Collection[str],
) -> dict[str, Candidate]:
    """Return the newest of a student's Python files for each path beside the notebook.

    Parameters
    ----------
    others : iterable of Candidate
        The student's files that are no notebooks.
    notebook : Candidate, optional
        The notebook that was chosen.
    answers : collection of str
        The paths of the assignment's answers that are files.
    given : collection of str
        The paths of the given modules: no student's copy is taken.
    """
    found: dict[str, Candidate] = {}
    for one in sorted(others, key=lambda one: (_attempt(one)[1], one.age)):
        place = _place(one, notebook, answers)
        if place.endswith(".py") and place not in given:
            found[place] = one
    return found


def _place(one: Candidate, notebook: Candidate | None, answers: Collection[str]) -> str:
    """Return a file's path beside the notebook; an LMS may have lost its folders."""
    path = _inside(one)
    if notebook and notebook.owner.hand_in.parent == one.owner.hand_in.parent:
        folder = _inside(notebook).parent
        if path.is_relative_to(folder):
            path = path.relative_to(folder)
    for answer in map(PurePosixPath, answers):
        is_whole = path.parts[-len(answer.parts) :] == answer.parts
        if is_whole or (len(path.parts) == 1 and _attempt(one)[0] == answer.name):
            return str(answer)
    return str(path)


def _inside(one: Candidate) -> PurePosixPath:
    """Return a file's path in the student's hand-in."""
    path, hand_in = PurePosixPath(one.file), PurePosixPath(one.owner.hand_in)
    if path == hand_in or not path.is_relative_to(hand_in):
        return PurePosixPath(one.owner.file)
    return path.relative_to(hand_in)


def _attempt(one: Candidate) -> tuple[str, int]:
    """Return a file's name without the number of the attempt, and this number."""
    name = PurePosixPath(one.owner.file)
    stem, number = unnumbered(name.stem)
    return f"{stem}{name.suffix}", number
