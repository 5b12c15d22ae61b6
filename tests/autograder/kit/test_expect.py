"""Expectations: one sentence for the student and one kind of error, for any answer."""

from types import MappingProxyType, SimpleNamespace

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.kit import expect
from autograder.kit.picture import PicturedError

WHERE = "Dropout(p=0.5).backward"
ARRAYS = hnp.arrays(
    dtype=hnp.scalar_dtypes() | st.just(np.dtype(object)) | hnp.array_dtypes(),
    shape=hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text(max_size=5)
    | st.binary(max_size=5)
    | hnp.scalar_dtypes().flatmap(hnp.from_dtype)
    | st.sampled_from([object(), int, len, Ellipsis, MappingProxyType({}), SimpleNamespace()])
)
JUNK = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3) | st.just("weights"), inner, max_size=3)
    ),
    max_leaves=5,
)
quiet = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's word on overflow


def raises_nothing_but_assertion_errors(check, *arguments):
    """Return what a check returns, None if it raised an AssertionError of one line."""
    try:
        return check(*arguments)
    except AssertionError as error:
        assert WHERE in str(error)
        assert "\n" not in str(error)
        return None


@quiet
@given(JUNK)
def test_array_takes_anything(value):
    """`array` gives float64 of the wanted shape, all finite, or an AssertionError."""
    found = raises_nothing_but_assertion_errors(expect.array, value, (2, 3), "y", WHERE)
    if found is not None:
        assert (found.dtype, found.shape) == (np.float64, (2, 3))
        assert np.isfinite(found).all()


@quiet
@given(JUNK)
@example(10**400)
@example(np.array(2**63, dtype=np.uint64))
def test_number_takes_anything(value):
    """`number` gives a finite float or an AssertionError."""
    found = raises_nothing_but_assertion_errors(expect.number, value, "penalty", WHERE)
    if found is not None:
        assert type(found) is float
        assert np.isfinite(found)


@quiet
@given(JUNK)
def test_entry_takes_anything(value):
    """`entry` gives the array under the key or an AssertionError."""
    raises_nothing_but_assertion_errors(expect.entry, value, "weights", (3,), WHERE)


@quiet
@given(JUNK)
def test_close_takes_anything(value):
    """`close` passes or raises an AssertionError, also for an answer that is no number."""
    for expected in (1.0, np.ones((2, 3))):
        raises_nothing_but_assertion_errors(expect.close, value, expected, "y", WHERE)


@quiet
@given(JUNK)
def test_untouched_takes_anything(value):
    """`untouched` passes or raises an AssertionError, also for an answer that is no array."""
    raises_nothing_but_assertion_errors(expect.untouched, value, np.ones((2, 3)), "x", WHERE)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "grad_input is None, but should be a NumPy array of shape (2, 3)"),
        ([1.0], "grad_input is a list, but should be a NumPy array of shape (2, 3)"),
        (3, "grad_input is an int, but should be a NumPy array of shape (2, 3)"),
        (np.zeros((3, 2)), "grad_input.shape=(3, 2), but should be (2, 3)"),
        (np.zeros(()), "grad_input.shape=(), but should be (2, 3)"),
        (np.zeros((2, 3), complex), "grad_input.dtype=complex128, but should be float64"),
        (np.full((2, 3), None), "grad_input.dtype=object, but should be float64"),
        (
            np.array([[np.nan, 1, 2], [np.inf, -np.inf, 0]]),
            "grad_input has 3 of 6 elements that are nan or infinite",
        ),
    ],
    ids=["None", "list", "int", "shape", "0-d", "complex", "object", "nan"],
)
def test_array_says_what_was_found_and_what_should_be(value, message):
    """The sentence says what a wrong array is, what it should be, and which call returned it."""
    with pytest.raises(AssertionError) as caught:
        expect.array(value, (2, 3), "grad_input", WHERE)
    assert str(caught.value) == f"{message} [{WHERE}]"


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "uint8", "bool"])
def test_array_takes_any_real_dtype(dtype):
    """Numbers and booleans of any width are right, and become float64 in memory of their own."""
    value = np.ones((1, 2), dtype=dtype)
    found = expect.array(value, (1, 2), "y", WHERE)
    assert found.dtype == np.float64
    assert found.tolist() == [[1.0, 1.0]]
    assert not np.shares_memory(found, value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "penalty is None, but should be a number"),
        (True, "penalty is a bool, but should be a number"),
        ("1", "penalty is a str, but should be a number"),
        (np.ones(1), "penalty is an array of shape (1,), but should be a number"),
        (float("nan"), "penalty=nan, but should be finite"),
        (np.float32("inf"), "penalty=inf, but should be finite"),
    ],
)
def test_number_says_what_was_found(value, message):
    """The message has the type or the value of an answer that is no finite number."""
    with pytest.raises(AssertionError) as caught:
        expect.number(value, "penalty", WHERE)
    assert str(caught.value) == f"{message} [{WHERE}]"


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.int8(2), np.array(2.0), np.array(2)])
def test_number_takes_any_real_number(value):
    """Python's and NumPy's numbers, and arrays of no dimension, are numbers."""
    assert expect.number(value, "penalty", WHERE) == 2.0


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (None, "grads is None, but should be a dictionary"),
        ([1], "grads is a list, but should be a dictionary"),
        ({"weights": 1}, 'grads["weights"] is an int, but should be a NumPy array of shape (2,)'),
        ({"weights": np.ones(3)}, 'grads["weights"].shape=(3,), but should be (2,)'),
    ],
)
def test_entry_says_what_is_missing(mapping, message):
    """The message names the entry that is missing or wrong."""
    with pytest.raises(AssertionError) as caught:
        expect.entry(mapping, "weights", (2,), WHERE)
    assert str(caught.value) == f"{message} [{WHERE}]"


