"""Displays what looks like a result.

answers: wrong
"""

from IPython.display import HTML, Javascript, display

display(HTML("TAG"))
display(Javascript("alert(1)"))
display({"text/plain": "3.0", "text/html": "TAG"}, raw=True)
get_ipython().displayhook(3.0)


class Dropout(Dropout):
    _repr_html_ = lambda self: "TAG"
    _ipython_display_ = lambda self: display(3.0)
