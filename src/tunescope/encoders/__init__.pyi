from ._adapters import (
    base_of as base_of,
)
from ._catalogue import (
    EncoderInfo as EncoderInfo,
)
from ._catalogue import (
    encoder_infos as encoder_infos,
)
from ._encoder import (
    Encoder as Encoder,
)
from ._encoding import (
    Encoding as Encoding,
)
from ._encoding import (
    Representation as Representation,
)
from ._head import (
    Head as Head,
)
from ._linear import (
    quick_linear_layers as quick_linear_layers,
)
from ._loading import (
    load_encoder as load_encoder,
)
from ._model import (
    apart_by_length as apart_by_length,
)
from ._model import (
    evaluating as evaluating,
)
from ._model import (
    hidden_states as hidden_states,
)
from ._pooling import (
    Pooling as Pooling,
)
from ._pooling import (
    pool as pool,
)
from ._prefixed import (
    Prefixed as Prefixed,
)
from ._prefixed import (
    quiet_peft as quiet_peft,
)
from ._tokens import (
    TokenBatch as TokenBatch,
)
from ._tokens import (
    TokenisedSplit as TokenisedSplit,
)
from ._tokens import (
    TokenizedSplit as TokenizedSplit,
)
