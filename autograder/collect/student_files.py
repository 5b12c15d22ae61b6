"""The files of one student as they were extracted: notebooks, others, and what was left out."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from autograder.collect.candidate import Candidate
from autograder.collect.extraction import Extracted
from autograder.collect.owner import NobodyError, Owner, Owners, check_id
from autograder.collect.safe_name import is_junk
from autograder.files.bounded_walk import BoundedWalk
from autograder.intake.collected_list import NO_NOTEBOOK, Line
from autograder.intake.notebook_reader import MAX_BYTES


@dataclass
class StudentFiles:
    """What one student handed in.

    Parameters
    ----------
    notebooks, others : list of Candidate
        The files that are named as notebooks, and all others.
    uploads : dict of str to str
        What the student called that which was handed in, and where it lies.
    left_out : list of Line
        What could not be extracted or read, and may be the work.
    """

    notebooks: list[Candidate] = field(default_factory=list)
    others: list[Candidate] = field(default_factory=list)
    uploads: dict[str, str] = field(default_factory=dict)
    left_out: list[Line] = field(default_factory=list)

    def add(self, one: Candidate) -> None:
        """Add a file that was extracted."""
        if ".ipynb" not in one.path.name.lower():
            self.others.append(one)
        elif one.path.stat().st_size > MAX_BYTES:
            self.leave_out(
                PurePath(one.file), one.owner, f"it is larger than {MAX_BYTES >> 20} MiB"
            )
        else:
            self.notebooks.append(one)

    def leave_out(self, path: PurePath, owner: Owner, why: str) -> None:
        """Add what may be the work, and cannot be taken."""
        is_upload = owner.file == owner.upload
        name = owner.upload if is_upload else f"{owner.file} in {owner.upload}"
        line = Line(path.as_posix(), owner.student, refused=why, is_left_out=True, name=name)
        self.left_out.append(line)

    def without_notebook(self, student: str) -> list[Line]:
        """Return a line for each upload that is no notebook, and has no other fault."""
        known = {line.name.rpartition(" in ")[2] for line in self.left_out}
        return [
            Line(file, student, refused=NO_NOTEBOOK, is_left_out=True, name=name)
            for name, file in self.uploads.items()
            if name not in known
        ]


def sort_files(
    root: Path, owners: Owners, names: Sequence[str], extracted: Extracted
) -> tuple[dict[str, StudentFiles], list[Line]]:
    """Return the files of each student, and a line for each file that is nobody's.

    Parameters
    ----------
    root : Path
        The folder of what was extracted.
    owners : Owners
    names : sequence of str
        The assignment's notebooks.
    extracted : Extracted
        What is known of how it was.
    """
    students: dict[str, StudentFiles] = {}
    nobodys = []

    def of(path: PurePath, why: str) -> tuple[Owner, StudentFiles] | None:
        try:
            owner = owners.of(path)
            check_id(owner.student)
        except NobodyError as error:
            nobodys.append(Line(path.as_posix(), refused=why or str(error), is_left_out=True))
            return None
        theirs = students.setdefault(owner.student, StudentFiles())
        theirs.uploads.setdefault(owner.upload, path.as_posix())
        return owner, theirs

    for path in _files(root):
        inside = PurePath(path.relative_to(root))
        if inside in extracted.opened and not _is_somebodys(owners, inside):
            continue  # a download of several students'
        if (found := of(inside, "")) and inside not in extracted.opened:
            found[1].add(Candidate.of(path, inside.as_posix(), found[0], names))
    for inside in extracted.skipped:
        if _is_somebodys(owners, inside):
            of(inside, "")
    for one in extracted.not_extracted:
        if (found := of(one.path, one.why)) and not one.is_extra:
            found[1].leave_out(one.path, found[0], one.why)
    return students, nobodys


def _files(root: Path) -> Iterable[Path]:
    for path in sorted(BoundedWalk(root, most=sys.maxsize, depth=sys.maxsize)):
        if not path.is_dir() and not is_junk(path.relative_to(root)):
            yield path


def _is_somebodys(owners: Owners, path: PurePath) -> bool:
    try:
        owners.of(path)
    except NobodyError:
        return False
    return True
