from ._callback import GeometryCallback as GeometryCallback
from ._probe_vectors import FORMATS as FORMATS
from ._probe_vectors import ProbedVectors as ProbedVectors
from ._probe_vectors import probe_vectors as probe_vectors
from ._vectors.kinds import LabelledVectors as LabelledVectors
from ._vectors.kinds import VectorFile as VectorFile
from ._vectors.reader import read_vectors as read_vectors
