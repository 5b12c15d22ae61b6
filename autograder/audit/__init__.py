"""The proof that the suites judge rightly: every mutant loses points, every variant has all.

- `auditor`: `Auditor`
- `page`: `page`
"""
