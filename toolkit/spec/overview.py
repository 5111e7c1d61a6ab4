"""What a checked spec says will be run, in a few lines."""

from toolkit.spec.loader import LoadedSpec
from toolkit.spec.schema import Experiment, RunConfig
from toolkit.spec.sweep import axis_sizes, expand
from toolkit.spec.words import value_text


def overview(spec: LoadedSpec) -> str:
    """Say what a spec will run: data and task, how many runs and why so many, and for how long they train."""
    experiment = spec.experiment
    if experiment.combine:
        return f"{spec.path}: {experiment.name}\n  combines {', '.join(spec.members)}"
    configs = [run.config for run in expand(experiment)]
    lines = [
        f"{spec.path}: {experiment.name}",
        *([f"  {' '.join(experiment.question.split())}"] if experiment.question else []),
        f"  data    {_values(configs, 'data', 'source')}, {_values(configs, 'data', 'task')}",
        f"  model   {_values(configs, 'model', 'cell')}, hidden {_values(configs, 'model', 'hidden')}, "
        f"lookback {_values(configs, 'model', 'lookback')}",
        f"  train   {_values(configs, 'train', 'epochs')} epochs, batches of {_values(configs, 'train', 'batch_size')}",
        f"  runs    {_runs(experiment, configs)}",
    ]
    return "\n".join(lines)


def _values(configs: list[RunConfig], section: str, key: str) -> str:
    """The values that a key has in any run; of many the first and the last."""
    sections = {id(part): part for config in configs if (part := getattr(config, section))}  # runs share sections
    texts = list(dict.fromkeys(value_text(getattr(part, key)) for part in sections.values()))
    return ", ".join(texts) if len(texts) <= 6 else f"{texts[0]}, {texts[1]}, .. {texts[-1]}"


def _runs(experiment: Experiment, configs: list[RunConfig]) -> str:
    if experiment.search:
        search = experiment.search
        confirmed = f", then the best again on {search.confirm_seeds} fresh seeds" * (search.confirm_seeds > 0)
        most = "as many" if search.tuner == "hyperband" else f"up to {search.max_trials}"
        return f"{most} trials by the tuner {search.tuner}, over {', '.join(search.space)}{confirmed}"
    sizes = [f"{size} {keys}" for keys, size in axis_sizes(experiment)]
    different = len(dict.fromkeys(config.model_dump_json() for config in configs))
    repeated = f" ({different} different)" * (different < len(configs))
    return f"{len(configs)}{repeated}{f' = {chr(32).join(_product(sizes))}' if sizes else ''}"


def _product(sizes: list[str]) -> list[str]:
    return [part for size in sizes for part in ("x", size)][1:]
