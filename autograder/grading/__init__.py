"""One submission becomes a graded notebook and its report, in a process that does only that.

- `process`: `GradingProcess`
- `graded`: `Graded`, `report_on`, `render`
- `diagnosis`: `diagnose`, `deviations`
"""
