"""Linear layers by oneDNN: the same products and the same gradients as PyTorch's own, to rounding."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tunescope.encoders import _linear, quick_linear_layers
from tunescope.probes._onednn import has_onednn


@pytest.fixture
def by_onednn(monkeypatch):
    """The calls of oneDNN; it is taken whether it is quicker here or not."""
    if not has_onednn():
        pytest.skip("this PyTorch comes without oneDNN")
    calls = []
    direct = _linear.onednn_linear

    def counted(*arguments):
        calls.append(arguments)
        return direct(*arguments)

    monkeypatch.setattr(_linear, "onednn_linear", counted)
    return calls


def _network(dtype=torch.float32):
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(24, 40), nn.GELU(), nn.Linear(40, 7, bias=False)).to(dtype)


def _gradients(network, x):
    network.zero_grad()
    x = x.clone().requires_grad_()
    loss = network(x).square().sum()
    loss.backward()
    return [loss.detach(), x.grad, *(parameter.grad.clone() for parameter in network.parameters())]


@pytest.mark.parametrize("shape", [(5, 24), (3, 9, 24), (2, 3, 4, 24)])
def test_products_and_gradients_are_those_of_pytorch(by_onednn, shape):
    network, x = _network(), torch.randn(shape)
    expected = _gradients(network, x)
    with quick_linear_layers(torch.device("cpu"), by_onednn=True):
        found = _gradients(network, x)
    assert len(by_onednn) == 2 * 3, "two layers, three products each"
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)


def test_a_view_that_is_not_contiguous_is_read_right(by_onednn):
    network, x = _network(), torch.randn(24, 6).t()
    with torch.inference_mode(), quick_linear_layers(torch.device("cpu"), by_onednn=True):
        found = network(x)
    assert by_onednn
    torch.testing.assert_close(found, network(x.contiguous()), rtol=1e-4, atol=1e-5)


def test_frozen_weights_get_no_gradient(by_onednn):
    network, x = _network(), torch.randn(5, 24)
    network[0].requires_grad_(False)
    with quick_linear_layers(torch.device("cpu"), by_onednn=True):
        network(x).sum().backward()
    assert network[0].weight.grad is None
    assert network[2].weight.grad is not None
    # the first layer's product, the second's, and the second's gradients of weight and input
    # (its input needs none, as nothing below it does)
    assert len(by_onednn) == 3


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_other_dtypes_are_left_alone(by_onednn, dtype):
    network, x = _network(dtype), torch.randn(5, 24, dtype=dtype)
    with quick_linear_layers(torch.device("cpu"), by_onednn=True):
        assert network(x).dtype == dtype
    assert not by_onednn


def test_autocast_keeps_its_say(by_onednn):
    network, x = _network(), torch.randn(5, 24)
    with torch.autocast("cpu", dtype=torch.bfloat16), quick_linear_layers(torch.device("cpu"), by_onednn=True):
        assert network(x).dtype == torch.bfloat16
    assert not by_onednn


def test_no_rows_are_no_error(by_onednn):
    with quick_linear_layers(torch.device("cpu"), by_onednn=True):
        assert _network()(torch.empty(0, 24)).shape == (0, 7)


def test_nothing_changes_outside_nor_on_other_devices(by_onednn):
    network, x = _network(), torch.randn(5, 24)
    with quick_linear_layers(torch.device("cuda"), by_onednn=True):
        network(x)
    with quick_linear_layers(torch.device("cpu"), by_onednn=True):
        pass
    network(x)
    assert not by_onednn
