"""Turns one submission into a graded notebook and its report, in a process of its own.

- `diagnosis`: `deviations`, `diagnose`
- `graded`: `Graded`, `render`, `report_on`
- `process`: `GradingProcess`
"""
