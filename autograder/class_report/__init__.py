"""A class on one page for the course staff: what it misunderstood, and whom to look at.

- `attention`: `findings`, `reasons`
- `facts`: `ClassFacts`
- `lecture`: `to_say`
- `library_use`: `library_uses`
- `page`: `ClassReport`, `page`
- `similarity`: `Answer`, `alike`
"""
