"""Writes an assignment in the other form: with its answers in Python files beside the notebook.

Everything is made from the assignment's source: the files from its solution cells, the notebook
from its notebook. The suites, mutants, variants and the certificate are the same files for both
forms.
"""

import ast
import copy
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.adopt import new_files
from autograder.adopt.imported import Imported, imported, used
from autograder.course.answer_file import as_file
from autograder.course.assignment import Assignment, AssignmentError
from autograder.course.course import Stage
from autograder.course.submission import Submission

RELOAD = (
    "%load_ext autoreload\n%autoreload 2\n# now the notebook sees what you save in your files\n"
)
TASK = (
    "**Write `{names}` in the file [`{path}`]({path})**, beside this notebook: replace each "
    "`# YOUR CODE HERE` and the line below it, save the file, and run the next cells. The notebook "
    "sees what you have saved."
)
WORDS = {  # a pattern in the text of the one form: the text of the other
    r"\bin the (\w+ )?cells that say\b": r"in the \1files that say",
    r"\bin their own cells\b": "in their own files",
    r"\bthis one file, `[\w.-]+`, under this name\b": "this folder, with your files in it,",
}
MANIFEST = """\
# The same assignment as {name}, with its answers in files: `autograder modules {name}` wrote it.
suites_of = "{name}"
"""


