"""`autograder audit`: proves an assignment's suites."""

import fnmatch
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from autograder.audit.auditor import Auditor
from autograder.commands import audit_edits, console
from autograder.commands.course import COURSE, CourseCommand, Place, assignment_in
from autograder.course.assignment import Assignment
from autograder.course.certificate import (
    Certificate,
    certificate_of,
    latest_certificate,
    path_of,
)
from autograder.course.ulimits import check_ulimits
from autograder.files import sharing, whole_file
from autograder.results.points import shown
from autograder.startup.environment import as_on_an_old_processor
from autograder.startup.processors import processors
from autograder.text.wording import counted_as

REWEIGHED = (
    "Only weights, points or words have changed since the last audit: the costs are new, the rest "
    "is what it found. Run the command again to grade everything anew."
)
UNNAMED = "mutant not named as what it is", "mutants not named as what they are"


@click.command(cls=CourseCommand)
@click.argument("assignment")
@COURSE
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=processors,
    metavar="N",
    show_default="one for each processor",
    help="How many processes to use.",
)
@click.option("--html", type=click.Path(path_type=Path), help="Also write a page with the matrix.")
@click.option(
    "--check", is_flag=True, help="Write nothing; fail if the certificate is not current."
)
@click.option(
    "--repeat",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Then grade each mutant and each variant with N more seeds.",
)
@click.option(
    "--edits",
    is_flag=True,
    help="Instead, try every single edit of the right solutions; takes many minutes.",
)
@console.AS_JSON
@click.option(
    "--only",
    default="*",
    metavar="PATTERN",
    help="Repeat or edit only specimens whose names match, such as 'l2_*'.",
)
def audit(
    assignment: str,
    course: Place,
    jobs: int,
    html: Path | None,
    only: str,
    *,
    check: bool,
    repeat: int,
    edits: bool,
    as_json: bool,
) -> None:
    """Test the suites on right and wrong solutions.

    The reference and every variant must get full marks. Every mutant must lose the criteria that it
    names, and no others. The command prints what each mutant costs. It writes the certificate,
    tests/certificates/ASSIGNMENT.json: grading needs it to name a student's mistake. If only the
    rubric's weights or words, or an item's points, have changed since, the command grades nothing
    and computes the new costs. --check repeats the proof with other random numbers in the
    specimens' code, and with the rounding of another processor.

    --edits changes one place of a right solution at a time. The edited solution must lose points,
    or do the same as before by the suites' observations.

    Exit code 1 if there is a defect.

    \b
    Examples:
      autograder audit dropout_l2 --html matrix.html
      autograder audit dropout_l2 --check
      autograder audit dropout_l2 --repeat 1000 --only 'l2_*'
      autograder audit dropout_l2 --edits --only reference
    """
    chosen = assignment_in(course.course(), assignment)
    chosen.check()
    check_ulimits(chosen.limits)
    if html and not html.parent.is_dir():
        raise click.UsageError(f"--html {html}: make the folder {html.parent} first")
    if edits:
        if check or html or repeat:
            raise click.UsageError("--edits must not be used with --check, --html or --repeat")
        sys.exit(audit_edits.run(chosen, jobs, only, as_json=as_json))
    rejected: list[str] = []
    reweighed = None if check or repeat else _reweighed(chosen)
    if reweighed:
        certificate = reweighed
    else:
        certificate, rejected = _audited(chosen, jobs, repeat, only, check=check)
    if html:
        from autograder.audit.page import page  # noqa: PLC0415  # a plotting library takes a second

        titles = {item.name: item.result(()).shown_name for item in chosen.items}
        _write(html, page(assignment, certificate, titles), chosen)
    path = path_of(chosen)
    faults = [*certificate.defects, *rejected]
    if check or chosen.origin is not chosen:  # whose certificate belongs to both
        faults += _not_current(chosen, certificate)
    elif not faults:
        _write(path, certificate.to_json(), chosen)
    specimens = [*certificate.variants, *(mistake.name for mistake in certificate.mistakes)]
    repeated = len(fnmatch.filter(specimens, only)) if repeat else 0
    if as_json:
        document = {**_document(assignment, certificate), "faults": faults}
        console.print_json({**document, "repeated": repeated, "rejected": rejected})
    else:
        on = console.console()
        print_audit(on, certificate)
        if repeat:
            seeds = counted_as(repeat, "seed")
            differ = counted_as(len(rejected), "other mark", "other marks")
            on.print(f"{counted_as(repeated, 'specimen')} with {seeds} each: {differ}")
        if reweighed:
            on.print(REWEIGHED)
        for fault in faults:
            on.print(f"Defect: {fault}", style="red")
        if faults and not check:
            on.print(f"{path} is left as it was")
    if faults:
        sys.exit(1)


def _reweighed(chosen: Assignment) -> Certificate | None:
    """Return the last audit's certificate with new costs, if only these have changed."""
    latest = latest_certificate(chosen)
    of_another = chosen.origin is not chosen  # whose certificate belongs to both
    if latest is None or of_another or latest.version == chosen.suites_version:
        return None
    return latest.reweighed(chosen)


