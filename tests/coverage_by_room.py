"""Prints how many of each room's statements the tests ran: `python -m tests.coverage_by_room`.

It reads what `make test` has measured, and ends with exit code 2 below the floor in pyproject.toml.
"""

import io
import json
import sys
from collections import Counter
from pathlib import Path
from tempfile import NamedTemporaryFile

from coverage import Coverage


def measured(coverage: Coverage) -> tuple[Counter[str], Counter[str]]:
    """Return how many statements each room has, and how many of them ran."""
    with NamedTemporaryFile("r", suffix=".json") as file:
        coverage.json_report(outfile=file.name)
        files = json.load(file)["files"]
    statements: Counter[str] = Counter()
    ran: Counter[str] = Counter()
    for name, known in files.items():
        _, *folders, _ = Path(name).parts
        room = folders[0] if folders else "(top)"
        statements[room] += known["summary"]["num_statements"]
        ran[room] += known["summary"]["covered_lines"]
    return statements, ran


def main() -> int:
    """Print a line for each room, and one for all."""
    coverage = Coverage()
    coverage.load()
    floor = coverage.get_option("report:fail_under")
    coverage.set_option("report:fail_under", 0)
    sys.stdout, out = io.StringIO(), sys.stdout
    statements, ran = measured(coverage)
    sys.stdout = out
    total = 100 * ran.total() / statements.total()
    for room in sorted(statements):
        print(f"{room:14}{100 * ran[room] / statements[room]:6.1f} % of {statements[room]}")
    print(f"{'all':14}{total:6.1f} % of {statements.total()} statements; the floor is {floor} %")
    return 2 if total < float(str(floor)) else 0


if __name__ == "__main__":
    sys.exit(main())
