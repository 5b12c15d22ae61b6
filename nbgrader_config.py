"""The course's settings for nbgrader: its folders, and our classes at its extension points."""

import warnings

from sqlalchemy.exc import SAWarning

from autograder.startup import scripts

scripts.put_on_path()
# nbgrader's own queries under SQLAlchemy 2.1, repeated for each submission, and harmless
warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")

c = get_config()  # noqa: F821  # nbgrader puts it there

c.CourseDirectory.course_id = "deep_learning"
c.CourseDirectory.solution_directory = "reference_solution"

# Ours stand beside nbgrader's own steps, not instead of them: an assignment with hidden suites, in
# tests/hidden/<assignment>/, goes through ours, and every other one through nbgrader's.
c.GenerateAssignment.exporter_class = "autograder.class_run.nbgrader_plugins.SourceExporter"
c.GenerateSolution.exporter_class = "autograder.class_run.nbgrader_plugins.SourceExporter"
# and where there are submissions, the gradebook gets the cells of the source, and keeps all others
# a release says of itself what belongs to it, so that a student's copy knows what it has lost
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

# what students write is shown in the feedback and in the Formgrader, and does nothing there
c.GenerateFeedback.exporter_class = "autograder.feedback.feedback.FeedbackExporter"
c.GenerateFeedback.preprocessors.append("autograder.feedback.feedback.GetMarks")
c.HTMLExporter.filters.update(
    {
        "markdown2html": "autograder.text.sanitizer.MarkdownToHtml",
        "highlight_code": "autograder.text.code_html.CodeToHtml",
    }
)
c.HTMLExporter.preprocessors.append("autograder.feedback.formgrader_page.InertPage")
c.HTMLExporter.optimistic_validation = True  # once a page, not after each step
c.ExportApp.plugin_class = "autograder.gradebook.export.GradesPlugin"
