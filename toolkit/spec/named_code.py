"""The code of all that a run names of the user's: a changed formula, or another way to read, is another run."""

from collections.abc import Iterable
from functools import cache

from toolkit.errors import SettingError
from toolkit.spec.named import NAMED, SOURCE, Named
from toolkit.spec.own_code import OwnCode, OwnCodeError, own_code, together
from toolkit.spec.schema import DataConfig, RunConfig


def run_code(config: RunConfig) -> OwnCode | None:
    """The code of all that a run names; None where all is the toolkit's.

    It is read once a call, see `forget_code`.

    Raises:
        SettingError: It cannot be told.
    """
    return _code_of(config, NAMED)


def training_code(config: RunConfig) -> OwnCode | None:
    """The part of it that a process needs which trains the run and is given its data.

    Raises:
        SettingError: It cannot be told.
    """
    return _code_of(config, [named for named in NAMED if named != SOURCE])


def source_code(config: DataConfig) -> OwnCode | None:
    """The code of a source of the user's; None where it is the toolkit's.

    Raises:
        SettingError: It cannot be told.
    """
    return code_of(SOURCE, config.source)


def names_of_run(config: RunConfig) -> dict[Named, str]:
    """What a run names, and is none of the toolkit's, by what names it."""
    plain = {named: getattr(getattr(config, named.section), named.name) for named in NAMED}
    return {named: name for named, name in plain.items() if named.is_own(name)}


def code_of(named: Named, name: str) -> OwnCode | None:
    """The code of one name; None where it is the toolkit's.

    Raises:
        SettingError: It cannot be told.
    """
    return _read(name, named.key) if named.is_own(name) else None


def forget_code() -> None:
    """Read code anew from here on, as a call begins: it may have been edited since the last one."""
    _read.cache_clear()


def _code_of(config: RunConfig, parts: Iterable[Named]) -> OwnCode | None:
    names = names_of_run(config)
    return together([_read(names[named], named.key) for named in parts if named in names])


@cache
def _read(name: str, key: str) -> OwnCode:
    try:
        return own_code(name, key)
    except OwnCodeError as error:
        raise SettingError(key, str(error)) from error
