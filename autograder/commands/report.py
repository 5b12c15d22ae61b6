"""`autograder report`: shows a class on one page, for the course staff."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from autograder.agreement.gradebook_cells import check_entered
from autograder.class_report.attention import findings, reasons
from autograder.class_report.facts import ClassFacts
from autograder.class_report.lecture import to_say
from autograder.class_report.library_use import library_uses
from autograder.class_report.page import ClassReport, page
from autograder.class_report.similarity import Answer, alike
from autograder.commands import console
from autograder.commands.course import COURSE, DB, CourseCommand, Place, assignment_in, gradebook_of
from autograder.files import sharing, whole_file
from autograder.gradebook.class_record import read_class
from autograder.gradebook.membership import Membership
from autograder.text.plain_text import printable
from autograder.text.wording import counted_as

FORMGRADER = "http://localhost:8888/formgrader"
MOST_FINDINGS = 3
Step = Callable[[str], Callable[[int, int], None]]


@click.command(cls=CourseCommand)
@click.argument("assignment")
@COURSE
@DB
@click.option(
    "--to",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The page.  [default: reports/ASSIGNMENT.html in the course]",
)
@click.option(
    "--formgrader",
    metavar="URL",
    default=FORMGRADER,
    show_default=True,
    help="The Formgrader's address, for the links of the students' names.",
)
@console.AS_JSON
def report(
    assignment: str,
    course: Place,
    db: str | None,
    to: Path | None,
    formgrader: str,
    *,
    as_json: bool,
) -> None:
    """Write a page on a class, for the course staff.

    It shows what to say in the next lecture, the distribution of the points, what each criterion
    and each mistake cost the class, the pass rate of each property and how well each item separates
    students. It lists
    submissions that a human should look at, such as near-identical answers and a forbidden library
    in graded code, and all submissions. The page is one file, and loads nothing.

    Exit code 1 if there is no gradebook, or if the page cannot be written.

    \b
    Examples:
      autograder report dropout_l2
      autograder report dropout_l2 --formgrader https://hub.example.org/formgrader
      autograder report dropout_l2 --json | jq -r '.findings[]'
    """
    if not formgrader.startswith(("http://", "https://")):
        raise click.UsageError(
            f"--formgrader must begin with http:// or https://, got {formgrader}"
        )
    if to and not to.parent.is_dir():
        raise click.UsageError(f"--to {to}: make the folder {to.parent} first")
    chosen = assignment_in(course.with_gradebook(db).course(), assignment)
    url = gradebook_of(chosen)
    check_entered(chosen)
    path = to or chosen.root / "reports" / f"{assignment}.html"
    on = console.console(stderr=as_json)
    with _progress(on) as step:
        whole = read_class(chosen, url, step("reading what was graded"))
        membership = Membership.of(chosen, whole)
        whole = membership.completed(whole)
        facts = ClassFacts.of(whole, chosen.version)
        tick = step("looking for forbidden libraries")
        uses = {}
        for number, record in enumerate(whole.records, start=1):
            code = [cell for cell in record.cells if cell.kind == "code"]
            answers = {c.grade_id: c.source for c in code if c.grade_id in chosen.stubs}
            others = [c.source for c in code if c.grade_id not in chosen.stubs]
            uses[record.student] = library_uses(answers, others, chosen.forbidden)
            tick(number, len(whole.records))
        groups = []
        for cell, stub in chosen.stubs.items():
            groups += alike(
                cell,
                stub,
                [
                    Answer(record.student, one.source, author=membership.author(record.student))
                    for record in whole.records
                    for one in record.cells
                    if one.grade_id == cell
                ],
                step(f"comparing the answers {cell}"),
            )
        groups.sort(key=lambda group: (-group.bits, group.cell, group.students))
        step("drawing")
        why = reasons(whole, uses, groups)
        found = findings(facts, why, groups)
        content = ClassReport(
            assignment, chosen.version, whole, facts, why, groups, found, chosen.stubs
        )
        text = page(content, formgrader, dt.datetime.now(dt.UTC))
        try:
            sharing.make_folder(path.parent, shared=chosen.course.groupshared)
            whole_file.write(path, text, shared=chosen.course.groupshared)
        except OSError as error:
            cause = sharing.obstacle(path) or error.strerror
            raise click.ClickException(
                f"{path} cannot be written ({cause}): choose another file with --to"
            ) from error
    if as_json:
        console.print_json(_document(content, path))
        return
    on.print(printable(f"{path}: {counted_as(len(whole.records), 'student')}"))
    for finding in (*found[:MOST_FINDINGS], *to_say(facts)):
        on.print(printable(f"- {finding}"))


def _document(content: ClassReport, path: Path) -> dict[str, Any]:
    facts = content.facts
    return {
        "assignment": content.name,
        "page": str(path),
        "submissions": len(content.whole.records),
        "findings": content.findings,
        "lecture": to_say(facts),
        "criteria": [asdict(rate) for rates in facts.criteria.values() for rate in rates],
        "mistakes": [
            {
                "mistake": made.name,
                "advice": made.advice,
                "cost": made.cost,
                "students": [record.student for record in made.records],
                "criteria": [asdict(one) for one in made.criteria],
            }
            for made in facts.mistakes
        ],
        "attention": [
            {
                "reason": reason.title,
                "what_to_do": reason.what_to_do,
                "students": [record.student for record, _ in reason.cases],
            }
            for reason in content.reasons
        ],
        "alike": [
            {"cell": group.cell, "students": list(group.students), "percent": group.percent}
            for group in content.groups
        ],
    }


@contextmanager
def _progress(on: Console) -> Iterator[Step]:
    """Yield a function that begins a step: it shows a bar on a terminal, or prints a line."""
    with console.progress(on, *Progress.get_default_columns()) as progress:

        def step(title: str) -> Callable[[int, int], None]:
            if not on.is_terminal:
                on.print(title)
            bar = progress.add_task(title, total=None)
            return lambda done, total: progress.update(bar, completed=done, total=total)

        yield step