@pytest.mark.parametrize(
    ("mapping", "there"),
    [({}, "nothing"), ({"dW": 1, "db": 2}, '"dW", "db"'), ({"a" * 50: 1}, f'"{"a" * 20}"')],
)
def test_a_missing_entry_is_told_beside_those_that_are_there(mapping, there):
    """The name under which a student has stored a gradient is the best hint."""
    with pytest.raises(AssertionError) as caught:
        expect.entry(mapping, "weights", (2,), WHERE)
    assert str(caught.value) == f'grads has no entry "weights" [{WHERE}; there is {there}]'


def test_entry_gives_the_array():
    """The array of a right entry is returned."""
    assert expect.entry({"weights": np.ones(2)}, "weights", (2,), WHERE).tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (1.000009, 1.0),
        (np.array([1e-9, 1000.009]), np.array([0.0, 1000.0])),  # relative to the largest
        (np.array([1.0, 2.0], dtype=np.float32), np.array([1.0, 2.0])),
        (0.0, 0.0),
        (np.zeros((0, 3)), np.zeros((0, 3))),
    ],
    ids=["number", "largest", "float32", "zero", "empty"],
)
def test_close_allows_for_rounding(actual, expected):
    """A difference below 1e-5 of the largest expected element does not count."""
    expect.close(actual, expected, "y", WHERE)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (1.00002, 1.0),
        (np.array([0.02, 1000.0]), np.array([0.0, 1000.0])),
        (1e-6, 0.0),
        (np.nan, 1.0),
        (np.array([1.0, np.nan]), np.array([1.0, 1.0])),
        (np.ones((3, 1)), np.ones((3, 4))),
        (1.0, np.ones(3)),
    ],
    ids=["number", "largest", "zero", "nan", "nan element", "other shape", "number for array"],
)
def test_close_allows_for_nothing_else(actual, expected):
    """Larger differences, nan and other shapes are not close."""
    with pytest.raises(AssertionError):
        expect.close(actual, expected, "y", WHERE)


def test_close_says_where_but_not_what_is_expected():
    """The message has the student's numbers and their place, never the expected ones."""
    with pytest.raises(AssertionError) as array:
        expect.close(np.full((2, 4), 3.5), np.array([[3.5] * 4, [7, 3.5, 3.5, 8]]), "y", WHERE)
    assert str(array.value) == (
        f"y is not right in 2 of 8 elements, first at [1, 0], where it is 3.5 [{WHERE}]"
    )
    with pytest.raises(AssertionError) as number:
        expect.close(0.25, 7.0, "penalty", WHERE)
    assert str(number.value) == f"penalty=0.25 is not right [{WHERE}]"


def test_untouched_compares_shape_and_content():
    """An equal array is untouched; another element or shape is a change in place."""
    before = np.arange(6.0).reshape(2, 3)
    expect.untouched(before.copy(), before, "x", WHERE)
    for now in (before.reshape(3, 2), [*before, [0, 0, 0], [0, 0, 1e-12]], before + 1):
        with pytest.raises(AssertionError) as caught:
            expect.untouched(now, before, "x", WHERE)
        assert str(caught.value) == (f"x has been changed, but should stay as it is [{WHERE}]")


def test_a_students_object_is_named_by_its_own_type(student):
    """The message about a proxy has the student's terms."""
    answer = student("def answer(): return (n for n in range(3))").answer()
    with pytest.raises(AssertionError, match="y is a generator, but should be a NumPy array"):
        expect.array(answer, (3,), "y", WHERE)
    with pytest.raises(AssertionError, match="penalty is a generator, but should be a number"):
        expect.number(answer, "penalty", WHERE)


