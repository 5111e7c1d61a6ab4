"""What is wrong with the claims that a report declares, told before anything is trained."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from toolkit.spec.claims import LAG, ClaimConfig, Settings, is_within_runs
from toolkit.spec.columns import Reference, choice_problems, reference_problems, run_keys
from toolkit.spec.contrasts import Contrast, alternatives, contrasts_of
from toolkit.spec.declaration import Declaration
from toolkit.spec.diagnosis import nearest
from toolkit.spec.document import Path, Problem
from toolkit.spec.measures import groups_known_to, known_to
from toolkit.spec.schema import Experiment
from toolkit.spec.sweep import SEED_KEY, setting_value
from toolkit.spec.words import value_text
from toolkit.tasks.measures import BY_LAG, GROUPED


def claim_problems(spec: Declaration) -> Iterator[Problem]:
    """What is wrong with the claims of a spec: of each those mistakes that do not follow from another."""
    claims = spec.experiment.report.claims
    if claims and spec.experiment.search is not None:
        message = "report.claims: what a search tries is not known beforehand; judge claims in a spec with a sweep"
        yield Problem(nearest(spec.document.keys, ("report", "claims")), message)
        return
    judged = spec
    if spec.experiment.sensitivity:  # perturbed runs only repeat those that are judged
        judged = replace(spec, experiment=spec.experiment.model_copy(update={"sensitivity": 0}))
    for index, claim in enumerate(claims):
        place = ("report", "claims", index)
        for find in (_wrong_columns, _wrong_form, _wrong_values, _wrong_contrasts):
            if found := list(find(claim, judged, place)):
                yield from found
                break


def _wrong_columns(claim: ClaimConfig, spec: Declaration, place: Path) -> Iterator[Problem]:
    yield from reference_problems(
        spec, place, _references(claim, known_to(spec.experiment), groups_known_to(spec.experiment))
    )


def _references(claim: ClaimConfig, of_runs: Iterable[str], groups: Iterable[str]) -> Iterator[Reference]:
    known = [*run_keys(), LAG, *groups]
    for name, settings in _written(claim).items():
        for key in settings:
            yield (*name, key), key, known
    for index, key in enumerate(claim.each):
        yield ("each", index), key, known
    measures = {LAG: [*BY_LAG], **{group: [*GROUPED] for group in groups}}
    yield ("measure",), claim.measure, measures.get(claim.measured_at or "", [*of_runs, *BY_LAG])


def _wrong_form(claim: ClaimConfig, spec: Declaration, place: Path) -> Iterator[Problem]:
    """Parts of a claim that contradict each other, whatever runs there are."""
    for name, message in (
        *_wrong_margin(claim),
        *_wrong_repetitions(claim),
        *_wrong_sides(claim),
        *_wrong_place_in_runs(claim, spec.experiment),
    ):
        yield Problem(nearest(spec.document.values, (*place, *name)), message)


Mistake = tuple[Path, str]
"""Where within a claim it stands, and what is wrong."""


def _wrong_margin(claim: ClaimConfig) -> Iterator[Mistake]:
    if claim.is_ != "better" and not claim.margin:
        mend = "margin: the difference, above 0, up to which they count as equal"
        yield ("is",), f"is: {claim.is_} needs a margin, since no difference is ever shown to be none; add {mend}"


def _wrong_repetitions(claim: ClaimConfig) -> Iterator[Mistake]:
    """Keys that cannot be compared, or that two parts of the claim set."""
    owners: dict[str, str] = {}
    for name, keys in {**_written(claim), ("each",): claim.each}.items():
        part = {"than": "setting"}.get(str(name[0]), str(name[0]))
        for index, key in enumerate(keys):
            where = (*name, index if name == ("each",) else key)
            if key == SEED_KEY and part != "where":
                yield where, f"{key} repeats runs; a claim is judged over all seeds, so leave it out"
            elif part != "where" and owners.setdefault(key, part) != part:
                yield where, f"{key} stands in {owners[key]} too; delete one of them"


def _wrong_sides(claim: ClaimConfig) -> Iterator[Mistake]:
    """Alternatives that are compared with themselves."""
    compared: list[tuple[Path, str, Settings, Settings]] = [(("than",), "setting", claim.setting, claim.than)]
    if claim.gain:
        compared.append((("gain", "to"), "from", claim.gain.from_, claim.gain.to))
    for name, other, first, second in compared:
        shared = first.keys() & second.keys()
        pairs = itertools.product(alternatives(first), alternatives(second))
        if any(all(one[key] == two[key] for key in shared) for one, two in pairs):
            yield name, f"{name[-1]}: must differ from {other} in the value of a key that both name"


def _wrong_place_in_runs(claim: ClaimConfig, experiment: Experiment) -> Iterator[Mistake]:
    """A lag, or a number of a group, that is not one in each contrast."""
    named = [key for key in claim.keys if is_within_runs(key)]
    if len(named) > 1:
        yield (), f"a claim is about one of {', '.join(named)}; make it several claims"
    elif not named:
        if claim.measure in BY_LAG:
            yield ("measure",), f"{claim.measure} is measured at each lag; name lag in each, where, setting or than"
    elif not _is_fixed(claim, named[0]):
        yield (), f"{named[0]} still differs within a contrast; add it to each or where"


def _is_fixed(claim: ClaimConfig, column: str) -> bool:
    in_where = column in claim.where and len(alternatives({column: claim.where[column]})) == 1
    in_gain = claim.gain is not None and column in claim.gain.from_ and column in claim.gain.to
    return column in claim.each or in_where or in_gain or (column in claim.setting and column in claim.than)


def _wrong_values(claim: ClaimConfig, spec: Declaration, place: Path) -> Iterator[Problem]:
    """Values that no run has."""
    for name, settings in _written(claim.of_runs()).items():
        yield from choice_problems(spec, (*place, *name), settings)
    largest = max(run.config.track.gradient_by_lag for run in spec.runs)
    for name, settings in _written(claim).items():
        for column in (key for key in settings if is_within_runs(key)):
            listed = settings[column] if isinstance(settings[column], list) else [settings[column]]
            for index, value in enumerate(listed):
                mark = nearest(spec.document.values, (*place, *name, column, index))
                if type(value) is not int or value < 0:
                    yield Problem(mark, f"{name[-1]}: {column} is a whole number of at least 0")
                elif column == LAG and value > largest:
                    yield Problem(mark, f"{name[-1]}: no run has {LAG}: {value}; track.gradient_by_lag is {largest}")


def _wrong_contrasts(claim: ClaimConfig, spec: Declaration, place: Path) -> Iterator[Problem]:
    """Comparisons that no runs can be found for, or whose runs differ in more than is compared."""
    mark, of_runs = nearest(spec.document.values, (*place, "claim")), claim.of_runs()
    runs = spec.runs
    swept = dict.fromkeys(key for run in runs for key in run.settings if key != SEED_KEY)
    keys = dict.fromkeys([*of_runs.keys, *swept])
    rows = [{key: value_text(setting_value(run.config, key)) for key in keys} for run in runs]
    told: dict[str, None] = {}
    for contrast in contrasts_of(of_runs, rows):
        if not contrast.has_rows:
            told[_nothing_compared(contrast, of_runs)] = None
        for key in swept:
            if key not in of_runs.each and (message := _differing(key, contrast, rows)):
                told[message] = None
    for message in told:
        yield Problem(mark, message)


def _nothing_compared(contrast: Contrast, claim: ClaimConfig) -> str:
    sides = " and ".join(map(_told, filter(None, (contrast.setting, contrast.than, *(contrast.gain or ())))))
    same = f" at the same {', '.join(claim.each)}" if claim.each else ""
    return f"nothing to compare: no runs have {sides}{same}{' among those of where' if claim.where else ''}"


def _differing(key: str, contrast: Contrast, rows: Sequence[Mapping[str, str]]) -> str:
    """How a key that is not compared differs between the runs of a contrast, and the mend; empty where it does not."""
    sides = [{rows[place][key] for place in side.rows} for side in contrast.sides if key not in side.settings]
    if any(len(values) > 1 for values in sides):
        return f"{key} still differs within a contrast; add it to each or where"
    if len(set[str]().union(*sides)) > 1:
        return f"{key} differs between what is compared; name it in setting and than too, or narrow where"
    return ""


def _written(claim: ClaimConfig) -> dict[Path, Mapping[str, Any]]:
    """Every part of a claim that gives keys values, by where it stands."""
    written: dict[Path, Mapping[str, Any]] = {("where",): claim.where}
    for name, settings in claim.compared.items():
        written[("gain", name) if name in ("from", "to") else (name,)] = settings
    return written


def _told(settings: Mapping[str, str]) -> str:
    return ", ".join(f"{key}: {text}" for key, text in settings.items())
