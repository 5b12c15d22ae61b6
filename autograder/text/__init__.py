"""Text of others, made fit for a terminal, a log or a page.

- `listing`: `listing`
- `page`: `environment`
- `plain_text`: `cut`, `printable`, `visible`
- `prose`: `formula`, `prose`
- `sanitizer`: `MarkdownToHtml`, `ON_A_PAGE`, `PICTURE`, `harmless`
- `time_budget`: `TimeBudget`, `plain`
- `wording`: `FOLDERS`, `counted_as`, `one_line`, `suggestion`
"""
