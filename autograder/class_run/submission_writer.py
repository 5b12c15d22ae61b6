"""nbgrader's writer, changed to write a submission and its scores together, or neither.

Before that, nbgrader commits to the gradebook several times: the time of handing in, a zero for
each missing notebook. If the submission cannot be graded, this writer undoes these changes, and the
earlier grade stays.
"""

import logging
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from nbconvert.writers.files import FilesWriter
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from autograder.course import gradebook
from autograder.course.transaction import transaction
from autograder.gradebook.lateness import late_plugin
from autograder.gradebook.score_entry import Entered, ScoreEntry
from autograder.intake.intake import Intake
from autograder.results.report import Report, Status
from autograder.results.standing import Standing
from autograder.startup.interruption import postponed

SCORES = "autograder_scores"  # the key in a notebook's resources


class SubmissionWriter(FilesWriter):
    """Publishes a submission after its last notebook is written."""

    def __init__(self, converter: Autograde, intake: Intake) -> None:
        super().__init__(parent=converter)
        self._converter, self._intake = converter, intake
        self._scores: dict[str, tuple[ScoreEntry, Report]] = {}
        self._before: Entered | None = None
        self._student = ""

    def begin(self, student: str) -> None:
        """Remember a submission's present entries in the gradebook."""
        self._scores, self._student = {}, student
        coursedir = self._intake.coursedir
        with Gradebook(coursedir.db_url, coursedir.course_id) as opened:
            self._before = Entered.of(opened, coursedir.assignment_id, student)
        if coursedir.groupshared:
            gradebook.share(coursedir.db_url)

    def write(
        self, output: Any, resources: Any, notebook_name: str | None = None, **kw: Any
    ) -> Any:
        """Write a notebook; after the last one, publish the submission."""
        try:
            written = super().write(output, resources, notebook_name, **kw)
            if resources.get(SCORES) is not None:
                self._scores[str(notebook_name)] = resources[SCORES]
                if {Path(path).stem for path in self._converter.notebooks} <= {*self._scores}:
                    self._publish()
        except OperationalError as error:
            self.give_up()
            # nbgrader would stop the whole class and suggest `nbgrader db upgrade`
            raise RuntimeError(gradebook.trouble(error)) from error
        except BaseException:
            self.give_up()
            raise
        return written

    def give_up(self) -> None:
        """Restore the earlier scores, and keep the earlier folder."""
        self._intake.staging.discard()
        coursedir = self._intake.coursedir
        if self._before is not None:
            # a gradebook that cannot be written to was not changed
            with (
                suppress(SQLAlchemyError),
                Gradebook(coursedir.db_url, coursedir.course_id) as opened,
            ):
                self._before.restore(opened)
            self._before = None

    def _publish(self) -> None:
        coursedir, staging = self._intake.coursedir, self._intake.staging
        name = coursedir.assignment_id
        self._keep_others()
        self._converter.set_permissions(name, self._student)
        place = self._intake.place(self._student)
        if place.exists():
            self.log.info("Replacing existing assignment: %s", place)
        self.log.info("Saving the grades of %s", self._student)
        with (
            postponed(),
            Gradebook(coursedir.db_url, coursedir.course_id) as opened,
            staging.replacing(self._student) as replace,
            transaction(opened),
        ):
            standings = []
            for notebook, (scores, report) in self._scores.items():
                submitted = opened.find_submission_notebook(notebook, name, self._student)
                standing = scores.enter(submitted, late_plugin(self._converter))
                standings.append((report, standing))
            replace()
        self._before = None
        for report, standing in standings:
            log_standing(self.log, self._student, report, standing)

    def _keep_others(self) -> None:
        """Keep the notebooks that this run does not grade, as nbgrader does."""
        place = self._intake.place(self._student)
        made = Path(self.build_directory)
        for name in self._intake.names:
            if (place / name).is_file() and not (made / name).exists():
                shutil.copy2(place / name, made / name)


def log_standing(log: logging.Logger, student: str, report: Report, standing: Standing) -> None:
    """Log a notebook's points, remarks and next step."""
    isolation = f", {report.isolation}" if report.isolation else ""
    log.info("%s: %s%s", student, standing.summary(report.status), isolation)
    for remark in report.remarks:
        log.warning("%s: %s", student, remark)
    if report.status is Status.HELD:
        log.error("%s: %s", student, report.cause)
    if report.next_step:
        log.warning("%s: %s: %s", student, report.status, report.next_step)
