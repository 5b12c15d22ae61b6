"""The course's settings for nbgrader: its folders, and our classes at its extension points."""

import warnings

from sqlalchemy.exc import SAWarning

from autograder.startup import scripts

scripts.put_on_path()
# harmless warnings about nbgrader's own queries under SQLAlchemy 2.1, once per submission
warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")

c = get_config()  # noqa: F821  # nbgrader puts it there

c.CourseDirectory.course_id = "deep_learning"
c.CourseDirectory.solution_directory = "reference_solution"

# These lines add our steps to nbgrader's. An assignment with hidden suites, in
# tests/hidden/<assignment>/, uses our steps; all others use nbgrader's.

# also for assignments with submissions: the gradebook gets the source's cells and keeps its scores
c.GenerateAssignment.exporter_class = "autograder.class_run.nbgrader_plugins.SourceExporter"
c.GenerateSolution.exporter_class = "autograder.class_run.nbgrader_plugins.SourceExporter"
# records the release's cells and files in it, so that check.py can name what is missing
c.GenerateAssignment.preprocessors.append("autograder.course.imprint.Imprint")
c.ZipCollectApp.extractor_plugin = "autograder.collect.archive.GuardedExtractor"
c.ZipCollectApp.collector_plugin = "autograder.collect.collector.LmsCollector"

c.ExchangeFactory.collect = "autograder.collect.exchange_collector.GuardedCollect"
c.ExchangeFactory.list = "autograder.collect.exchange_list.GuardedList"

c.Autograde.exporter_class = "autograder.class_run.nbgrader_plugins.SubmissionExporter"
c.Autograde.sanitize_preprocessors.append("autograder.class_run.nbgrader_plugins.RestoreCells")
c.Autograde.autograde_preprocessors.extend(
    [
        "autograder.class_run.nbgrader_plugins.GradeCells",
        "autograder.class_run.nbgrader_plugins.SaveGrades",
    ]
)

# shows what students write, without scripts, in the feedback and in the Formgrader
c.GenerateFeedback.exporter_class = "autograder.feedback.feedback.FeedbackExporter"
c.GenerateFeedback.preprocessors.append("autograder.feedback.feedback.GetMarks")
c.HTMLExporter.filters.update(
    {
        "markdown2html": "autograder.text.sanitizer.MarkdownToHtml",
        "highlight_code": "autograder.text.code_html.CodeToHtml",
    }
)
c.HTMLExporter.preprocessors.append("autograder.feedback.formgrader_page.InertPage")
c.HTMLExporter.optimistic_validation = True  # once per page, not after each step
c.ExportApp.plugin_class = "autograder.gradebook.export.GradesPlugin"
