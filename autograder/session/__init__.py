"""A notebook that has run in a worker, and proxies of its objects for hidden suites.

- `pipeline`: `Pipeline`
- `proxy`: `Namespace`, `Proxy`, `kind_of`, `repeat`, `settled`, `together`
- `session`: `Session`
"""
