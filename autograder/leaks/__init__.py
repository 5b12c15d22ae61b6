"""Looks for what must not reach a student: tests, solutions, others' work.

- `leaks`: `Leaks`
"""
