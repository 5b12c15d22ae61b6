"""Solutions to try the suites on: mutants, which are wrong, and variants, which are right."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.answer_file import as_file
from autograder.course.assignment import Assignment, AssignmentError

LOSES = "loses:"
ALL = "all"  # in place of the names of all criteria
LOSS = re.compile(r"(?P<item>\w+)(?:\s*\((?P<criteria>[\w\s,]+)\))?")  # test_l2_forward (penalty)


@dataclass(frozen=True)
class Specimen:
    """One solution cell's text, as a student might have written it."""

    name: str  # its file's name, which names the mistake or the unusual way
    sentence: str  # the first line of its docstring: a mutant's misconception, in a student's words
    # the docstring's second paragraph, shown to a student whose code behaves like a mutant
    advice: str
    # the only items in which it must lose points, each with the criteria that it must lose there;
    # without criteria, some of the item's points
    loses: Mapping[str, frozenset[str]]
    grade_id: str  # the solution cell that it answers
    source: str  # the cell's text: the file without its docstring
    first_line: int = field(default=1, compare=False)  # of the source in the file


def mutants(assignment: Assignment) -> list[Specimen]:
    """Return the wrong solutions in `tests/mutants/<assignment>/`, by name."""
    return _read(assignment, "mutants")


def variants(assignment: Assignment) -> list[Specimen]:
    """Return the other right solutions in `tests/variants/<assignment>/`, by name."""
    return _read(assignment, "variants")


def _read(assignment: Assignment, kind: str) -> list[Specimen]:
    folder = assignment.root / "tests" / kind / assignment.origin.name
    return [_specimen(assignment, path) for path in sorted(folder.glob("*.py"))]


def _specimen(assignment: Assignment, path: Path) -> Specimen:
    try:
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise AssignmentError(f"{path} must be Python ({error}): mend that line") from None
    sentence, *more = (ast.get_docstring(tree) or path.stem).split("\n\n")
    paragraphs = [" ".join(paragraph.split()) for paragraph in more]
    loses = {
        loss["item"]: frozenset(re.findall(r"\w+", loss["criteria"] or ""))
        for paragraph in paragraphs
        if paragraph.startswith(LOSES)
        for loss in LOSS.finditer(paragraph.removeprefix(LOSES))
    }
    advice = " ".join(p for p in paragraphs if not p.startswith(LOSES))
    if unknown := loses.keys() - {item.name for item in assignment.items}:
        known = [item.name for item in assignment.items]
        raise AssignmentError(
            f"{path}: `loses:` must name some of {known}, got {sorted(unknown)}: mend its docstring"
        )
    if fault := _unknown_criterion(assignment, loses):
        raise AssignmentError(f"{path}: `loses:` must name criteria of {fault}: mend its docstring")
    loses = {item: _spelled_out(assignment, item, names) for item, names in loses.items()}
    code = "".join(source.splitlines(keepends=True)[_docstring_lines(tree) :]).lstrip("\n")
    cell = _answered_cell(assignment, tree, path)
    first_line = source.count("\n") - code.count("\n") + 1
    if cell in assignment.answer_files.values():
        whole = as_file(assignment.reference[cell], code)
        first_line -= whole.count("\n") - code.count("\n")
        code = whole
    return Specimen(path.stem, " ".join(sentence.split()), advice, loses, cell, code, first_line)


def _unknown_criterion(assignment: Assignment, loses: Mapping[str, frozenset[str]]) -> str:
    """Return the item, its criteria and a name that is none of them; empty without such a name."""
    for item in assignment.items:
        known = [criterion.name for criterion in item.rubric.criteria]
        if unknown := sorted(loses.get(item.name, frozenset()) - {ALL, *known}):
            return f"{item.name} {known}, got {unknown}"
    return ""


def _spelled_out(assignment: Assignment, name: str, names: frozenset[str]) -> frozenset[str]:
    """Return the names of all criteria of an item for `all`, and otherwise the names themselves."""
    [item] = [item for item in assignment.items if item.name == name]
    return frozenset(c.name for c in item.rubric.criteria) if ALL in names else names


def _docstring_lines(tree: ast.Module) -> int:
    return tree.body[0].end_lineno or 0 if ast.get_docstring(tree) else 0


def _answered_cell(assignment: Assignment, tree: ast.Module, path: Path) -> str:
    """Return the solution cell that defines a class or function of the same name."""
    defined = _definitions(tree)
    for grade_id, reference in assignment.reference.items():
        if defined & _definitions(ast.parse(reference)):
            return grade_id
    raise AssignmentError(
        f"{path} must define what one solution cell of the notebook defines, got "
        f"{sorted(defined)}: write the text of a whole solution cell"
    )


def _definitions(tree: ast.Module) -> set[str]:
    return {node.name for node in tree.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
