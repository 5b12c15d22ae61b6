"""The page that a student reads after grading.

- `feedback`: `FeedbackExporter`, `GetMarks`
- `formgrader_page`: `InertPage`
- `output`: `Output`, `read_outputs`
- `shown_cell`: `output_html`
"""
