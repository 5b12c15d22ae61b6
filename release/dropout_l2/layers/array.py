"""The array that flows through the network, and the check of its shape."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def check_shape(name: str, array: FloatArray, shape: tuple[int | str, ...]) -> None:
    """Raise an error unless `array` has `shape`, in which a letter stands for any number.

    Parameters
    ----------
    name : str
        What the caller calls the array; the error repeats it.
    array : ndarray
    shape : tuple of int or str
        For example ``("N", 1000)``: a batch of any size, 1000 features.

    Raises
    ------
    TypeError
        If `array` is not a NumPy array, for example a list or a PyTorch tensor.
    ValueError
        If it has another shape.
    """
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name} must be a NumPy array, got {type(array).__name__}")
    fits = array.ndim == len(shape) and all(
        isinstance(expected, str) or expected == size
        for expected, size in zip(shape, array.shape, strict=True)
    )
    if not fits:
        text = ", ".join(str(size) for size in shape)
        raise ValueError(f"{name} must have shape ({text}), got {name}.shape={array.shape}")
