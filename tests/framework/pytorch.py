"""PyTorch's side of a comparison: its tensors, its twin of a layer, and how close is close."""

import numpy as np
import torch


def tensor(array):
    """A leaf of PyTorch's graph that shares no memory with the array."""
    return torch.tensor(array, dtype=torch.float64, requires_grad=True)


def assert_close(actual, expected):
    """Equal in shape and to 1e-10, far above rounding and far below any wrong formula."""
    expected = expected.detach().numpy() if isinstance(expected, torch.Tensor) else expected
    assert actual.dtype == np.float64
    assert actual.shape == expected.shape
    np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-10)


def torch_linear(layer):
    """The layer's twin, in PyTorch's layout."""
    twin = torch.nn.Linear(*layer.weights.shape, dtype=torch.float64)
    with torch.no_grad():
        twin.weight.copy_(torch.tensor(layer.weights.T))
        twin.bias.copy_(torch.tensor(layer.bias[0]))
    return twin
