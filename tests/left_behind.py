"""What a graded class leaves behind, without what is random in it."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any


def rows(gradebook: Path) -> dict[str, list[str]]:
    """Return every row of every table, with what each random id stands for in its place."""
    with closing(sqlite3.connect(gradebook)) as db:
        db.row_factory = sqlite3.Row
        names = [
            row["name"] for row in db.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        links = {
            name: {
                row["from"]: row["table"] for row in db.execute(f"PRAGMA foreign_key_list({name})")
            }
            for name in names
        }
        tables = {
            name: [dict(row) for row in db.execute(f"SELECT * FROM {name}")]  # noqa: S608
            for name in names
        }
    by_id = {name: {row["id"]: row for row in tables[name] if "id" in row} for name in names}

    def meant(name: str, row: dict[str, Any]) -> dict[str, Any]:
        said = {}
        for column, value in row.items():
            if column in links[name] and value is not None:
                other = links[name][column]
                said[column] = meant(other, by_id[other][value])
            elif column != "id" or not re.fullmatch("[0-9a-f]{32}", str(value)):
                said[column] = value
        return said

    return {name: sorted(str(meant(name, row)) for row in tables[name]) for name in names}


def files(root: Path) -> dict[str, tuple[str, str]]:
    """Return all that lies in a course's `autograded/`, with its permissions and content."""
    return {
        str(path.relative_to(root)): (
            oct(path.stat().st_mode),
            _without_secret(path) if path.is_file() else "",
        )
        for path in root.glob("autograded/**/*")
    }


def _without_secret(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    is_drawn = path.name == "submission_secret.txt"
    return re.sub("^[0-9a-f]{64}$", "drawn", text) if is_drawn else text
