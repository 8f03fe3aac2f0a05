from ._anchors import (
    Anchor as Anchor,
)
from ._anchors import (
    Held as Held,
)
from ._fine_tune import (
    FineTuning as FineTuning,
)
from ._fine_tune import (
    fine_tune as fine_tune,
)
from ._graft import (
    GRAFTED_PARTS as GRAFTED_PARTS,
)
from ._graft import (
    graft as graft,
)
from ._methods import (
    Method as Method,
)
from ._methods import (
    Stage as Stage,
)
from ._recipe import (
    Recipe as Recipe,
)
from ._snapshots import (
    snapshot_updates as snapshot_updates,
)
