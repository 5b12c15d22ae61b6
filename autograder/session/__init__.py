"""A notebook that has run in a worker, and its objects as a hidden suite uses them.

- `pipeline`: `Pipeline`
- `proxy`: `Namespace`, `Proxy`, `kind_of`, `repeat`, `settled`, `together`
- `session`: `Session`
"""
