"""What became of a submission, as plain data and in words.

- `outcome`: `Outcome`, `PropertyResult`, `ItemResult`, `Diagnosis`, `Examination`, `Facts`,
  `merge`, `with_few_figures`
- `report`: `Report`, `Status`, `report_in`, `KEY`, `NEXT_STEP`, `NOT_ISOLATED`
- `account`: `item_text`, `item_html`, `status_lines`, `message_of`, `MARKS`
- `standing`: `Standing`, `Mark`, `cell_names`
- `points`: `added`, `less`, `out_of`, `rounded`, `shown`, `total`, `with_unit`
- `figure`: `Figure`, `DROPPED`, `MARK`
"""
