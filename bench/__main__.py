"""`python -m bench`: grades the same submissions with stock nbgrader, with ours, and at the floor.

It measures whole processes from start to end, on one machine, in one run. It prints the figures and
writes them as JSON and as a plot.
"""

import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from statistics import fmean
from typing import Any

import click
import psutil
from rich.console import Console

from autograder.startup import scripts
from autograder.startup.environment import ONE_THREAD
from bench import course
from bench.plot import plot

LOOK = 2.0  # seconds between two measurements of memory, which take some hundredths each
HERE = Path(__file__).resolve().parent
SCORES = """
select student.id, base_cell.name, grade.auto_score
from grade
join base_cell on base_cell.id = grade.cell_id
join submitted_notebook on submitted_notebook.id = grade.notebook_id
join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
join student on student.id = submitted_assignment.student_id
"""
Scores = dict[tuple[str, str], float]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--submissions", type=click.IntRange(min=1), default=100, show_default=True)
@click.option(
    "--sizes",
    default="10,100,500,2000",
    show_default=True,
    help="Class sizes, to see whether a submission costs more in a larger class.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=HERE,
    help="The folder for results.json and results.svg.",
)
def main(submissions: int, sizes: str, out: Path) -> None:
    """Compare stock nbgrader, ours and the floor."""
    scripts.put_on_path()
    console = Console(soft_wrap=True, highlight=False)
    with tempfile.TemporaryDirectory() as place:
        bench = Bench(Path(place), submissions, console)
        figures = bench.figures([int(size) for size in sizes.split(",")])
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    plot(figures, out / "results.svg")
    console.print(f"written to {out / 'results.json'} and {out / 'results.svg'}")


class Bench:
    """One run.

    Parameters
    ----------
    place : Path
        An empty folder.
    count : int
        Of the submissions.
    console : Console
    """

    def __init__(self, place: Path, count: int, console: Console) -> None:
        self.place = place
        self.count = count
        self.console = console
        self.solutions = course.answers(count)

    def figures(self, sizes: list[int]) -> dict[str, Any]:
        """Return all figures: seconds of whole processes, MiB of processes with their children."""
        memory = psutil.virtual_memory().total / 2**30
        figures: dict[str, Any] = {
            "machine": {"cores": os.cpu_count(), "memory_gib": round(memory)},
            "python": platform.python_version(),
            "submissions": self.count,
        }
        self._say(f"{os.cpu_count()} cores, {memory:.0f} GiB of memory, {self.count} submissions")
        ours = course.ours(self.place / "ours", self.solutions)
        stock = course.stock(self.place / "stock", self.solutions)

        # before and after stock: then a change in the machine's speed shows
        first, (floor_before, _) = self._ours(ours, 2), self._floor(ours)
        stock_seconds, _ = self._timed("stock nbgrader autograde", lambda: _stock(stock))
        second, (floor_after, floor_scores) = self._ours(ours, 2), self._floor(ours)
        one = self._ours(ours, 1)

        mean = fmean([first["seconds"], second["seconds"]])
        scores = {"ours": _scores(ours), "stock": _scores(stock), "floor": floor_scores}
        other = {
            name: sum(found[key] != score for key, score in scores["ours"].items())
            for name, found in scores.items()
        }
        figures |= {
            "stock_seconds": stock_seconds,
            "ours_seconds": [first["seconds"], second["seconds"]],
            "ours_one_worker_seconds": one["seconds"],
            "floor_seconds": [floor_before, floor_after],
            "times_stock": stock_seconds / mean,
            "times_floor": mean / fmean([floor_before, floor_after]),
            "scores": len(scores["ours"]),
            "scores_unlike_stock": other["stock"],
            "scores_unlike_floor": other["floor"],
            "memory_mib": max(first["memory_mib"], second["memory_mib"]),
        }
        self._say(
            f"{figures['times_stock']:.1f} times the throughput of stock nbgrader, "
            f"{figures['times_floor']:.2f} times the floor; of {figures['scores']} scores "
            f"{other['stock']} differ from stock's, {other['floor']} from the floor's"
        )
        figures["growth"] = [self._growth(size) for size in sizes]
        return figures

    def _growth(self, size: int) -> dict[str, float]:
        root = self.place / f"class-{size}"
        many = [self.solutions[number % self.count] for number in range(size)]
        found = self._ours(course.ours(root, many), 2)
        floor, _ = self._floor(root)
        return {"size": size, **found, "floor_seconds": floor}

    def _ours(self, root: Path, workers: int) -> dict[str, float]:
        """Grade a class with `autograder`; return seconds, seconds per submission, memory."""
        course.renew(root)
        count = len(list(root.glob("submitted/*")))
        words = [str(Path(sys.executable).with_name("autograder")), "grade", course.NAME]
        what = f"autograder grade, {count} submissions, {workers} workers"
        seconds, memory = self._timed(
            what, lambda: _watched(root, [*words, "--workers", str(workers)])
        )
        return {"seconds": seconds, "memory_mib": memory, "each": seconds / count}

    def _floor(self, root: Path) -> tuple[float, Scores]:
        words = [sys.executable, "-m", "bench.floor", str(root), course.NAME, "2"]
        environment = {**course.environment(root), **ONE_THREAD}

        def grade() -> Scores:
            done = subprocess.run(
                words, env=environment, stdout=subprocess.PIPE, check=True, text=True
            )
            lines = map(json.loads, done.stdout.splitlines())
            return {
                (student, item): points
                for line in lines
                for student, items in line.items()
                for item, points in items.items()
            }

        return self._timed("the floor", grade)

    def _timed(self, what: str, do: Callable[[], Any]) -> tuple[float, Any]:
        start = time.perf_counter()
        result = do()
        seconds = time.perf_counter() - start
        self._say(f"{what}: {seconds:.1f} s")
        return seconds, result

    def _say(self, text: str) -> None:
        self.console.print(text, markup=False)


def _stock(root: Path) -> None:
    course.run(root, "nbgrader", "autograde", course.NAME)


def _watched(root: Path, words: list[str]) -> float:
    """Run a command; return the largest memory of it and its descendants, in MiB."""
    most = 0.0
    with subprocess.Popen(
        words, cwd=root, env=course.environment(root), stdout=subprocess.DEVNULL
    ) as process:
        ended = threading.Event()

        def watch() -> None:
            nonlocal most
            while not ended.wait(LOOK):
                most = max(most, _memory(process.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        code = process.wait()
        ended.set()
        watcher.join()
    if code:
        raise RuntimeError(f"{' '.join(words)} ended with {code}")
    return most


def _memory(root: int) -> float:
    """Return the memory of a process and its descendants, in MiB; shared memory counts once."""
    total = 0
    with suppress(psutil.Error):  # it has just ended
        parent = psutil.Process(root)
        for process in [parent, *parent.children(recursive=True)]:
            with suppress(psutil.Error):  # so have workers, at any moment
                total += process.memory_full_info().pss
    return total / 2**20


def _scores(root: Path) -> Scores:
    with closing(sqlite3.connect(root / "gradebook.db")) as gradebook:
        return {(student, item): score for student, item, score in gradebook.execute(SCORES)}


if __name__ == "__main__":
    main()
