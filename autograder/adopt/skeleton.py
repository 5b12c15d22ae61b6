"""A small assignment to begin with, written into a course under a name of the author's own."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.adopt import new_files
from autograder.course.assignment import Assignment
from autograder.course.course import Course, Stage

TEMPLATE = Path(__file__).parents[1] / "templates" / "assignment"
NOTEBOOK = "notebook.ipynb"  # the template's; the assignment's has its name


@dataclass(frozen=True)
class Skeleton:
    """The files of a new assignment.

    Parameters
    ----------
    course : Course
    name : str
        The assignment's name, which no assignment of the course has yet.
    """

    course: Course
    name: str

    def check(self) -> None:
        """Check that the assignment can be written.

        Raises
        ------
        AssignmentError
            If the name cannot be a folder's, or one of the assignment's folders exists.
        """
        new_files.check_name(self.name)
        new_files.check_free(self.course, self._folders.values(), "choose another name")

    def write(self) -> list[Path]:
        """Write the assignment's files, all or none, and return their paths.

        Raises
        ------
        AssignmentError
            If the course's folders cannot be written to.
        """
        files = {path: template.read_bytes() for template, path in self._files()}
        new_files.write(self.course, self._folders.values(), files)
        return [*files]

    def _files(self) -> Iterator[tuple[Path, Path]]:
        """Yield each file of the template, and its path in the course."""
        for kind, folder in self._folders.items():
            for template in sorted((TEMPLATE / kind).glob("*.*")):
                name = f"{self.name}.ipynb" if template.name == NOTEBOOK else template.name
                yield template, folder / name

    @property
    def _folders(self) -> dict[str, Path]:
        """The assignment's folder for each folder of the template; the notebook's is the last."""
        assignment = Assignment(self.course, self.name)
        tests = self.course.root / "tests"
        return {
            "hidden": assignment.hidden,
            "mutants": tests / "mutants" / self.name,
            "variants": tests / "variants" / self.name,
            "source": assignment.folder(Stage.SOURCE),
        }
