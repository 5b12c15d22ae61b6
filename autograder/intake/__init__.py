"""Turns a folder of `submitted/` into a notebook as data, in the form of the release.

- `collected_list`: `LIST`, `Line`, `NO_NOTEBOOK`, `RECORD`, `add`, `digest`, `folder`, `left_out`,
  `log_left_out`
- `exchange_files`: `MAX_SECRET`, `SECRET`, `STAMP`
- `handed_in`: `HandedIn`, `Notebooks`
- `intake`: `Intake`
- `notebook`: `new_cell`, `new_output`
- `notebook_choice`: `VanishedError`, `content`
- `notebook_reader`: `MAX_BYTES`, `UnreadableError`, `check_excess`, `in_mib`, `read_cells`,
  `read_notebook`
- `refusal`: `forget`, `shown`
- `restoration`: `MAX_CAUSE`, `restored`, `unfinished`
- `team`: `MOST`, `Member`, `Team`, `read_team`
- `time_stamp`: `IMPOSSIBLE`, `MAX_LENGTH`, `is_possible`, `read_time`
"""
