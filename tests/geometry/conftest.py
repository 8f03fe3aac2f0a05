"""The tests of this room share modules that lie beside them: the oracle, the sets that Hypothesis draws, spaces."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
pytest.register_assert_rewrite("spaces")
