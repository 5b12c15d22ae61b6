"""The proof that the suites judge rightly: every mutant loses points, every variant has all.

- `auditor`: `Auditor`
- `edit_auditor`: `EditAuditor`, `Trial`, `Tried`, `Verdict`
- `edit_kinds`: `KINDS`
- `page`: `page`
"""
