"""Listings: code as it was written, each part with its kind, and no markup of its own."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from autograder.text.listing import listing


@pytest.mark.parametrize(
    ("code", "html"),
    [
        ("# why", '<span class="c"># why</span>'),
        ("return None", '<span class="k">return</span> <span class="k">None</span>'),
        ("x = 1.5", 'x = <span class="n">1.5</span>'),
        ("f('<b>')", "f(<span class=\"s\">'&lt;b&gt;'</span>)"),
        ("def f(): pass", '<span class="k">def</span> <span class="f">f</span>(): '),
        ("class A: ...", '<span class="k">class</span> <span class="f">A</span>: ...'),
    ],
)
def test_each_part_has_the_class_of_its_kind(code, html):
    """Comments, keywords, numbers, strings, and names where they are defined."""
    assert listing(code).startswith(html)


@given(st.text(st.characters(exclude_characters="\r\0\ufeff")) | st.text("<>&'\"#\n d=scriptf"))
def test_any_text_is_shown_as_it_was_written(code):
    """Nothing is lost, and nothing of it becomes markup."""
    soup = BeautifulSoup(f"<pre>{listing(code)}</pre>", "html.parser")
    assert {tag.name for tag in soup.pre.find_all()} <= {"span"}
    assert soup.get_text() == code
