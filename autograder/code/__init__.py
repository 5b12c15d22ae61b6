"""Python in cells, read as text: what Jupyter would run, what is still the stub, what is alike.

- `cell_code`: `codes_of`
- `magic`: `CellCode`
- `normal_form`: `bound`, `normal_form`, `parsed`, `tokens`
- `stub`: `LARGEST`, `Stub`, `defined`, `imported`, `is_python`, `stub_of`
"""
