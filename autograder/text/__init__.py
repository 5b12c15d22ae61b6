"""Makes text that others wrote fit for a terminal, a log or a page.

- `code_html`: `CodeToHtml`
- `listing`: `listing`
- `page`: `environment`
- `plain_text`: `cut`, `printable`, `visible`
- `prose`: `formula`, `prose`
- `sanitizer`: `BUDGET`, `Made`, `MarkdownToHtml`, `ON_A_PAGE`, `PICTURE`, `harmless`
- `time_budget`: `OutOfTimeError`, `TOLD`, `TimeBudget`, `at_most`, `plain`
- `wording`: `FOLDERS`, `counted_as`, `one_line`, `suggestion`
"""
