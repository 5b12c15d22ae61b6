"""Runs nbgrader's own commands for a made-up class, from release to feedback.

`python -m demo [FOLDER]` makes the course in FOLDER, demo/course/ by default.
"""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from autograder.assignment import Assignment
from autograder.cli import status_table
from autograder.ledger import entries
from demo.students import CLASS, Student, solve

NAME = "dropout_l2"
PROJECT = Path(__file__).resolve().parent.parent


class StepError(Exception):
    """A command that failed."""


@dataclass(frozen=True)
class Course:
    """The demo's course: a copy of the project's folders, with an exchange of its own."""

    root: Path

    @property
    def log(self) -> Path:
        """Where the output of all commands goes."""
        return self.root / "demo.log"

    def create(self) -> None:
        """Make the course's folder anew."""
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True)
        ignore = shutil.ignore_patterns("__pycache__")
        for folder in ("source", "tests/hidden", "tests/mutants", "tests/variants"):
            shutil.copytree(PROJECT / folder, self.root / folder, ignore=ignore)
        config = (PROJECT / "nbgrader_config.py").read_text(encoding="utf-8")
        config += f"\nc.Exchange.root = {str(self.root / 'exchange')!r}\n"
        config += f"c.Exchange.cache = {str(self.root / 'exchange_cache')!r}\n"
        (self.root / "nbgrader_config.py").write_text(config, encoding="utf-8")
        (self.root / "exchange").mkdir(mode=0o777)

    def nbgrader(self, *words: str, folder: Path | None = None) -> None:
        """Run an nbgrader command, in the course's folder or another."""
        command = [sys.executable, "-m", "nbgrader", *words]
        # students have the course's settings from their own machine's configuration
        environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(self.root)}
        done = subprocess.run(  # nbgrader, with words of ours
            command,
            cwd=folder or self.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"$ nbgrader {' '.join(words)}\n{done.stdout}")
        if done.returncode:
            raise StepError(
                f"`nbgrader {' '.join(words)}` failed with exit code {done.returncode}, "
                f"see the end of {self.log}"
            )

    def hand_in(self, student: Student) -> None:
        """Fetch, solve and submit, as one student does."""
        home = self.root / "students" / student.id
        home.mkdir(parents=True)
        self.nbgrader("fetch_assignment", NAME, folder=home)
        solve(student, home / NAME / f"{NAME}.ipynb", Assignment(self.root, NAME))
        if student.submits:
            self.nbgrader("submit", NAME, f"--student={student.id}", folder=home)


def run(course: Course, progress: Progress) -> None:
    """Take the class through the assignment, one line of progress a step."""

    def step(title: str, *words: str) -> None:
        task = progress.add_task(title, total=1)
        course.nbgrader(*words)
        progress.advance(task)

    course.create()
    step("generate the assignment", "generate_assignment", NAME)
    roster = course.root / "roster.csv"
    roster.write_text("id\n" + "".join(f"{student.id}\n" for student in CLASS), encoding="utf-8")
    step("enter the roster", "db", "student", "import", str(roster))
    step("release", "release_assignment", NAME)
    task = progress.add_task("students fetch, solve, submit", total=len(CLASS))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(course.hand_in, CLASS):
            progress.advance(task)
    step("collect", "collect", NAME)
    step("autograde", "autograde", NAME)
    step("generate the feedback", "generate_feedback", NAME)
    step("release the feedback", "release_feedback", NAME)
    step("export", "export", f"--to={course.root / 'grades.csv'}")


def main() -> int:
    """Run the demo and print the class's table; return the exit code."""
    console = Console()
    course = Course(Path(sys.argv[1]) if sys.argv[1:] else PROJECT / "demo" / "course")
    columns = (
        TextColumn("{task.description:<30}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    try:
        with Progress(*columns, console=console) as progress:
            run(course, progress)
    except StepError as error:
        console.print(f"Error: {error}", style="red", soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        console.print("Interrupted: `make demo` starts again from the beginning.")
        return 130
    assignment = Assignment(course.root, NAME)
    database = course.root / "gradebook.db"
    console.print(status_table(assignment, list(entries(assignment, f"sqlite:///{database}"))))
    for what, path in {
        "gradebook": database,
        "feedback": course.root / "feedback",
        "grades": course.root / "grades.csv",
        "log": course.log,
    }.items():
        console.print(f"{what:<10} {os.path.relpath(path)}", soft_wrap=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
