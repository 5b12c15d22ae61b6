"""The content of a course's folders: assignment, specimens, certificate, roster, settings.

- `answer_clearing`: `ClearAnswerFiles`
- `answer_entry`: `SaveCellsAndFiles`
- `answer_file`: `as_file`, `file_cell`, `is_untouched`, `mark_of`, `with_files`
- `assignment`: `Assignment`, `AssignmentError`, `Item`
- `certificate`: `Behaviour`, `Certificate`, `Mistake`, `certificate_of`, `digest_of_specimens`,
  `latest_certificate`, `path_of`
- `course`: `Course`, `GRADEBOOK_FILE`, `SETTINGS_FILE`, `Stage`
- `gradebook`: `check`, `check_writable`, `file_of`, `is_there`, `patient`, `share`, `shown`,
  `students_in`, `trouble`, `update_or_create_student`, `update_or_create_submission`
- `imprint`: `Imprint`
- `limits`: `Limits`
- `provenance`: `handed_in`, `is_ours`
- `roster`: `Person`, `Roster`, `find`, `key`, `name_key`
- `rubric`: `Rubric`
- `settings`: `config_in`, `course_in`, `course_of`, `opened`
- `specimen`: `Specimen`, `mutants`, `variants`
- `spelling`: `Clash`, `clashes`, `grouped`, `respelt`, `same`
- `stock`: `SuiteStep`, `assignment_of`, `choose_steps`, `collects_as_nbgrader`, `has_suites`,
  `without_hidden_files`
- `submission`: `Cell`, `MAX_POINTS`, `Submission`, `filled`, `read_graded`
- `transaction`: `transaction`
- `ulimits`: `OPEN_FILES`, `check_ulimits`
"""
