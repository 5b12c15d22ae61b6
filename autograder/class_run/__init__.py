"""Grades a class: finds the pending submissions, grades several at a time, writes one by one.

- `class_run`: `ClassRun`
- `cluster`: `ClusterPool`
- `cluster_worker`: `ClusterError`
- `dry_run`: `PointChange`, `moves`, `penalty_moves`
- `nbgrader_plugins`: `GradeCells`, `RestoreCells`, `SaveGrades`, `SourceExporter`,
  `SubmissionExporter`
- `pending_submission`: `PendingSubmission`
- `pool`: `Done`, `LocalPool`, `Pool`, `as_graded`
"""
