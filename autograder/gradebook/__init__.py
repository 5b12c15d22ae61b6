"""Enters grades in nbgrader's gradebook, reads them and exports them.

- `class_record`: `ClassRecord`, `Record`, `read_class`
- `entry`: `EXCLUDED`, `Entry`, `IN_A_TEAM`, `NOT_COLLECTED`, `NOT_GRADED`, `entry_of`
- `export`: `GradesPlugin`
- `lateness`: `LatePenalties`, `PenaltyChange`, `enter`, `in_words`, `late_plugin`, `why`
- `lms_export`: `CanvasPlugin`, `GradescopePlugin`, `MoodlePlugin`
- `membership`: `Membership`
- `score_entry`: `Entered`, `ScoreEntry`
- `submitted`: `submitters_in`
"""
