"""Keys and values in front of every layer's own are trained, by the package peft."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from tunescope.errors import StudyError
from tunescope.finetuning._methods.method import Method


class Prefix(Method):
    """Train keys and values that stand in front of those of the input in every layer; the weights stand still.

    Needs the package peft (`pip install 'tunescope[peft]'`), and an encoder that takes past keys and values: BERT,
    RoBERTa and decoders do, DistilBERT, ALBERT, MPNet, DeBERTa, ModernBERT and T5 do not. The prefix takes `n`
    positions of the encoder's input. It cannot be added to the weights: `Encoder.save` writes it beside them, and
    `load_encoder` puts it back.
    """

    name: ClassVar[str] = "prefix"
    title: ClassVar[str] = "keys and values in front of the input's"
    source: ClassVar[str] = "Li and Liang, ACL 2021"
    short: ClassVar[str | None] = "n"
    wraps: ClassVar[bool] = True

    n: Annotated[int, Field(ge=1, strict=True)] = 20
    """How many keys and values in each layer and head."""

    def prepare(self, model: Any, seed: int) -> Any:
        """Put the prefix in front.

        Raises
        ------
        StudyError
            The encoder takes no past keys and values, or peft is not installed.
        """
        from tunescope.encoders import Prefixed
        from tunescope.finetuning._peft import import_peft, quiet_peft
        from tunescope.finetuning._structure import send_two_tokens

        peft = import_peft(self.name)
        architecture, without = type(model).__name__, send_two_tokens(model)
        try:
            with quiet_peft():
                config = peft.PrefixTuningConfig(num_virtual_tokens=self.n, task_type="FEATURE_EXTRACTION")
                prefixed = Prefixed(peft.get_peft_model(model, config))
                if send_two_tokens(prefixed).equal(without):
                    raise ValueError("it takes no notice of them")
        except (RuntimeError, TypeError, ValueError) as error:
            raise StudyError(
                f"recipe.method: prefix needs an encoder that takes past keys and values, and {architecture} does not"
                f" ({str(error).splitlines()[0]}); choose lora, which every encoder takes"
            ) from error
        return prefixed

    def room(self) -> int:
        """The prefix counts as so many tokens."""
        return self.n

    def trained(self, model: Any) -> dict[str, int]:
        """The numbers of the prefix: 2 · layers · n · width of keys."""
        return {"prefix": sum(p.numel() for p in model.parameters() if p.requires_grad)}

    def offsets(self, model: Any, start: dict[str, Any]) -> dict[str, Any]:
        """None: no weight of the encoder changes."""
        return {}
