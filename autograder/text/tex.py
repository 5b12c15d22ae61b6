"""Which formulas a page may hand to MathJax: those of known commands, which only make signs.

MathJax also has commands that define others, for the whole page, and commands that draw boxes and
links of any size, colour, class and place. It runs in the browser, after all that we can limit.
"""

import re

from bs4 import BeautifulSoup
from bs4.element import Comment
from latex2mathml.symbols_parser import SYMBOLS

BEGINS = re.compile(r"\$|\\[(\[]|\\(?:begin|ref|eqref)\b")  # a formula
COMMAND = re.compile(r"\\(?:([A-Za-z]+)|.)", re.DOTALL)  # `\\\\` ends a line, and begins no name
NOT_READ = ["pre", "code", "script", "style", "textarea", "noscript"]  # by MathJax
# fmt: off
STRUCTURE = frozenset({
    "begin", "end", "left", "right", "middle", "frac", "dfrac", "tfrac", "cfrac", "binom",
    "dbinom", "tbinom", "choose", "over", "atop", "sqrt", "root", "of", "limits", "nolimits",
    "overset", "underset", "stackrel", "substack", "overline", "underline", "overbrace",
    "underbrace", "overleftarrow", "overrightarrow", "widehat", "widetilde", "hat", "tilde",
    "bar", "vec", "dot", "ddot", "dddot", "acute", "grave", "breve", "check", "mathring",
    "xleftarrow", "xrightarrow", "not", "cancel", "boxed", "operatorname", "mathrm", "mathbf",
    "mathit", "mathsf", "mathtt", "mathbb", "mathcal", "mathfrak", "mathscr", "mathop",
    "mathbin", "mathrel", "mathord", "mathopen", "mathclose", "mathpunct", "mathinner",
    "boldsymbol", "bm", "pmb", "bf", "rm", "it", "cal", "sf", "tt", "text", "textbf", "textit",
    "textrm", "textsf", "texttt", "textnormal", "mbox", "hbox", "displaystyle", "textstyle",
    "scriptstyle", "scriptscriptstyle", "quad", "qquad", "big", "Big", "bigg", "Bigg", "bigl",
    "bigr", "bigm", "Bigl", "Bigr", "Bigm", "biggl", "biggr", "biggm", "Biggl", "Biggr",
    "Biggm", "tag", "label", "ref", "eqref", "nonumber", "notag", "hline", "hdashline", "cr",
    "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det",
    "dim", "exp", "gcd", "hom", "inf", "ker", "lg", "lim", "liminf", "limsup", "ln", "log",
    "max", "min", "Pr", "sec", "sin", "sinh", "sup", "tan", "tanh", "mod", "bmod", "pmod",
    "pod", "argmax", "argmin", "iff", "implies", "impliedby", "to", "gets", "colon", "lbrace",
    "rbrace", "lbrack", "rbrack", "backslash", "thinspace", "medspace", "thickspace",
})
# fmt: on


def is_ordinary(html: str) -> bool:
    """Return whether a text, in HTML, has no formula, or formulas of known commands alone."""
    if "\\" not in html:
        return True
    read = BeautifulSoup(html, "html.parser")
    for tag in read.find_all(NOT_READ):
        tag.decompose()
    parts = [part for part in read.find_all(string=True) if not isinstance(part, Comment)]
    # a comment or a tag may stand in the middle of a name
    return all(map(_is_known, ("".join(parts), "\n".join(parts))))


def _is_known(text: str) -> bool:
    names = {name for name in COMMAND.findall(text) if name}
    return not BEGINS.search(text) or all(
        name in STRUCTURE or f"\\{name}" in SYMBOLS for name in names
    )
