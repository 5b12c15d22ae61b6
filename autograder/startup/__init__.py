"""What a process of this package does first: environment, streams, signals, processors.

- `environment`: `FLAGS`, `IMPORT_ENGINE`, `ONE_THREAD`, `UMASK`, `as_on_an_old_processor`,
  `engine`, `of_grading_process`, `of_template`, `open_standard_streams`
- `interruption`: `postponed`
- `loading`: `loading`
- `processors`: `processors`
- `scripts`: `put_on_path`
- `streams`: `guarded`
"""
