"""The cells of a notebook in the gradebook's terms, compared with those of another."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from autograder.agreement.master import GRADE, SOLUTION, TASK, MasterCell

Key = tuple[str, str]  # the kind of a cell in the gradebook, and its name
Cells = dict[Key, tuple[float | None, str]]  # points, if it has any, and type
GRADED, ANSWERED = {"GradeCell", "TaskCell"}, {"SolutionCell", "TaskCell"}
SOURCE = "SourceCell"  # it has a cell's text, beside the cell's other kinds


@dataclass(frozen=True)
class Layout:
    """The cells of a notebook, each with its points and its type."""

    cells: Cells = field(default_factory=dict)

    @classmethod
    def of(cls, cells: Iterable[MasterCell]) -> "Layout":
        """Return the cells that nbgrader enters for a source's cells."""
        found: Cells = {}
        for cell in cells:
            if GRADE in cell.roles:
                found["GradeCell", cell.name] = float(cell.points), cell.kind
            if SOLUTION in cell.roles:
                found["SolutionCell", cell.name] = None, ""
            if TASK in cell.roles:
                found["TaskCell", cell.name] = float(cell.points), cell.kind
            found[SOURCE, cell.name] = None, cell.kind
        return cls(found)

    @property
    def graded(self) -> "Layout":
        """The cells that have points."""
        return Layout({key: value for key, value in self.cells.items() if key[0] in GRADED})

    @property
    def names(self) -> dict[str, None]:
        """The cells' names, each once."""
        return dict.fromkeys(name for _, name in self.cells)

    def differences(self, found: "Layout") -> Iterator[str]:
        """Yield, in words, how another layout differs from this one of the source."""
        for name in self.names:
            if name not in found.names:
                yield f"`{name}` is missing"
        for name in found.names:
            if name not in self.names:
                yield f"`{name}` is not in the source"
        for name in self.names.keys() & found.names.keys():
            yield from _difference(name, _of_name(self, name), _of_name(found, name))


def renamed(known: Mapping[str, Layout], source: Mapping[str, Layout]) -> dict[str, str]:
    """Return the new name of the only missing notebook, if the only new one has its cells."""
    gone = [name for name in known if name not in source]
    new = [name for name in source if name not in known]
    if (
        len(gone) == 1
        and len(new) == 1
        and known[gone[0]].names.keys() == source[new[0]].names.keys()
    ):
        return {gone[0]: new[0]}
    return {}


def _of_name(layout: Layout, name: str) -> Cells:
    return {key: value for key, value in layout.cells.items() if key[1] == name}


def _difference(name: str, wanted: Cells, found: Cells) -> Iterator[str]:
    if wanted.keys() != found.keys():
        yield f"`{name}` is another kind of cell"
        return
    for key, (points, kind) in wanted.items():
        found_points, found_kind = found[key]
        if points != found_points:
            yield f"`{name}` has {found_points:g} points instead of {points:g}"
            return
        if kind != found_kind:
            yield f"`{name}` is a {found_kind} cell instead of a {kind} cell"
            return
