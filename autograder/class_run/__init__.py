"""A class is graded: whose turn it is, the processes that grade, and one writer.

- `class_run`: `ClassRun`, `PendingSubmission`, `open_course`
- `cluster`: `ClusterPool`
- `cluster_worker`: `ClusterError`
- `dry_run`: `PointChange`, `moves`, `penalty_moves`
- `nbgrader_plugins`: `GradeCells`, `RestoreCells`, `SaveGrades`, `SourceExporter`,
  `SubmissionExporter`
- `pool`: `Done`, `LocalPool`, `Pool`, `as_graded`
"""
