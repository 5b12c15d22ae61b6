"""Searches for what must not reach a student: tests, solutions, other students' data.

- `leaks`: `Leaks`
"""
