"""Brings a course of nbgrader's and this package together: its settings, a first assignment.

- `extension`: `configure`, `lacking`, `replaced`
- `module_form`: `ModuleForm`
- `settings_block`: `LINES`, `SettingsBlock`
- `skeleton`: `Skeleton`
"""
