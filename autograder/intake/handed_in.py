"""What a student handed in for one notebook, before any of it is believed."""

import base64
import hashlib
from dataclasses import dataclass, replace
from typing import Any

from nbformat import NotebookNode

from autograder.intake.notebook import new_notebook
from autograder.intake.notebook_reader import UnreadableError, read_notebook, without_outputs
from autograder.intake.skim import SMALL


@dataclass(frozen=True)
class HandedIn:
    """The file that stands for a notebook, and what was noticed on the way to it.

    Parameters
    ----------
    content : bytes
        Of the file; empty without one.
    remarks : tuple of str
        What the student and the TA should know of how it was found.
    unreadable : str
        Why there is nothing to read; empty where there is.
    stamp : bytes
        When it was handed in, as nbgrader's exchange says.
    whole : str
        The digest of the whole, where `content` is only what is read of it.
    """

    content: bytes = b""
    remarks: tuple[str, ...] = ()
    unreadable: str = ""
    stamp: bytes = b""
    whole: str = ""

    @property
    def digest(self) -> str:
        """A digest of all of it: the same as long as nothing else is handed in."""
        if self.whole:
            return self.whole
        digest = hashlib.sha256(repr((self.remarks, self.unreadable, self.stamp)).encode())
        digest.update(self.content)
        return digest.hexdigest()[:16]

    def read(self) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook, an empty one if it is none, and what was found about it.

        That goes into the notebook's metadata once it is restored: whose digest it is, the remarks,
        and, of a file that is no notebook, the reason.
        """
        found: dict[str, Any] = {"handed_in": self.digest, "remarks": [*self.remarks]}
        try:
            if self.unreadable:
                raise UnreadableError(self.unreadable)
            notebook, remarks = read_notebook(self.content)
        except UnreadableError as error:
            return new_notebook(), {**found, "unreadable": str(error)}
        found["remarks"] += remarks
        return notebook, found

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON data; of a large file, what is read of it."""
        light = self._light() if len(self.content) > SMALL else self
        return {
            "content": base64.b64encode(light.content).decode(),
            "remarks": [*self.remarks],
            "unreadable": light.unreadable,
            "stamp": base64.b64encode(self.stamp).decode(),
            "whole": light.whole,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "HandedIn":
        """Return what `to_dict` made the data of."""
        return cls(
            base64.b64decode(data["content"]),
            tuple(data["remarks"]),
            data["unreadable"],
            base64.b64decode(data["stamp"]),
            data["whole"],
        )

    def _light(self) -> "HandedIn":
        try:
            return replace(self, content=without_outputs(self.content), whole=self.digest)
        except UnreadableError as error:
            return replace(self, content=b"", unreadable=str(error), whole=self.digest)


Notebooks = dict[str, HandedIn]  # of one submission, by name
