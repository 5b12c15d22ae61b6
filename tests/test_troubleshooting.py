"""The page on troubleshooting has every message of an expected failure, the TA's every status."""

import ast
import re

import pytest

from autograder.gradebook.entry import EXCLUDED, IN_A_TEAM, NOT_COLLECTED, NOT_GRADED, SEVERAL
from autograder.results.report import Status
from tests.conftest import PROJECT

PAGE = (PROJECT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
STATUSES = (PROJECT / "docs" / "ta.md").read_text(encoding="utf-8")
# what is raised to be read by people: cli.py turns it into a line, the log and a remark have it
KINDS = {
    "AssignmentError",
    "ClusterError",
    "DiskFullError",
    "ExcessError",
    "QuotaError",
    "InvalidEntry",
    "NbGraderException",
    "NobodyError",
    "NotIsolatedError",
    "RefusedError",
    "RosterError",
    "UnreadableError",
    "UnsafeNameError",
    "UsageError",
    "VanishedError",
}
TOLD_BY = {"trouble", "_lost"}  # functions that return such a message
SHORT = 4  # characters: a piece that names nothing, such as "; "


def plain(text):
    """Return a text as a page's reader sees it, whatever its marks and its folding."""
    return re.sub(r"\s+", " ", text.replace("`", "")).strip(" .,;:()")


def pieces(node):
    """Return the fixed parts of a message."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        return [value for part in node.values for value in pieces(part)]
    if isinstance(node, ast.BinOp):
        return pieces(node.left) + pieces(node.right)
    return []


def messages():
    """Yield the place of each expected failure, and the fixed parts of its message."""
    for path in sorted((PROJECT / "autograder").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                kind = node.exc.func
                name = getattr(kind, "id", getattr(kind, "attr", ""))
                reported = [node.exc.args[0]] if name in KINDS else []
            elif isinstance(node, ast.FunctionDef) and node.name in TOLD_BY:
                reported = [part.value for part in ast.walk(node) if isinstance(part, ast.Return)]
            else:
                continue
            for message in reported:
                parts = [part for part in map(plain, pieces(message)) if len(part) > SHORT]
                if parts:
                    yield f"{path.stem}:{message.lineno}", parts


MESSAGES = list(messages())


@pytest.mark.parametrize(
    "status", [*Status, NOT_GRADED, NOT_COLLECTED, IN_A_TEAM, SEVERAL, EXCLUDED]
)
def test_each_status_has_a_row_with_its_remedy(status):
    """In the table of the teaching assistants' page, with a cause and what to do."""
    (row,) = re.findall(rf"^\| {re.escape(status)} \| (.+) \| (.+) \|$", STATUSES, re.MULTILINE)
    assert all(row)


@pytest.mark.parametrize(("where", "parts"), MESSAGES, ids=[where for where, _ in MESSAGES])
def test_each_message_has_a_row(where, parts):
    """Its fixed words stand in one row, in their order."""
    pattern = re.compile(".*".join(map(re.escape, parts)))
    rows = [plain(row) for row in PAGE.splitlines() if row.startswith("| ")]
    assert any(pattern.search(row) for row in rows), parts


def test_messages_are_found():
    """As many as there are kinds of errors, at the least: else nothing is proven here."""
    assert len(MESSAGES) > 40
