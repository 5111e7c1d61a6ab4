"""Experiments with known numbers, made by hand."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, TypeAlias

import matplotlib as mpl
import pytest

from toolkit.reporter.figures.style import RC
from toolkit.reporter.numbers.frames import Runs
from toolkit.spec.schema import Experiment
from toolkit.spec.sweep import RunSpec, expand
from toolkit.store import Epoch, RunRecord

mpl.use("Agg")

LOSSES = {"rnn": (0.50, 0.52, 0.54), "gru": (0.40, 0.41, 0.45)}
"""Best dev loss of each cell with the seeds 1, 2, 3."""

MakeRecord: TypeAlias = Callable[..., RunRecord]
MakeStudy: TypeAlias = Callable[..., tuple[Experiment, Runs]]


@pytest.fixture(autouse=True, scope="session")
def coarse_pictures() -> Iterator[None]:
    """Pictures of few dots, which are drawn in less time: how many there are matters to none of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(RC, "savefig.dpi", 40)
        yield


@pytest.fixture(scope="session")
def make_record() -> MakeRecord:
    """A record of a run whose dev losses, from epoch 0 on, are given."""
    return _record


@pytest.fixture(scope="session")
def make_study() -> MakeStudy:
    """An experiment with its runs; by default RNN against GRU with three seeds, all done."""
    return _study


def _record(
    run: RunSpec,
    losses: Sequence[float],
    name: str = "0123456789abcdef",
    test: dict[str, float] | None = None,
    by_sentence: dict[str, Any] | None = None,
    **changes: Any,
) -> RunRecord:
    agreement = run.config.data.task == "agreement"
    history = [
        Epoch(
            epoch,
            loss,
            dev_accuracy=1 - loss / 2 if agreement else None,
            train_loss=loss - 0.01 if epoch else None,
            learning_rate=0.5 if epoch else None,
            seconds=float(epoch) if epoch else None,
            test=test if loss == min(losses) else None,
            by_sentence=by_sentence if loss == min(losses) else None,
        )
        for epoch, loss in enumerate(losses)
    ]
    plain: dict[str, Any] = {"status": "done", "epochs": run.config.train.epochs, "parameters": 1234}
    provenance = {"versions": {"keras": "3.15.0"}}
    return RunRecord(
        identity=name, config=run.config.model_dump(), history=history, provenance=provenance, **(plain | changes)
    )


def _study(
    grid: dict[str, list[Any]] | None = None,
    seeds: Sequence[int] = (1, 2, 3),
    failed: Collection[int] = (),
    missing: Collection[int] = (),
    diverged: Collection[int] = (),
    best: Callable[[RunSpec], float] | None = None,
    error: str = "FloatingPointError: the dev loss is nan",
    **spec: Any,
) -> tuple[Experiment, Runs]:
    grid = {"model.cell": ["rnn", "gru"]} if grid is None else grid
    plain = {"name": "study", "question": "Which cell is best?", "data": {"task": "agreement"}, "train": {"epochs": 2}}
    experiment = Experiment.model_validate(plain | {"sweep": {"grid": grid, "seeds": list(seeds)}} | spec)
    runs: list[tuple[RunSpec, RunRecord | None]] = []
    for number, run in enumerate(expand(experiment)):
        if number in missing:
            runs.append((run, None))
        elif number in diverged:
            broken: dict[str, Any] = {"status": "diverged", "error": "the dev loss is nan after epoch 2", "ended_in": 2}
            runs.append((run, _record(run, [0.9, 0.8], f"{number:016x}", **broken)))
        elif number in failed:
            crash: dict[str, Any] = {
                "status": "failed",
                "error": error,
                "traceback": f"Traceback (most recent call last):\n  {error}",
            }
            runs.append((run, _record(run, [0.9], f"{number:016x}", **crash)))
        else:
            loss = (best or _known_loss)(run)
            by_sentence = _by_sentence(loss) if run.config.evaluate.by else None
            runs.append((run, _record(run, [0.9, loss, loss + 0.1], f"{number:016x}", by_sentence=by_sentence)))
    return experiment, runs


def _known_loss(run: RunSpec) -> float:
    return LOSSES[run.config.model.cell][(run.config.train.seed - 1) % 3]


def _by_sentence(loss: float) -> dict[str, Any]:
    """What is measured sentence by sentence: further is harder, and rarer."""
    groups: list[dict[str, Any]] = []
    for split, sentences in (("train", 1000), ("dev", 100)):
        for by in ("distance", "attractors"):
            for value in (1, 2, 3):
                row = {"split": split, "by": by, "value": value, "sentences": sentences // value**2}
                measured = {"accuracy": 1 - loss / 5 * value, "loss": loss * value} if split == "dev" else {}
                groups.append(row | measured)
    return {"balanced_accuracy": 0.7, "plural_f1": 0.6, "majority_accuracy": 0.68, "groups": groups}
