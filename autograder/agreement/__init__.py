"""What must agree before a run changes anything: source, suites, release and gradebook.

- `agreement`: `before_release`, `check`
- `disagreement`: `some`
- `gradebook_cells`: `check_entered`
"""
