"""The experiments: a study is planned, run and recorded here.

`run_study` runs a study from a YAML file, or one that ships with the package (`study_names`), and gives a
`StudyResult`; `load_study` only reads and checks the settings; `add_maps` adds t-SNE and UMAP maps to a study that
has run.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
