"""Runs made-up notebooks in IPython's own shell, and prints the names that each defines, as JSON.

`python ipython_shell.py < notebooks.json`: a list of notebooks, each a list of cells.
"""

import contextlib
import io
import json
import sys

from IPython.core.interactiveshell import InteractiveShell

OWN = {"In", "Out", "exit", "quit", "open", "get_ipython"}


def simple(names):
    """Return what names stand for, as far as it can be compared: numbers and text."""
    shown = (int, float, str, list, tuple, dict)
    return {
        name: value if type(value) in shown else None
        for name, value in names.items()
        if not name.startswith("_") and name not in OWN | {"display"}
    }


def main():
    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    results = []
    for cells in json.load(sys.stdin):
        shell.reset(new_session=False)
        shell.compile.reset_compiler_flags()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            for cell in cells:
                shell.run_cell(cell)
        results.append(simple(shell.user_ns))
    sys.stdout.write(json.dumps(results))


if __name__ == "__main__":
    main()
