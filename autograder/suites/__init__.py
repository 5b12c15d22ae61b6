"""Runs an assignment's hidden suites, loaded once, on one submission after the other.

- `behaviour`: `FAILS`, `SEED`, `observe`
- `context`: `GRADING`, `Grading`
- `fixtures`: the plugin that pytest loads by its entry point
- `loaded_suites`: `OPTIONS`, `import_faults`
- `suite`: `SuiteRun`, `criterion_of`, `run_suites`
"""
