"""What the tests of a worker's modules share: frames of any plain value, and cells to run."""

import struct

import hypothesis.extra.numpy as hnp
from hypothesis import strategies as st

from autograder.worker.cells import Notebook

DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
DTYPES += ["float16", "float32", "float64"]
arrays = hnp.arrays(
    dtype=st.sampled_from(DTYPES),
    shape=hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats()
    | st.text(max_size=20)
)
keys = st.text(max_size=5) | st.integers(-9, 9)
values = st.recursive(
    scalars | arrays,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(keys, inner, max_size=4)
    ),
    max_leaves=12,
)


def parts(frame):
    text_length, body_length = struct.unpack(">II", frame[:8])
    text, body = frame[8 : 8 + text_length], frame[8 + text_length :]
    assert len(body) == body_length
    return text, body


def run(*sources, answers=(), stubs=(), given=(), graded=None, skip=(), definitions_only=False):
    """Run cells: those whose numbers are listed as such, and the student's own."""
    roles = dict.fromkeys(range(len(sources)), "own") | dict.fromkeys(answers, "answer")
    roles |= dict.fromkeys(stubs, "stub") | dict.fromkeys(given, "given")
    notebook = Notebook()
    notebook.announced = []
    notebook.run(
        [{"source": source, "role": roles[n]} for n, source in enumerate(sources)],
        set(skip),
        lambda cell, line: notebook.announced.append((cell, line)),
        definitions_only=definitions_only,
        graded=graded,
    )
    return notebook
