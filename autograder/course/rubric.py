"""The rubric of an assignment: `rubric.toml` beside the suites, with the criteria of each item.

[test_scale]
title = "Scale"
question = "What happens to x if the factor is 0?"

[test_scale.multiplies]
weight = 80
sentence = "Each element of x is multiplied by the factor."

[test_scale.keeps]
weight = 20
manners = true
sentence = "x itself stays as it is."
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from autograder.course.suite_file import criteria_of
from autograder.results.criterion import Criterion
from autograder.text.wording import suggestion

KEYS = {"weight", "sentence", "manners"}
TEXTS = ("title", "question")  # of an item
MOST = 10_000  # of a weight


class ItemRubric(NamedTuple):
    """An item's criteria and texts."""

    criteria: tuple[Criterion, ...] = ()
    title: str = ""  # for students; empty without one
    question: str = ""  # to think about after full marks; empty without one


Rubric = dict[str, ItemRubric]  # by item
NO_RUBRIC = ItemRubric()


class RubricError(Exception):
    """A fault in a rubric; the text names the line and says what to do."""


def read_rubric(path: Path) -> Rubric:
    """Return the criteria and texts of each item; none without the file.

    Raises
    ------
    RubricError
    """
    if not path.is_file():
        return {}
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RubricError(f"{path} must be valid TOML ({error}): mend that line") from None
    rubric = {}
    for item, table in tables.items():
        if not isinstance(table, dict) or not table:
            raise _fault(path, text, item, f"[{item}.NAME] must be a criterion of {item}")
        texts = {name: table.pop(name) for name in TEXTS if name in table}
        for name, words in texts.items():
            if not isinstance(words, str) or not words.strip():
                raise _fault(path, text, item, f"{item}.{name} must be a text, got {words!r}")
        for name, entry in table.items():
            if fault := _fault_in(entry):
                raise _fault(path, text, f"{item}.{name}", f"[{item}.{name}] {fault}")
        criteria = tuple(Criterion(name, **entry) for name, entry in table.items())
        if criteria and all(criterion.manners for criterion in criteria):
            raise _fault(path, text, item, f"{item} must have a criterion without manners = true")
        rubric[item] = ItemRubric(criteria, **texts)
    return rubric


def check_rubric(path: Path, rubric: Rubric, suites: Mapping[str, Path]) -> None:
    """Check that a rubric and the suites of the items agree.

    Parameters
    ----------
    path : Path
        The rubric's file.
    rubric : Rubric
    suites : mapping of str to Path
        The suite of each item.

    Raises
    ------
    RubricError
    """
    for item in rubric:
        if item not in suites:
            text = path.read_text(encoding="utf-8")
            meant = suggestion(item, suites)
            raise _fault(path, text, item, f"must name items, got {item!r}{meant}")
    for item, suite in suites.items():
        _check_suite(path, item, [c.name for c in rubric.get(item, NO_RUBRIC).criteria], suite)


def _check_suite(path: Path, item: str, names: Collection[str], suite: Path) -> None:
    """Check that each property of a suite has a criterion, and each criterion a property."""
    used = set()
    for name, line, criterion in criteria_of(suite):
        if criterion in names or not (criterion or names):
            used.add(criterion)
            continue
        where = f"{suite}, line {line}: {name}"
        if not names:
            raise RubricError(
                f"{where} names the criterion {criterion!r}, but {path} has none of {item}: "
                "add it there, or remove the marker"
            )
        known = ", ".join(names)
        found = f"got {criterion!r}{suggestion(criterion, names)}" if criterion else "and has none"
        raise RubricError(
            f"{where} must name a criterion of {item} ({known}), {found}: write "
            f'@pytest.mark.criterion("{next(iter(names))}") above it'
        )
    if unused := [name for name in names if name not in used]:
        text = path.read_text(encoding="utf-8")
        raise _fault(
            path, text, f"{item}.{unused[0]}", f"no property of {suite.name} has this criterion"
        )


def _fault_in(entry: Any) -> str:
    """Return what is wrong with a criterion's entry; empty if nothing is."""
    if not isinstance(entry, dict):
        return f"must be a table, got {entry!r}"
    if unknown := sorted(entry.keys() - KEYS):
        return f"must have some of {sorted(KEYS)}, got {unknown[0]!r}{suggestion(unknown[0], KEYS)}"
    weight, sentence = entry.get("weight"), entry.get("sentence")
    if not isinstance(weight, int) or isinstance(weight, bool) or not 0 < weight <= MOST:
        return f"must have a weight, a whole number from 1 to {MOST}, got {weight!r}"
    if not isinstance(sentence, str) or not sentence.strip():
        return f"must have a sentence for the student, got {sentence!r}"
    if not isinstance(entry.get("manners", False), bool):
        return f"manners must be true or false, got {entry['manners']!r}"
    return ""


def _fault(path: Path, text: str, key: str, fault: str) -> RubricError:
    """Return the error for a table of a rubric, with its line."""
    found = re.compile(rf"^\s*\[\s*{re.escape(key)}\s*[\].]")
    lines = text.splitlines()
    line = next((n for n, text in enumerate(lines, start=1) if found.match(text)), 1)
    return RubricError(f"{path}, line {line}: {fault}: mend that line")
