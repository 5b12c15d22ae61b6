"""Runs nbgrader's commands for a made-up class, from release to feedback, and the class report.

`python -m demo [FOLDER]` makes the course in FOLDER, demo/course/ by default.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from autograder.commands import console
from autograder.commands.status import completed_class, print_status
from autograder.course.assignment import Assignment
from autograder.startup import scripts
from demo.students import CLASS

NAME = "dropout_l2"
PROJECT = Path(__file__).resolve().parent.parent
SUBMITTED = sum(student.submits for student in CLASS)

TESTS = ["hidden", "mutants", "variants", "certificates"]


class StepError(Exception):
    """A command that failed."""


@dataclass(frozen=True)
class Course:
    """The demo's course: a copy of the project's folders, with an exchange of its own."""

    root: Path

    @property
    def log(self) -> Path:
        """The file with the output of all commands."""
        return self.root / "demo.log"

    @property
    def database(self) -> Path:
        """The gradebook."""
        return self.root / "gradebook.db"

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of all commands.

        Through `JUPYTER_CONFIG_DIR`, the students' commands find the course's settings.
        """
        return {**os.environ, "JUPYTER_CONFIG_DIR": str(self.root), "PYTHONPATH": str(PROJECT)}

    def create(self) -> None:
        """Make the course's folder; an earlier one is removed."""
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True)
        ignore = shutil.ignore_patterns("__pycache__")
        for folder in ("source", *(f"tests/{name}" for name in TESTS)):
            shutil.copytree(PROJECT / folder, self.root / folder, ignore=ignore)
        config = (PROJECT / "nbgrader_config.py").read_text(encoding="utf-8")
        config += f"\nc.Exchange.root = {str(self.root / 'exchange')!r}\n"
        config += f"c.Exchange.cache = {str(self.root / 'exchange_cache')!r}\n"
        # here, all students are one user of this machine
        config += "c.ExchangeCollect.check_owner = False\n"
        (self.root / "nbgrader_config.py").write_text(config, encoding="utf-8")
        (self.root / "exchange").mkdir(mode=0o777)
        roster = "id\n" + "".join(f"{student.id}\n" for student in CLASS)
        (self.root / "roster.csv").write_text(roster, encoding="utf-8")

    def run(self, progress: Progress, task: TaskID, sign: str, *words: str) -> None:
        """Run a Python module; each output line with the sign advances the progress bar."""
        with (
            self.log.open("a", encoding="utf-8") as log,
            subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=self.root,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as process,
        ):
            log.write(f"$ python -m {' '.join(words)}\n")
            assert process.stdout is not None
            for line in process.stdout:
                log.write(line)
                if sign in line:
                    progress.advance(task)
        if process.returncode:
            raise StepError(
                f"`python -m {' '.join(words)}` failed with exit code {process.returncode}: "
                f"see the end of {self.log}"
            )
        progress.update(task, completed=progress.tasks[task].total)


def run(course: Course, progress: Progress) -> None:
    """Run all steps, with a progress bar for each."""
    course.create()
    root = str(course.root)
    steps: list[tuple[str, int, str, list[str]]] = [
        ("generate the assignment", 1, "\n", ["nbgrader", "generate_assignment", NAME]),
        ("enter the roster", 1, "\n", ["nbgrader", "db", "student", "import", "roster.csv"]),
        ("release", 1, "\n", ["nbgrader", "release_assignment", NAME]),
        ("fetch, solve, submit", SUBMITTED, "Submitted as", ["demo.handing_in", root, NAME]),
        ("collect", SUBMITTED, "Collecting submission", ["nbgrader", "collect", NAME]),
        ("autograde", SUBMITTED, " points, ", ["nbgrader", "autograde", NAME]),
        ("generate the feedback", SUBMITTED, "Writing", ["nbgrader", "generate_feedback", NAME]),
        ("release the feedback", 1, "\n", ["nbgrader", "release_feedback", NAME]),
        ("export", 1, "\n", ["nbgrader", "export"]),
        ("write the class report", 1, "\n", ["autograder", "report", NAME]),
    ]
    for title, total, sign, words in steps:
        task = progress.add_task(title, total=total)
        course.run(progress, task, sign, *words)


def main() -> int:
    """Run the demo and print the class's table; return the exit code."""
    scripts.put_on_path()
    on = console.console()
    course = Course(Path(sys.argv[1]).resolve() if sys.argv[1:] else PROJECT / "demo" / "course")
    columns = (
        TextColumn("{task.description:<22}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    try:
        with Progress(*columns, console=on) as progress:
            run(course, progress)
    except StepError as error:
        on.print(f"Error: {error}", style="red")
        return 1
    except KeyboardInterrupt:
        on.print("Interrupted: `make demo` starts again from the beginning.")
        return 130
    assignment = Assignment(course.root, NAME)
    print_status(on, NAME, completed_class(assignment, f"sqlite:///{course.database}"))
    for what, path in {
        "gradebook": course.database,
        "feedback": course.root / "feedback",
        "grades": course.root / "grades.csv",
        "report": course.root / "reports" / f"{NAME}.html",
        "log": course.log,
    }.items():
        on.print(f"{what:<10} {os.path.relpath(path)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
