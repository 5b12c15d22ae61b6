"""Folders and files that several people write: checked when read, and written atomically.

- `archive_name`: `ENDINGS`, `OTHERS`, `PIECE`, `is_archive`, `stem`
- `bounded_walk`: `BoundedWalk`, `MAX_DEPTH`, `MAX_ENTRIES`
- `ordinary_file`: `NOT_OURS`, `RefusedError`, `copy`, `opened`, `status`, `why_not`
- `sharing`: `keep_to_staff`, `make_folder`, `obstacle`, `share`, `shut_out_others`, `unwritable`,
  `user_name`
- `spreadsheet`: `exact`, `field`, `is_formula`, `write`
- `staging`: `Staging`, `original`, `recover`
- `whole_file`: `write`, `write_bytes`
"""
