"""Where runs are trained: in this process, one after another."""

from collections.abc import Sequence

from rich.console import Console

from toolkit.builder.network import make_cell
from toolkit.runner.models import WarmModels
from toolkit.runner.plan import PlannedRun
from toolkit.runner.progress import SweepProgress
from toolkit.runner.worker import Task, train_and_store
from toolkit.store import RunRecord, Store


def train_here(runs: Sequence[PlannedRun], store: Store, console: Console) -> list[RunRecord]:
    """Train runs one after another, storing each as it ends.

    Args:
        runs: What to train.
        store: Where the records go.
        console: Where progress is shown.

    Returns:
        The stored records, failed ones included.

    Raises:
        SpecError: A cell cannot be imported or made; nothing has been trained then.
    """
    for model in {model.model_dump_json(): model for model in (run.spec.config.model for run in runs)}.values():
        make_cell(model)
    models = WarmModels()
    records = []
    with SweepProgress(len(runs), console) as progress:
        for run in runs:
            progress.start(run.spec.settings, run.spec.config.train.epochs)
            records.append(train_and_store(Task(run.run, run.spec.config, run.data), models, store, progress.epoch))
            progress.finish(records[-1])
    return records
