"""The results of a submission, as plain data and in words.

- `account`: `MARKS`, `criterion_points`, `item_html`, `item_text`, `message_of`,
  `status_lines`, `zero_lines`
- `criterion`: `Criterion`, `shares`
- `fix`: `Fix`, `fixes`
- `figure`: `DROPPED`, `Figure`, `MARK`
- `fix`: `Cost`, `Fix`, `fixes`
- `outcome`: `CriterionResult`, `Diagnosis`, `Examination`, `Facts`, `ItemResult`, `Outcome`,
  `PropertyResult`, `Score`, `merge`, `with_few_figures`
- `points`: `added`, `less`, `out_of`, `rounded`, `shown`, `total`, `with_unit`
- `report`: `KEY`, `NEXT_STEP`, `NOT_ISOLATED`, `Report`, `Status`, `report_in`
- `standing`: `Mark`, `Standing`, `cell_names`
"""
