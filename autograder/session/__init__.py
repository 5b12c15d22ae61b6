"""A notebook that has run in a worker, and its objects as a hidden suite uses them.

- `session`: `Session`
- `proxy`: `Proxy`, `Namespace`, `together`, `repeat`, `settled`, `kind_of`
- `pipeline`: `Pipeline`
"""
