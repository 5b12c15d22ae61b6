"""The files that a student handed in for one notebook, before it is restored."""

import base64
import hashlib
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from nbformat import NotebookNode

from autograder.course.answer_file import file_cell, with_files
from autograder.intake.notebook import new_notebook
from autograder.intake.notebook_reader import (
    MAX_BYTES,
    UnreadableError,
    read_notebook,
    without_outputs,
)
from autograder.intake.skim import SMALL


class PythonFile(NamedTuple):
    """A Python file: its path beside the notebook, its text, and its `grade_id` if it answers."""

    path: str
    text: str
    grade_id: str = ""


@dataclass(frozen=True)
class HandedIn:
    """The file for a notebook and the Python files beside it, with remarks on how they were found.

    Parameters
    ----------
    content : bytes
        Empty if there is no file.
    remarks : tuple of str
        For the student and the TA.
    unreadable : str
        Why there is nothing to read; empty if there is.
    stamp : bytes
        The exchange's time stamp.
    whole : str
        The digest of the whole file, if `content` is only the part that is read.
    most : int
        Bytes of a file that is read.
    files : tuple of PythonFile
    answers_in_files : bool
        Whether the assignment's answers are files. Then they are graded without a notebook, too.
    """

    content: bytes = b""
    remarks: tuple[str, ...] = ()
    unreadable: str = ""
    stamp: bytes = b""
    whole: str = ""
    most: int = MAX_BYTES
    files: tuple[PythonFile, ...] = ()
    answers_in_files: bool = False

    @property
    def digest(self) -> str:
        """A digest of the files, the remarks and the time stamp."""
        if self.whole:
            return self.whole
        digest = hashlib.sha256(repr((self.remarks, self.unreadable, self.stamp)).encode())
        digest.update(self.content)
        if self.files:
            digest.update(repr(self.files).encode())
        return digest.hexdigest()[:16]

    def read(self) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook, and data for the restored notebook's metadata.

        The notebook begins with a cell for each Python file. The data are the digest and the
        remarks. For a file that is not a notebook, the notebook is empty, and the data have the
        reason.
        """
        found: dict[str, Any] = {"handed_in": self.digest, "remarks": [*self.remarks]}
        try:
            if self.unreadable:
                raise UnreadableError(self.unreadable)
            notebook, remarks = read_notebook(self.content, self.most)
        except UnreadableError as error:
            if not (self.files and self.answers_in_files):
                return new_notebook(), {**found, "unreadable": str(error)}
            notebook, remarks = new_notebook(), [f"only the files were graded: {error}"]
        found["remarks"] += remarks
        return with_files(notebook, [file_cell(*file) for file in self.files]), found

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON data; a large file loses its outputs."""
        light = self._light() if len(self.content) > SMALL else self
        return {
            "content": base64.b64encode(light.content).decode(),
            "remarks": [*self.remarks],
            "unreadable": light.unreadable,
            "stamp": base64.b64encode(self.stamp).decode(),
            "whole": light.whole,
            "most": self.most,
            "files": [*self.files],
            "answers_in_files": self.answers_in_files,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "HandedIn":
        """Return the object whose `to_dict` gave these data."""
        return cls(
            base64.b64decode(data["content"]),
            tuple(data["remarks"]),
            data["unreadable"],
            base64.b64decode(data["stamp"]),
            data["whole"],
            data["most"],
            tuple(PythonFile(*file) for file in data["files"]),
            data["answers_in_files"],
        )

    def _light(self) -> "HandedIn":
        try:
            return replace(
                self, content=without_outputs(self.content, self.most), whole=self.digest
            )
        except UnreadableError as error:
            return replace(self, content=b"", unreadable=str(error), whole=self.digest)


Notebooks = dict[str, HandedIn]  # of one submission, by name
