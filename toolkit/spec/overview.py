"""What a checked spec says will be run, in a few lines."""

from toolkit.spec.loader import LoadedSpec
from toolkit.spec.schema import Experiment, RunConfig
from toolkit.spec.sweep import SEEDS, axis_sizes
from toolkit.spec.words import plural, value_text


def overview(spec: LoadedSpec) -> str:
    """Say what a spec will run: data and task, how many runs and why so many, and for how long they train."""
    experiment = spec.experiment
    if experiment.combine:
        return "\n".join([f"{spec.path}: {experiment.name}\n  combines {', '.join(spec.members)}", *_reads(spec)])
    configs = [run.config for run in spec.runs]
    lines = [
        f"{spec.path}: {experiment.name}",
        *([f"  {' '.join(experiment.question.split())}"] if experiment.question else []),
        f"  data    {_values(configs, 'data', 'source')}, {_values(configs, 'data', 'task')}",
        f"  model   {_values(configs, 'model', 'cell')}, hidden {_values(configs, 'model', 'hidden')}, "
        f"lookback {_values(configs, 'model', 'lookback')}",
        f"  train   {_epochs(configs)}, batches of {_values(configs, 'train', 'batch_size')}",
        f"  runs    {_runs(experiment, configs)}",
        *_reads(spec),
        *([f"  note    {experiment.search.caution}"] if experiment.search and experiment.search.caution else []),
    ]
    return "\n".join(lines)


def _reads(spec: LoadedSpec) -> list[str]:
    """The environment variables that a spec reads, by name alone."""
    return [f"  reads   {', '.join(sorted(spec.environment.read))} of the environment"] if spec.environment.read else []


def _values(configs: list[RunConfig], section: str, key: str) -> str:
    """The values that a key has in any run; of many the first and the last."""
    sections = {id(part): part for config in configs if (part := getattr(config, section))}  # runs share sections
    texts = list(dict.fromkeys(value_text(getattr(part, key)) for part in sections.values()))
    return ", ".join(texts) if len(texts) <= 6 else f"{texts[0]}, {texts[1]}, .. {texts[-1]}"


def _epochs(configs: list[RunConfig]) -> str:
    epochs = _values(configs, "train", "epochs")
    return f"{epochs} {'epoch' if epochs == '1' else 'epochs'}"


def _runs(experiment: Experiment, configs: list[RunConfig]) -> str:
    if experiment.search:
        search = experiment.search
        seeds = plural(search.confirm_seeds, "fresh seed")
        confirmed = f", then the best again on {seeds}" if search.confirm_seeds else ""
        most = "trials" if search.tuner == "hyperband" else f"up to {plural(search.max_trials, 'trial')}"
        return f"{most} by the tuner {search.tuner}, over {', '.join(search.space)}{confirmed}"
    sizes = [plural(size, "seed") if keys == SEEDS else f"{size} {keys}" for keys, size in axis_sizes(experiment)]
    different = len(dict.fromkeys(config.model_dump_json() for config in configs))
    repeated = f" ({different} different)" if different < len(configs) else ""
    factors = f" = {' x '.join(sizes)}" if len(configs) > 1 else ""
    return f"{len(configs)}{repeated}{factors}"
