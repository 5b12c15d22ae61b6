"""The course that a subcommand is for, from its options and nbgrader's settings."""

import re
from dataclasses import dataclass
from pathlib import Path

import click
from traitlets.config import Config

from autograder.agreement.disagreement import some
from autograder.course.assignment import Assignment, AssignmentError
from autograder.course.course import Course, Stage
from autograder.text.wording import suggestion

SETTINGS = f"{__name__}.settings"  # the key in click's context
SHOWN = "run `nbgrader export --assignment={name}`, or open the Formgrader"
INSTEAD = {  # by our command, what to do for an assignment without hidden suites
    "audit": "run `nbgrader validate` on the notebook in its source",
    "check": "run `nbgrader validate` on the notebook",
    "grade": "run `nbgrader autograde {name}`",
    "leaks": "run `nbgrader generate_assignment {name} --force`, which removes its hidden tests",
    "modules": "write a hidden suite for each of its graded cells first",
    "report": SHOWN,
    "status": SHOWN,
    "teams": SHOWN,
}
SETTING = re.compile(r"--[A-Z]\w*\.\w+")  # as in nbgrader's own commands


@dataclass(frozen=True)
class Place:
    """The place of a course, as the command line names it.

    Parameters
    ----------
    folder : Path
        The folder that `--course` names, or the working directory.
    options : tuple of str
        nbgrader's settings, in the form of its own commands.
    """

    folder: Path
    options: tuple[str, ...] = ()

    def with_gradebook(self, db: str | None) -> "Place":
        """Return the same place with the gradebook that `--db` names."""
        if db is None:
            return self
        return Place(self.folder, (*self.options, f"--CourseDirectory.db_url={db}"))

    def course(self) -> Course:
        """Return the course with nbgrader's settings."""
        from autograder.course.settings import course_in

        return course_in(self.folder, self.options)

    def config(self) -> Config:
        """Return nbgrader's settings there."""
        from autograder.course.settings import config_in

        return config_in(self.folder, self.options)


class CourseCommand(click.Command):
    """A subcommand that takes nbgrader's settings as well, such as `--CourseDirectory.root=ml`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Collect nbgrader's settings, and parse the other arguments."""
        settings: list[str] = ctx.meta.setdefault(SETTINGS, [])
        others = []
        rest = iter(args)
        for word in rest:
            if not SETTING.match(word):
                others.append(word)
            elif "=" in word:
                settings.append(word)
            else:
                settings.append(f"{word}={next(rest, '')}")
        return super().parse_args(ctx, others)


def _place(ctx: click.Context, param: click.Parameter, value: Path | None) -> Place:
    settings = tuple(ctx.meta.get(SETTINGS, ()))
    if value is None:
        return Place(Path.cwd(), settings)
    folder = value.resolve()
    return Place(folder, (f"--CourseDirectory.root={folder}", *settings))


COURSE = click.option(
    "--course",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    callback=_place,
    help="The course's folder.  [default: the one in nbgrader's settings, or the current folder]",
)

DB = click.option(
    "--db", metavar="URL", help="The gradebook.  [default: the one in nbgrader's settings]"
)


def assignment_in(course: Course, name: str) -> Assignment:
    """Return an assignment with hidden suites, by its name."""
    known = course.assignments()
    if name not in known:
        missing = f"{course.shown(course.folder(Stage.SOURCE, name))} not found in {course.root}"
        if not known:
            raise AssignmentError(
                f"this is no course folder: cd into it or use --course ({missing})"
            )
        raise AssignmentError(
            f"there is no assignment {name}{suggestion(name, known)}: use one of {some(known)}, "
            f"or another course with --course ({missing})"
        )
    assignment = Assignment(course, name)
    if not assignment.has_suites:
        context = click.get_current_context(silent=True)
        instead = INSTEAD.get((context and context.info_name) or "", INSTEAD["grade"])
        raise AssignmentError(
            f"{name} has no hidden suites ({course.shown(assignment.hidden)} not found): "
            f"{instead.format(name=name)}"
        )
    return assignment


def has_gradebook(assignment: Assignment) -> bool:
    """Return whether the course has a gradebook: the first grading creates it."""
    from autograder.course.gradebook import is_there

    return is_there(assignment.course.db_url)


def gradebook_of(assignment: Assignment) -> str:
    """Return the gradebook's address; raise if there is no gradebook."""
    from autograder.course.gradebook import file_of, shown

    url = assignment.course.db_url
    if not has_gradebook(assignment):
        raise AssignmentError(
            f"{file_of(url) or shown(url)} not found: run `autograder grade {assignment.name}`, or "
            "name the gradebook with --db"
        )
    return url
