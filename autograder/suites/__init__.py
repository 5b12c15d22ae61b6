"""The hidden suites of an assignment: loaded once, then run on one submission after the other.

- `suite`: `run_suites`, `SuiteRun`
- `behaviour`: `observe`, `SEED`
- `context`: `Grading`
- `loaded_suites`: `import_faults`
- `fixtures`: the plugin that pytest loads by its entry point
"""
