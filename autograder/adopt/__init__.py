"""Brings a course of nbgrader's and this package together: its settings, a first assignment.

- `extension`: `configure`, `lacking`, `replaced`
- `settings_block`: `LINES`, `SettingsBlock`
- `skeleton`: `Skeleton`
"""
