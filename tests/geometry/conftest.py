"""The tests of this room share modules that lie beside them: the oracle and the sets that Hypothesis draws."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
