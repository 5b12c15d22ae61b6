"""The pages of a graded notebook: feedback for the student, the Formgrader for the staff.

- `feedback`: `FeedbackExporter`, `GetMarks`
- `formgrader_page`: `InertPage`
- `output`: `Output`, `read_outputs`
- `shown_cell`: `output_html`
"""
