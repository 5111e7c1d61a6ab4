"""The claims of a `report` section: conclusions in words, and which runs have to bear them out."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StrictStr
from pydantic_core import PydanticCustomError

from toolkit.spec.section import EachOnce, Section
from toolkit.tasks.measures import BEST_LOSS, GRADIENT, GROUPED

CLAIMS = "claims"
"""The name of the table of all claims."""
LAG = "lag"


def _each_value_once(settings: dict[str, Any]) -> dict[str, Any]:
    for value in settings.values():
        if isinstance(value, list) and (not value or any(one in value[:place] for place, one in enumerate(value))):
            raise PydanticCustomError("repeated", "at least one value a key, and each once")
    return settings


Settings = Annotated[dict[StrictStr, Any], Field(min_length=1), AfterValidator(_each_value_once)]
"""Dotted keys, or the lag or a group of the task, with a value or a list of values, each of them compared by itself."""


class GainConfig(Section):
    """How much the measure gets better from one setting to another."""

    from_: Settings = Field(alias="from", description="the setting that the gain starts at")
    to: Settings = Field(description="the setting that it leads to")


class ClaimConfig(Section):
    """A conclusion, and the comparisons that must all agree with it for it to hold."""

    claim: Annotated[StrictStr, Field(min_length=1)] = Field(description="the conclusion in words")
    measure: StrictStr = Field(
        BEST_LOSS.name,
        description=f"what is compared: a column of runs.csv; {GRADIENT.name} (log10 of its norm) where the settings "
        f"name a lag; {' or '.join(GROUPED)} of the dev set where they name a group of the task, such as distance",
    )
    where: dict[StrictStr, Any] = Field(
        default_factory=dict, description="only runs with these settings: dotted key to a value, or to a list of values"
    )
    setting: Settings = Field(
        description="what is said to be better: dotted key to a value, or to a list of values that are each compared"
    )
    than: Settings = Field(description="what it is compared with, in the same form")
    is_: Literal["better", "not better", "the same"] = Field(
        "better", alias="is", description="how the setting is said to compare"
    )
    margin: Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)] = Field(
        0.0, description="differences up to this do not count, in units of the measure"
    )
    gain: GainConfig | None = Field(
        None, description="compare not the measure but how much it gets better from one setting to another"
    )
    each: Annotated[list[StrictStr], EachOnce] = Field(
        default_factory=list,
        description="dotted keys, or lag or a group of the task, such as distance: the claim must hold at every "
        "combination of their values that the runs have",
    )

    @property
    def compared(self) -> dict[str, Mapping[str, Any]]:
        """The settings whose runs are compared with each other, by their key in the claim."""
        gain = {"from": self.gain.from_, "to": self.gain.to} if self.gain else {}
        return {"setting": self.setting, "than": self.than, **gain}

    @property
    def keys(self) -> list[str]:
        """Every key or column that the claim names, each once."""
        named = [key for settings in (*self.compared.values(), self.where) for key in settings]
        return list(dict.fromkeys([*named, *self.each]))

    @property
    def measured_at(self) -> str | None:
        """The column that says where in a run the measure is taken; None for a measure of whole runs."""
        return next((key for key in self.keys if is_within_runs(key)), None)

    def of_runs(self) -> "ClaimConfig":
        """The same claim with dotted keys only, to say which runs it compares."""
        gain = self.gain and GainConfig.model_construct(from_=_dotted(self.gain.from_), to=_dotted(self.gain.to))
        parts = {"where": _dotted(self.where), "setting": _dotted(self.setting), "than": _dotted(self.than)}
        return self.model_copy(update={**parts, "gain": gain, "each": list(_dotted(dict.fromkeys(self.each)))})


def is_within_runs(key: str) -> bool:
    """Whether a key of a claim is a column that says where in a run its measure is taken: keys of runs have a dot."""
    return "." not in key


def _dotted(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in settings.items() if not is_within_runs(key)}
