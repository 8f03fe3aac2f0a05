from ._explorer.added_maps import (
    add_maps as add_maps,
)
from ._run import (
    StudyResult as StudyResult,
)
from ._run import (
    run_study as run_study,
)
from ._settings.experiments import (
    ExperimentInfo as ExperimentInfo,
)
from ._settings.experiments import (
    experiment_infos as experiment_infos,
)
from ._settings.experiments import (
    experiment_names as experiment_names,
)
from ._settings.study import (
    Study as Study,
)
from ._settings.study import (
    load_study as load_study,
)
from ._settings.study import (
    study_names as study_names,
)
from ._settings.task_choice import (
    TaskChoice as TaskChoice,
)
from ._settings.task_choice import (
    task_choice as task_choice,
)
from ._settings.tasks import (
    find_task as find_task,
)
from ._units.rows import (
    block_rows as block_rows,
)
from ._units.rows import (
    gap_rows as gap_rows,
)
from ._units.rows import (
    pair_rows as pair_rows,
)
from ._watching import (
    Watcher as Watcher,
)
