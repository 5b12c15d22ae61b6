"""What is entered in nbgrader's gradebook, read from it, and exported.

- `class_record`: `ClassRecord`, `Record`, `read_class`
- `entry`: `EXCLUDED`, `IN_A_TEAM`, `NOT_COLLECTED`, `NOT_GRADED`, `entry_of`
- `export`: `GradesPlugin`
- `lateness`: `LatePenalties`, `PenaltyChange`, `enter`, `in_words`, `late_plugin`, `why`
- `lms_export`: `CanvasPlugin`, `GradescopePlugin`, `MoodlePlugin`
- `membership`: `Membership`
- `score_entry`: `Entered`, `ScoreEntry`
"""
