"""Records and epochs from the plain values of a file, which may be another version's, or made up by somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from toolkit.store.durable import DamageError
from toolkit.store.records import IDENTITY_KEY, Epoch, RunRecord

SECTIONS = ("data", "model", "train")
"""What every configuration has, each with the values of its keys."""
LATER = ("features", "outputs")
"""What records of version 0.2 have not; it stands in a file only where there is something to say."""

_RECORD = TypeAdapter(RunRecord)
_KEYS = {IDENTITY_KEY, *(field.name for field in fields(RunRecord))} - {"identity"}
_EPOCHS = TypeAdapter(tuple[Epoch, ...])


def record_to_plain(record: RunRecord) -> dict[str, Any]:
    """A record as it stands in a file."""
    values = {name: value for name, value in asdict(record).items() if name not in LATER or value is not None}
    return {IDENTITY_KEY: values.pop("identity"), **values}


def record_from_plain(values: Mapping[str, Any]) -> RunRecord:
    """A record from what `record_to_plain` made of it.

    Raises:
        DamageError: It is not what that makes of a record: a key, a type or the order of the epochs is another.
    """
    unknown = values.keys() - _KEYS
    if unknown:
        raise DamageError(f"a record has no {min(unknown, key=str)!r}")
    record: RunRecord = _validated(_RECORD, values)
    if not all(isinstance(record.config.get(section), Mapping) for section in SECTIONS):
        raise DamageError(f"its configuration lacks one of {', '.join(SECTIONS)}")
    if record.status == "done" and not record.history:
        raise DamageError("it is done without an epoch")
    _check_order(record.history)
    return replace(record, history=tuple(record.history), earlier=tuple(record.earlier))


def epochs_from_plain(values: Sequence[Mapping[str, Any]]) -> tuple[Epoch, ...]:
    """Epochs from what `dataclasses.asdict` made of them, numbered 0, 1, .. as they must be.

    Raises:
        DamageError: They are something else.
    """
    history: tuple[Epoch, ...] = _validated(_EPOCHS, values)
    _check_order(history)
    return history


def _validated(adapter: TypeAdapter[Any], values: Any) -> Any:
    try:
        return adapter.validate_python(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise DamageError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _check_order(history: Sequence[Epoch]) -> None:
    if [epoch.epoch for epoch in history] != list(range(len(history))):
        raise DamageError("its epochs are not in order")