def _audited(
    chosen: Assignment, jobs: int, repeat: int, only: str, *, check: bool
) -> tuple[Certificate, list[str]]:
    """Grade everything; return the certificate, and what differs with other seeds."""
    with (
        # the facts must depend neither on rounding nor on the specimens' random numbers
        as_on_an_old_processor() if check else nullcontext(),
        console.progress(console.console(stderr=True), *Progress.get_default_columns()) as progress,
    ):
        bar = progress.add_task("grading specimens")

        def tick(done: int, steps: int) -> None:
            progress.update(bar, completed=done, total=steps)

        auditor = Auditor(chosen, jobs, tick, chance=int(check))
        certificate = auditor.audit()
        progress.update(bar, description="repeating with other seeds")
        return certificate, auditor.repeat(certificate, repeat, only)


def _document(assignment: str, certificate: Certificate) -> dict[str, Any]:
    return {
        "assignment": assignment,
        "version": certificate.version,
        "properties": certificate.properties,
        "rubric": {
            item: [{"name": name, "points": points} for name, points in criteria.items()]
            for item, criteria in certificate.rubric.items()
        },
        "mutants": [
            {"name": one.name, "loses": one.loses, "costs": one.costs, "fails": one.fails}
            for one in certificate.mistakes
        ],
        "variants": certificate.variants,
        "lone_catches": [
            {"mutant": mistake, "item": item, "property": name}
            for item, name, mistake in certificate.lone_catches
        ],
        "redundant": certificate.redundant,
        "unnamed": certificate.unnamed,
    }


def print_audit(on: Console, certificate: Certificate) -> None:
    """Print the matrix of properties and mutants, and its totals."""
    for item, names in certificate.properties.items():
        on.print(f"\n{item}", style="bold")
        if rubric := certificate.rubric.get(item):
            on.print(f"  {', '.join(f'{name} {shown(points)}' for name, points in rubric.items())}")
        of_item = [m for m in certificate.mistakes if item in m.loses]
        for number, name in enumerate(names, start=1):
            broken = sum(name in mistake.fails[item] for mistake in of_item)
            alone = sum(mistake.fails[item] == (name,) for mistake in of_item)
            on.print(
                f"  {number:2} {name.removeprefix('test_')}: broken by {broken}, by {alone} alone"
            )
        for mistake in sorted(of_item, key=lambda mistake: -mistake.costs[item]):
            row = "".join("x" if name in mistake.fails[item] else "." for name in names)
            lost = ", ".join(mistake.loses[item])
            on.print(f"  {row} -{shown(mistake.costs[item]):5} {mistake.name}: {lost}".rstrip(": "))
    counts = (
        counted_as(len(certificate.mistakes), "mutant"),
        counted_as(len(certificate.variants), "variant"),
        counted_as(sum(map(len, certificate.properties.values())), "property", "properties"),
        counted_as(len(certificate.defects), "defect"),
    )
    on.print(f"\n{', '.join(counts)}")
    lone = [f"{mistake}: {name}" for _, name, mistake in certificate.lone_catches]
    redundant, unnamed = certificate.redundant, certificate.unnamed
    for title, notes in (
        (f"{counted_as(len(lone), 'case')} of a mutant that only one property catches", lone),
        (
            f"{counted_as(len(redundant), 'property', 'properties')} that no mutant needs",
            redundant,
        ),
        (counted_as(len(unnamed), *UNNAMED), unnamed),
    ):
        on.print("\n  ".join([title, *notes]))


def _write(path: Path, text: str, chosen: Assignment) -> None:
    """Write a file; if that fails, an earlier one stays."""
    shared = chosen.course.groupshared
    try:
        sharing.make_folder(path.parent, shared=shared)
        whole_file.write(path, text, shared=shared)
    except OSError as error:
        cause = sharing.obstacle(path) or error.strerror
        raise click.ClickException(
            f"{path} cannot be written ({cause}): check the permissions and the free space"
        ) from error


def _not_current(assignment: Assignment, found: Certificate) -> list[str]:
    """Return why the course's certificate is not current; empty if it is."""
    path, remedy = path_of(assignment), f"run `autograder audit {assignment.origin.name}`"
    if not path.is_file():
        return [f"{path} not found: {remedy}"]
    text = path.read_text(encoding="utf-8", errors="replace")
    kept = certificate_of(assignment)
    if kept and assignment.origin is not assignment:
        # the behaviour must be the same, and what it costs; since the seed follows from the code,
        # chance decides which properties of a criterion see a mistake
        fails = {mistake.name: mistake.fails for mistake in kept.mistakes}
        found = replace(
            found,
            version=kept.version,
            outcomes=kept.outcomes,
            specimens=kept.specimens,
            mistakes=tuple(
                replace(mistake, fails=fails.get(mistake.name, mistake.fails))
                for mistake in found.mistakes
            ),
        )
    if text == found.to_json():
        return []
    if kept is None:
        return [f"{path} belongs to another version of the suites: {remedy}"]
    if kept.specimens != found.specimens:
        return [f"{path} belongs to other mutants and variants: {remedy}"]
    hint = (
        "if that does not help, an observation depends on rounding, or on the observed code's "
        "random numbers"
    )
    return [f"{path} differs from this audit: {remedy}; {hint}"]
