"""Code as HTML, with comments, strings, numbers, keywords and defined names marked."""

from functools import lru_cache
from html import escape
from itertools import groupby

from pygments import lex
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, _TokenType

KINDS = {
    Comment: "c",
    String: "s",
    Number: "n",
    Keyword: "k",
    Operator.Word: "k",
    Name.Function: "f",
    Name.Class: "f",
    Name.Decorator: "f",
}
LEXER = PythonLexer(stripnl=False, ensurenl=False)


@lru_cache(maxsize=128)  # a whole class shares the given texts
def listing(source: str) -> str:
    """Return Python code as HTML, each part of a kind in a span with the kind's class."""
    parts = groupby(lex(source, LEXER), key=lambda token: _kind(token[0]))
    return "".join(_span(kind, "".join(text for _, text in tokens)) for kind, tokens in parts)


def _kind(token: _TokenType) -> str:
    # a kind holds the finer ones; their type is a tuple's
    return next((name for kind, name in KINDS.items() if token in kind), "")  # type: ignore[comparison-overlap]


def _span(kind: str, text: str) -> str:
    shown = escape(text, quote=False)
    return f'<span class="{kind}">{shown}</span>' if kind else shown
