"""A notebook that has run in a worker, and proxies of its objects for hidden suites.

- `pipeline`: `Pipeline`
- `proxy`: `Namespace`, `Proxy`, `change_in_place`, `kind_of`, `settled`, `together`
- `repetition`: `call_new`, `repeat`, `take_turns`
- `session`: `Session`
"""
