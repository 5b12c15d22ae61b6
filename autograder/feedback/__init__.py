"""The page that a student reads after grading.

- `feedback`: `FeedbackExporter`, `GetMarks`
- `output`: `Output`, `read_outputs`
- `shown_cell`: `output_html`
"""