@dataclass(frozen=True)
class ModuleForm:
    """An assignment whose answers are in cells, and the name of the one with answers in files."""

    assignment: Assignment
    name: str

    def write(self, *, force: bool = False) -> list[Path]:
        """Write the assignment's folder and its manifest's, and return both.

        Raises
        ------
        AssignmentError
            If one is there already, unless `force` replaces what was written before; if the
            assignment has no answer in a cell; or if they cannot be written.
        """
        assignment, course = self.assignment, self.assignment.course
        new_files.check_name(self.name)
        if not assignment.reference or assignment.answer_files:
            got = ", ".join(assignment.answer_files) or "none"
            raise AssignmentError(f"{assignment.name} must have its answers in cells, got {got}")
        folder = course.folder(Stage.SOURCE, self.name)
        hidden = assignment.hidden.parent / self.name
        if force and self._is_ours:
            for place in (folder, hidden):
                shutil.rmtree(place, ignore_errors=True)
        new_files.check_free(
            course, (folder, hidden), "choose a name with --as, or add --force to write it anew"
        )
        source = assignment.folder(Stage.SOURCE)
        paths = [path.relative_to(source) for path in course.files(source)]
        files = {folder / p: (source / p).read_bytes() for p in paths if p.suffix != ".ipynb"}
        files |= {folder / path: text.encode() for path, text in self.files.items()}
        files[folder / f"{self.name}.ipynb"] = f"{nbformat.writes(self.notebook)}\n".encode()
        files[hidden / "manifest.toml"] = MANIFEST.format(name=assignment.name).encode()
        new_files.write(course, (folder, hidden), files)
        return [folder, hidden]

    @property
    def _is_ours(self) -> bool:
        """Whether an assignment of this name was made from this one."""
        earlier = Assignment(self.assignment.course, self.name)
        return earlier.origin.name == self.assignment.name != self.name

    @cached_property
    def files(self) -> dict[str, str]:
        """The texts that differ from those beside the notebook with cells, by their paths."""
        answers = self.assignment.reference
        texts = {
            self._path(grade_id): as_file(self._head(answer), answer)
            for grade_id, answer in answers.items()
        }
        if self._package:
            texts[self._init] = _extended(self.assignment.given[self._init], self._imports, answers)
        return texts

    @cached_property
    def notebook(self) -> NotebookNode:
        """The notebook, which imports the answers."""
        made = copy.deepcopy(self.assignment.source)
        made.cells = [self._cell(cell) for cell in made.cells]
        source = Submission.from_notebook(self.assignment.source)
        for index, (cell, code) in enumerate(zip(source.cells, source.codes, strict=True)):
            if cell.kind == "code" and [*imported(code.python)]:
                made.cells[index].source = self._importing(made.cells[index].source)
                return made
        raise AssignmentError(f"{self.assignment.name} must have a cell with its imports")

    def _cell(self, cell: NotebookNode) -> NotebookNode:
        claims = cell.metadata.get("nbgrader", {})
        if claims.get("solution") and claims["grade_id"] in self.assignment.reference:
            names = "` and `".join(_defined(cell.source))
            text = TASK.format(names=names, path=self._path(claims["grade_id"]))
            return new_markdown_cell(text, id=cell.id)
        for pattern, words in WORDS.items():
            cell.source = re.sub(pattern, words, cell.source)
        cell.source = re.sub(rf"\b{re.escape(self.assignment.name)}\b", self.name, cell.source)
        return cell

    def _importing(self, text: str) -> str:
        """Return the notebook's imports with those of the answers."""
        lines = text.splitlines()
        for node in ast.parse(text).body:
            if isinstance(node, ast.ImportFrom) and node.module == self._package:
                names = {*(alias.name for alias in node.names), *self._answers}
                line = f"from {node.module} import {', '.join(sorted(names))}"
                lines[node.lineno - 1 : node.end_lineno] = [line]
                break
        else:
            lines += self._imports
        return "\n".join([RELOAD, *lines])

    def _path(self, grade_id: str) -> str:
        """Return the path of an answer's file."""
        return PurePosixPath(self._package, f"{grade_id}.py").as_posix()

    @property
    def _init(self) -> str:
        return f"{self._package}/__init__.py"

    @cached_property
    def _package(self) -> str:
        """The folder of the answers: the given package that has their base class, if any."""
        for answer in self.assignment.reference.values():
            for node in ast.parse(answer).body:
                for base in node.bases if isinstance(node, ast.ClassDef) else ():
                    one = self._known.get(getattr(base, "id", ""))
                    if one and f"{one.module}/__init__.py" in self.assignment.given:
                        return one.module
        return ""

    @cached_property
    def _known(self) -> dict[str, Imported]:
        """What the cells import that are no answers, by name."""
        source = Submission.from_notebook(self.assignment.source)
        texts = [
            code.python
            for cell, code in zip(source.cells, source.codes, strict=True)
            if cell.kind == "code" and not cell.solution
        ]
        return {one.name: one for text in texts for one in imported(text)}

    @cached_property
    def _answers(self) -> list[str]:
        return sorted(
            name for text in self.assignment.reference.values() for name in _defined(text)
        )

    @cached_property
    def _imports(self) -> list[str]:
        """The statements that import the answers."""
        return [
            f"from {self._path(grade_id)[:-3].replace('/', '.')} import {', '.join(_defined(text))}"
            for grade_id, text in self.assignment.reference.items()
        ]

    def _head(self, answer: str) -> str:
        """Return a file's docstring, and the imports of the names that an answer uses."""
        known = dict(self._known)
        if self._package:  # from its own modules, since the package itself imports the answers
            known |= {one.name: one for one in imported(self.assignment.given[self._init])}
        needed = [known[name] for name in sorted(used(answer) & known.keys())]
        given = {path.split("/")[0].removesuffix(".py") for path in self.assignment.given}
        ours = [one.statement for one in needed if one.module.split(".")[0] in given]
        others = [one.statement for one in needed if one.statement not in ours]
        title = f'"""{" and ".join(_defined(answer))}."""'
        return "\n\n".join([title, *("\n".join(sorted(part)) for part in (others, ours) if part)])


def _defined(answer: str) -> list[str]:
    """Return the classes and functions that an answer defines."""
    body = ast.parse(answer).body
    return [node.name for node in body if isinstance(node, ast.ClassDef | ast.FunctionDef)]


def _extended(init: str, imports: list[str], answers: dict[str, str]) -> str:
    """Return the text of a package's `__init__.py` that imports the answers, too.

    It imports them last, since they need what it imports before.
    """
    body = ast.parse(init).body
    lines = init.splitlines()
    names = [name for text in answers.values() for name in _defined(text)]
    for node in reversed(body):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            every = sorted([*ast.literal_eval(node.value), *names])
            lines[node.lineno - 1 : node.end_lineno] = [f"__all__ = [{_quoted(every)}]"]
    ends = [node.end_lineno or 0 for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    last = max(ends, default=0)
    lines[last:last] = imports
    return "\n".join(lines) + "\n"


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