@pytest.mark.parametrize("expected", [np.nan, np.array([1.0, np.inf])], ids=["nan", "infinity"])
def test_an_expectation_that_nothing_can_meet_or_miss_is_the_suites_fault(expected):
    """A comparison with nan or infinity never passes: the property does not run."""
    with pytest.raises(ValueError, match="must be finite"):
        expect.close(np.ones(2), expected, "y", WHERE)


def test_small_arrays_are_shown_whole():
    """A few numbers are shown as they are, so that a student can try them."""
    with pytest.raises(AssertionError) as caught:
        expect.close(np.array([[0.5, -2.0]]), np.array([[0.5, 2.0]]), "y", WHERE)
    assert str(caught.value) == f"y=[[0.5, -2]] is not right [{WHERE}]"


def test_given_shows_small_inputs():
    """Small inputs are an example; with a large one among them, the text is empty."""
    x, weights = np.array([[1.25]]), np.array([[0.5, 1 / 3]])
    assert expect.given(x=x, weights=weights) == " with x=[[1.25]], weights=[[0.5, 0.333333]]"
    assert expect.given(x=np.zeros((7, 1)), weights=weights) == ""


def figures(check, *arguments):
    with pytest.raises(PicturedError) as caught:
        check(*arguments)
    return caught.value.figures


def test_what_is_wrong_of_an_array_is_shown():
    """The figure has the student's numbers and a mark at each wrong one; no expected number."""
    expected = np.array([[3.5, 3.5], [77.0, 3.5]])
    [figure] = figures(expect.close, np.full((2, 2), 3.5), expected, "y", WHERE)
    assert figure.rows == ("3.5 3.5", "3.5! 3.5")
    assert (figure.title, figure.legend) == ("y", "✗ not right: 1 of 4")
    assert "77" not in repr(figure)


def test_what_is_not_finite_is_shown():
    """Each nan and infinity has a mark."""
    value = np.array([1.0, np.nan, np.inf])
    assert figures(expect.array, value, (3,), "y", WHERE)[0].rows == ("1 nan! inf!",)


def test_what_has_been_changed_is_shown():
    """The figure shows the array as it is now; another kind of value has only the message."""
    before = np.arange(3.0)
    [figure] = figures(expect.untouched, np.array([0.0, 5.0, 2.0]), before, "x", WHERE)
    assert (figure.title, figure.rows) == ("x afterwards", ("0 5! 2",))
    for now in (np.array(["a", "b", "c"]), np.zeros(4), [0, 1, 3], None):
        assert figures(expect.untouched, now, before, "x", WHERE) == ()


def test_what_should_be_zero_is_shown_where_it_is_not():
    """The error has the suite's own sentence."""
    expect.zero(np.zeros((2, 2)), "y", "y should be zero")
    [figure] = figures(expect.zero, np.array([[0.0, 2.0]]), "y", "y should be zero")
    assert figure.rows == ("0 2!",)


@pytest.mark.parametrize("factor", [0.0, 1e-300, 1e-3, 101.0, 1e30, 1e308])
def test_a_reported_array_of_another_size_is_not_believed(factor):
    """Arrays that are almost zero, or so large that a gradient is lost beside them, are refused."""
    asked = np.array([[1.0, -1.5], [0.0, 1.75]])
    with pytest.raises(
        AssertionError, match=r"weights has been changed beyond measure: .* \[Linear\]"
    ):
        expect.comparable(asked * factor, asked, "weights", "Linear")


@pytest.mark.parametrize("factor", [0.02, 1.0, -1.0, 99.0])
def test_a_reported_array_that_a_mistake_has_changed_is_believed(factor):
    """A layer that scales an array in place loses points for that only once."""
    asked = np.array([[1.0, -1.5], [0.0, 1.75]])
    expect.comparable(asked * factor, asked, "weights", "Linear")


def test_a_number_too_large_for_float64_is_not_finite():
    """A longdouble may be larger than any float64: it becomes infinite."""
    value = np.array([1.0, 1.0], dtype=np.longdouble) * np.longdouble("1e400")
    with pytest.raises(AssertionError, match="2 of 2 elements that are nan or infinite"):
        expect.array(value, (2,), "y", "f")


def test_an_array_of_other_numbers_than_float64_is_refused():
    """Other checks refuse what is no array."""
    expect.float64(np.ones(2), "output", "Dropout")
    expect.float64(None, "output", "Dropout")
    with pytest.raises(
        AssertionError, match=r"output.dtype=float32, but should be float64 \[Dropout\]"
    ):
        expect.float64(np.ones(2, np.float32), "output", "Dropout")
