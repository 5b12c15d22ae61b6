"""One submission becomes a graded notebook and its report, in a process that does only that.

- `diagnosis`: `deviations`, `diagnose`
- `graded`: `Graded`, `render`, `report_on`
- `process`: `GradingProcess`
"""
