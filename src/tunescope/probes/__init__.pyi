from ._classifier import (
    ClassifierProbe as ClassifierProbe,
)
from ._classifier import (
    fit_together as fit_together,
)
from ._classifier import (
    training_curve as training_curve,
)
from ._grid import (
    ALPHAS as ALPHAS,
)
from ._grid import (
    HIDDEN as HIDDEN,
)
from ._grid import (
    GridResult as GridResult,
)
from ._grid import (
    grid_search as grid_search,
)
from ._onednn import (
    onednn_is_quicker as onednn_is_quicker,
)
from ._onednn import (
    onednn_linear as onednn_linear,
)
