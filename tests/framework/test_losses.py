"""Losses and their gradients are PyTorch's."""

import numpy as np
import pytest
import torch

from losses import CrossEntropy, MSELoss
from tests.framework.batch import each_shape, one_hot
from tests.framework.pytorch import assert_close, tensor

# warnings are errors: "stable" means that nothing overflows on the way
pytestmark = pytest.mark.filterwarnings("error")

LOSSES = {
    "CrossEntropy": (CrossEntropy, torch.nn.CrossEntropyLoss()),
    "MSELoss": (MSELoss, torch.nn.MSELoss()),
}
each_loss = pytest.mark.parametrize(("make", "reference"), LOSSES.values(), ids=LOSSES.keys())
each_loss_alone = pytest.mark.parametrize("make", [CrossEntropy, MSELoss])


@each_shape
@each_loss
def test_equal_pytorch(rng, make, reference, shape):
    """The loss is PyTorch's, as a float, and so is its gradient."""
    criterion, out, y_true = make(), rng.normal(size=shape) * 3, one_hot(rng, shape)
    out_torch = tensor(out)
    loss_torch = reference(out_torch, torch.tensor(y_true))
    loss = criterion(out, y_true)
    assert type(loss) is float
    assert loss == pytest.approx(loss_torch.item(), rel=1e-10, abs=1e-10)

    loss_torch.backward()
    assert_close(criterion.grad(), out_torch.grad)


def test_mse_takes_any_targets(rng):
    """Targets of MSELoss are real numbers, and their sign relative to out matters."""
    out, y_true = rng.normal(size=(5, 3)), rng.normal(size=(5, 3)) * 10
    criterion, out_torch = MSELoss(), tensor(out)
    loss_torch = torch.nn.functional.mse_loss(out_torch, torch.tensor(y_true))
    loss_torch.backward()
    assert criterion(out, y_true) == pytest.approx(loss_torch.item(), rel=1e-10)
    assert_close(criterion.grad(), out_torch.grad)


@pytest.mark.parametrize("scale", [1e3, 1e10, 1e300], ids=str)
def test_cross_entropy_is_stable(rng, scale):
    """For logits where exp overflows, loss and gradient equal PyTorch's, unwarned."""
    out, y_true = rng.normal(size=(6, 4)) * scale, one_hot(rng, (6, 4))
    criterion, out_torch = CrossEntropy(), tensor(out)
    loss_torch = torch.nn.functional.cross_entropy(out_torch, torch.tensor(y_true))
    loss_torch.backward()
    assert np.isfinite(criterion(out, y_true))
    assert criterion(out, y_true) == pytest.approx(loss_torch.item(), rel=1e-10)
    assert_close(criterion.grad(), out_torch.grad)


def test_cross_entropy_of_equal_logits_is_log_classes():
    """A network that knows nothing pays log(10) for ten classes."""
    out, y_true = np.full((2, 10), 3.0), np.eye(10)[[4, 1]]
    assert CrossEntropy()(out, y_true) == pytest.approx(np.log(10), rel=1e-12)


@each_loss
def test_grad_belongs_to_the_latest_loss(rng, make, reference):
    """grad() may be called again, and changing what it returned does not change it."""
    criterion, out, y_true = make(), rng.normal(size=(5, 3)), one_hot(rng, (5, 3))
    criterion(rng.normal(size=(2, 4)), one_hot(rng, (2, 4)))
    criterion(out, y_true)
    out_torch = tensor(out)
    reference(out_torch, torch.tensor(y_true)).backward()
    grad = criterion.grad()
    grad *= 0
    assert_close(criterion.grad(), out_torch.grad)


@each_loss_alone
def test_targets_must_have_the_shape_of_out(make):
    """Class numbers instead of one-hot rows, or another shape, are refused."""
    with pytest.raises(
        ValueError, match=r"^y_true must have shape \(2, 10\), got y_true\.shape=\(2,\)$"
    ):
        make()(np.ones((2, 10)), np.array([4, 1]))
    with pytest.raises(ValueError, match=r"^y_true must .* got y_true\.shape=\(1, 10\)$"):
        make()(np.ones((2, 10)), np.ones((1, 10)))


@each_loss_alone
def test_out_must_be_two_dimensional(make):
    """An output without its batch axis is refused."""
    with pytest.raises(ValueError, match=r"^out must have shape \(N, C\), got out\.shape=\(10,\)$"):
        make()(np.ones(10), np.ones(10))


@each_loss_alone
def test_grad_needs_a_loss(make):
    """Without a loss there is no gradient."""
    name = make.__name__
    with pytest.raises(
        RuntimeError, match=rf"^a forward pass must come before {name}\.grad, got none$"
    ):
        make().grad()


@each_loss_alone
def test_leave_their_arguments_alone(rng, make):
    """A loss and its gradient change neither the output nor the targets."""
    out, y_true = rng.normal(size=(5, 4)), one_hot(rng, (5, 4))
    out.flags.writeable = y_true.flags.writeable = False
    criterion = make()
    criterion(out, y_true)
    criterion.grad()
