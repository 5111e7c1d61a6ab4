"""Models and feeds kept warm: what is compiled for one run serves the next of the same structure."""

from collections import OrderedDict

from toolkit.builder.model.sequence_model import SequenceModel
from toolkit.builder.training.feed import Feed
from toolkit.runner.worker.protocols import build
from toolkit.spec.named import CELL
from toolkit.spec.own_code import OwnCode
from toolkit.spec.schema import RunConfig
from toolkit.tasks.sizes import Sizes

KEPT = 8
"""Number of structures whose compiled models are kept, and of feeds."""


class WarmModels:
    """Models by structure, the least recently used given up first."""

    def __init__(self) -> None:
        self._models: OrderedDict[str, SequenceModel] = OrderedDict()
        self._feeds: list[Feed] = []

    def model(self, config: RunConfig, sizes: Sizes, code: OwnCode | None = None) -> SequenceModel:
        """A model for a run, with its initial weights: new, or a warm one made equal to a new one.

        It is valid until the next call for the same structure and the same code of the user's.
        """
        fresh = build(config, sizes)
        key = _structure(config, sizes) + (code.digest if code else "")
        warm = self._models.setdefault(key, fresh)
        self._models.move_to_end(key)
        if warm is not fresh:
            warm.take_over(fresh)
        elif len(self._models) > KEPT:
            self._models.popitem(last=False)
        return warm

    def feed(self, fresh: Feed) -> Feed:
        """The feed, with a dataset that may have been made for one before it.

        That dataset is its own until the next call for the same examples and batch size.
        """
        warm = next((feed for feed in self._feeds if fresh.take_dataset(feed)), None)
        self._feeds = [fresh, *(feed for feed in self._feeds if feed is not warm)][:KEPT]
        return fresh


def _structure(config: RunConfig, sizes: Sizes) -> str:
    """All that decides what is compiled; learning rate, seed and a finite lookback are only values in it.

    What a cell of the user's draws when it is made may be a constant of what is compiled: it serves one seed.
    """
    decisive = {"dtype", "protocol", "optimizer", "clip_norm"}
    train = config.train.model_dump_json(include=decisive | {"seed"} if _is_users(config.model.cell) else decisive)
    model = config.model.model_dump_json(exclude={"lookback"})
    full = config.model.lookback == "full"
    return f"{sizes}, {config.data.task}, {train}, full={full}, {model}"


def _is_users(cell: str) -> bool:
    return CELL.is_own(cell) and not cell.startswith("keras.")
