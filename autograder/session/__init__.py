"""A notebook that has run in a worker, and proxies of its objects for hidden suites.

- `pipeline`: `Pipeline`
- `proxy`: `Namespace`, `Proxy`, `change_in_place`, `kind_of`, `repeat`, `settled`, `together`
- `session`: `Session`
"""
