"""What a graded class leaves behind, without what is random in it."""

import re
from pathlib import Path
from typing import Any

from nbgrader.api import Base
from sqlalchemy import create_engine, select


def rows(gradebook: Path | str) -> dict[str, list[str]]:
    """Return every row of every table, with what each random id stands for in its place.

    Parameters
    ----------
    gradebook : Path or str
        A file, or the address of a gradebook in any database.
    """
    url = gradebook if isinstance(gradebook, str) else f"sqlite:///{gradebook}"
    engine = create_engine(url)
    found: dict[str, list[str]] = {}
    meant: dict[Any, str] = {}
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:  # what a row points at comes before it
            found[table.name] = []
            for row in connection.execute(select(table)).mappings():
                values = {name: meant.get(value, repr(value)) for name, value in row.items()}
                if _is_random(row.get("id")):
                    del values["id"]
                said = ", ".join(f"{name}: {value}" for name, value in values.items())
                found[table.name].append(said)
                if _is_random(row.get("id")):
                    meant.setdefault(row["id"], f"{table.name}({said})")
    engine.dispose()
    return {name: sorted(said) for name, said in found.items()}


def _is_random(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch("[0-9a-f]{32}", value))


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
