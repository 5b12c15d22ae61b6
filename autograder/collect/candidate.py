"""The notebooks among a student's files, and the choice of those to collect."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.collect import lms_file_names
from autograder.collect.owner import Owner
from autograder.intake.notebook_reader import MAX_BYTES, UnreadableError, read_notebook
from autograder.intake.refusal import shown


@dataclass(frozen=True)
class Candidate:
    """A notebook that may be a student's."""

    path: Path
    file: str  # its path in the folder of extracted files
    owner: Owner
    name: str  # the assignment's notebook that it is an attempt at, or its own name
    attempt: int  # the number of the attempt
    date: float  # its date in the archive

    @classmethod
    def of(cls, path: Path, file: str, owner: Owner, names: Sequence[str]) -> "Candidate":
        """Return the candidate for a file; `names` are the assignment's notebooks."""
        name, attempt = lms_file_names.attempt(owner.file, [*names])
        return cls(path, file, owner, name, attempt, path.stat().st_mtime)

    @property
    def age(self) -> tuple[int, float, int, str]:
        """The sort key: the newest has the greatest."""
        upload = self.owner.origin.upload if self.owner.origin else 0
        return self.attempt, self.date, upload, self.file

    @property
    def is_late(self) -> bool:
        """Whether Canvas marks it as late."""
        return bool(self.owner.origin and self.owner.origin.is_late)


def choose(
    candidates: Sequence[Candidate], names: Sequence[str], known: Collection[str], most: int
) -> dict[str, Candidate]:
    """Return the newest of a student's files for each notebook, by the notebook's name.

    If no file has the name of a notebook, it is the newest file that has one of the assignment's
    cells, or else the newest file.

    Parameters
    ----------
    candidates : sequence of Candidate
        Of one student.
    names : sequence of str
        The assignment's notebooks.
    known : collection of str
        The ids of the assignment's cells.
    most : int
        Bytes of a file that is read.
    """
    chosen = {
        one.name: one for one in sorted(candidates, key=lambda one: one.age) if one.name in names
    }
    if candidates and not chosen:
        with_cells = [one for one in candidates if not grade_ids(one.path, most).isdisjoint(known)]
        newest = max(with_cells or candidates, key=lambda one: one.age)
        chosen[names[0] if len(names) == 1 else newest.owner.file] = newest
    return chosen


def why_not(one: Candidate, chosen: dict[str, Candidate], names: Sequence[str]) -> str:
    """Return why a notebook was not chosen."""
    if best := chosen.get(one.name):
        return f"an older attempt: {shown(Path(best.file))} was taken"
    taken = ", ".join(shown(Path(best.file)) for best in chosen.values())
    return f"not the notebook {', '.join(names)}: {taken} was taken"


def is_notebook(path: Path, known: Collection[str], most: int) -> bool:
    """Return whether a file holds cells of the assignment, whatever its name."""
    with path.open("rb") as file:
        begins = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"
    if not begins or path.stat().st_size > most:
        return False
    return not grade_ids(path, most).isdisjoint(known)


def grade_ids(path: Path, most: int = MAX_BYTES) -> set[str]:
    """Return the `grade_id`s in a notebook; none if the file is no notebook."""
    try:
        notebook, _ = read_notebook(path.read_bytes(), most)
    except (OSError, UnreadableError):
        return set()
    ids = (cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells)
    return {str(grade_id) for grade_id in ids if grade_id}
