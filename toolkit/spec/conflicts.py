"""Settings that are right each by itself and wrong together."""

from collections.abc import Iterator

from toolkit.spec.schema import RunConfig


def conflicts(config: RunConfig) -> Iterator[tuple[str, str]]:
    """What in a run's configuration does not go together.

    Args:
        config: A resolved configuration.

    Returns:
        For each conflict the dotted key to change, and what is wrong.
    """
    if config.train.protocol == "coursework":
        yield from _beyond_the_study(config)
    if config.model.gradient == "coursework":
        needed = {"train.protocol": "coursework", "model.cell": "gru", "data.task": "agreement"}
        given = {
            "train.protocol": config.train.protocol,
            "model.cell": config.model.cell,
            "data.task": config.data.task,
        }
        for key, value in needed.items():
            if given[key] != value:
                yield "model.gradient", f"model.gradient: coursework needs {key}: {value}; it is {given[key]}"


def _beyond_the_study(config: RunConfig) -> Iterator[tuple[str, str]]:
    model = config.model
    if model.cell not in ("rnn", "gru"):
        yield "model.cell", f"train.protocol: coursework knows the cells rnn and gru; model.cell is {model.cell}"
    if isinstance(model.hidden, list):
        yield "model.hidden", "train.protocol: coursework has one layer; give model.hidden one number"
    for key in ("embedding", "activation", "dropout", "initializer"):
        if getattr(model, key):
            yield f"model.{key}", f"train.protocol: coursework has no model.{key}; leave it out"
