"""Low-rank additions to linear layers are trained, by the package peft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from tunescope.finetuning._methods.method import Method

if TYPE_CHECKING:
    import torch


class Lora(Method):
    """Train an addition of low rank to each linear layer, and add it to the weights at the end.

    Needs the package peft (`pip install 'tunescope[peft]'`).
    """

    name: ClassVar[str] = "lora"
    title: ClassVar[str] = "additions of low rank to linear layers"
    source: ClassVar[str] = "Hu et al., ICLR 2022"
    short: ClassVar[str | None] = "r"
    wraps: ClassVar[bool] = True

    r: Annotated[int, Field(ge=1, strict=True)] = 8
    """The rank."""
    alpha: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 16
    """The addition counts alpha / r times."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """The share of inputs of the addition that is dropped in training."""
    of: Literal["attention", "linear"] = "attention"
    """Which linear layers: the attention's projections, or all."""

    def prepare(self, model: Any, seed: int) -> Any:
        """Put the additions in; they are 0 at first."""
        from transformers.pytorch_utils import Conv1D

        from tunescope.finetuning._peft import import_peft, quiet_peft
        from tunescope.finetuning._structure import attention_projections, linear_layers

        peft = import_peft(self.name)
        chosen = dict(attention_projections(model) if self.of == "attention" else linear_layers(model))
        config = peft.LoraConfig(
            r=self.r,
            lora_alpha=self.alpha,
            lora_dropout=self.dropout,
            target_modules=list(chosen),
            fan_in_fan_out=any(isinstance(module, Conv1D) for module in chosen.values()),
        )
        with quiet_peft():
            return peft.get_peft_model(model, config)

    def trained(self, model: Any) -> dict[str, int]:
        """R · (inputs + outputs) for each linear layer."""
        return {
            f"{name}.weight": sum(p.numel() for p in module.parameters() if p.requires_grad)
            for name, module in _additions(model)
        }

    def offsets(self, model: Any, start: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """The additions, multiplied out."""
        return {f"{name}.weight": module.get_delta_weight("default") for name, module in _additions(model)}

    def finish(self, model: Any) -> Any:
        """Add the additions to the weights."""
        from tunescope.finetuning._peft import quiet_peft

        with quiet_peft():
            return model.merge_and_unload()


def _additions(model: Any) -> list[tuple[str, Any]]:
    """The modules with an addition, by the name that they have in the encoder."""
    inner = model.get_base_model()
    return [(name, module) for name, module in inner.named_modules() if hasattr(module, "lora_A")]
