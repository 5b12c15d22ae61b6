"""Writes what nbgrader's steps make of a submission, and enters it when all of it is there.

nbgrader commits to the gradebook several times on the way: a time of handing in, a zero for each
missing notebook. Where the way does not lead to its end, these are taken back, and the earlier
grade stands as it was.
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

SCORES = "autograder_scores"  # in a notebook's resources, for the writer to enter


class SubmissionWriter(FilesWriter):
    """nbgrader's writer, which puts a submission in its place after its last notebook.

    Parameters
    ----------
    converter : Autograde
    intake : Intake
    """

    def __init__(self, converter: Autograde, intake: Intake) -> None:
        super().__init__(parent=converter)
        self._converter, self._intake = converter, intake
        self._scores: dict[str, tuple[ScoreEntry, Report]] = {}
        self._before: Entered | None = None
        self._student = ""

    def begin(self, student: str) -> None:
        """Keep what the gradebook says of a student's submission, before anything is changed."""
        self._scores, self._student = {}, student
        coursedir = self._intake.coursedir
        with Gradebook(coursedir.db_url, coursedir.course_id) as opened:
            self._before = Entered.of(opened, coursedir.assignment_id, student)
        if coursedir.groupshared:
            gradebook.share(coursedir.db_url)

    def write(
        self, output: Any, resources: Any, notebook_name: str | None = None, **kw: Any
    ) -> Any:
        """Write a notebook, and after the last one put all of it in its place."""
        try:
            written = super().write(output, resources, notebook_name, **kw)
            if resources.get(SCORES) is not None:
                self._scores[str(notebook_name)] = resources[SCORES]
                if {Path(path).stem for path in self._converter.notebooks} <= {*self._scores}:
                    self._publish()
        except OperationalError as error:
            self.give_up()
            # nbgrader would end the whole class, and advise to upgrade the gradebook
            raise RuntimeError(gradebook.trouble(error)) from error
        except BaseException:
            self.give_up()
            raise
        return written

    def give_up(self) -> None:
        """Leave the earlier folder and the earlier scores as they were."""
        self._intake.staging.discard()
        coursedir = self._intake.coursedir
        if self._before is not None:
            # a gradebook that cannot be written to has not been changed
            with (
                suppress(SQLAlchemyError),
                Gradebook(coursedir.db_url, coursedir.course_id) as opened,
            ):
                self._before.put_back(opened)
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
            tell_standing(self.log, self._student, report, standing)

    def _keep_others(self) -> None:
        """Keep the notebooks that this run is not about, as nbgrader does."""
        place = self._intake.place(self._student)
        made = Path(self.build_directory)
        for name in self._intake.names:
            if (place / name).is_file() and not (made / name).exists():
                shutil.copy2(place / name, made / name)


def tell_standing(log: logging.Logger, student: str, report: Report, standing: Standing) -> None:
    """Log what became of a notebook, and what somebody should do about it."""
    isolation = f", {report.isolation}" if report.isolation else ""
    log.info("%s: %s%s", student, standing.summary(report.status), isolation)
    for remark in report.remarks:
        log.warning("%s: %s", student, remark)
    if report.status is Status.HELD:
        log.error("%s: %s", student, report.cause)
    if report.next_step:
        log.warning("%s: %s: %s", student, report.status, report.next_step)
