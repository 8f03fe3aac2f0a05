"""Which library multiplies matrices: a fact of the processor, not of the moment."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tunescope.probes._onednn import has_onednn, made_by_intel, onednn_is_quicker, onednn_linear


@pytest.mark.parametrize(
    ("text", "intel"),
    [("vendor_id\t: GenuineIntel\n", True), ("vendor_id\t: AuthenticAMD\n", False), ("CPU implementer\t: 0x41", False)],
)
def test_the_maker_is_read_from_the_processor(tmp_path: Path, text: str, intel: bool) -> None:
    (tmp_path / "cpuinfo").write_text(text)
    assert made_by_intel(tmp_path / "cpuinfo") is intel


def test_the_choice_is_the_same_every_time() -> None:
    first = onednn_is_quicker()
    onednn_is_quicker.cache_clear()
    assert onednn_is_quicker() is first


def test_without_onednn_there_is_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert not has_onednn()


@pytest.mark.parametrize("relu", [False, True])
def test_the_product_is_that_of_pytorch(relu: bool) -> None:
    if not has_onednn():
        pytest.skip("this PyTorch comes without oneDNN")
    torch.manual_seed(0)
    x, weight, bias = torch.randn(7, 24), torch.randn(5, 24), torch.randn(5)
    expected = torch.nn.functional.linear(x, weight, bias)
    torch.testing.assert_close(
        onednn_linear(x, weight, bias, relu=relu), expected.relu() if relu else expected, rtol=1e-4, atol=1e-5
    )
