from ._elsewhere.compare import (
    compare as compare,
)
from ._elsewhere.compare import (
    follow as follow,
)
from ._elsewhere.follow import (
    Following as Following,
)
from ._elsewhere.follow import (
    follow_states as follow_states,
)
from ._experiments.experiment import (
    Experiment as Experiment,
)
from ._experiments.experiment import (
    Rows as Rows,
)
from ._experiments.experiment import (
    SpaceExperiment as SpaceExperiment,
)
from ._experiments.experiment import (
    TuningExperiment as TuningExperiment,
)
from ._experiments.experiment import (
    placed as placed,
)
from ._explorer.added_maps import (
    add_maps as add_maps,
)
from ._observers.observer import (
    Kept as Kept,
)
from ._observers.observer import (
    Observer as Observer,
)
from ._observers.observer import (
    observer as observer,
)
from ._observers.seen import (
    SeenState as SeenState,
)
from ._result import (
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
from ._trajectories.checkpoints import (
    Checkpoint as Checkpoint,
)
from ._trajectories.checkpoints import (
    Checkpoints as Checkpoints,
)
from ._trajectories.training_log import (
    training_rows as training_rows,
)
from ._trajectories.trajectory import (
    Trajectory as Trajectory,
)
from ._units.course import (
    Course as Course,
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
from ._units.work import (
    Work as Work,
)
from ._watching import (
    Watcher as Watcher,
)
