"""What a claim compares: its measure in each run, or at each lag or value of a group of a run."""

import numpy as np
import pandas as pd

from toolkit.reporter.figures.groups import GROUPS_OF
from toolkit.reporter.figures.lags import last_measured
from toolkit.reporter.numbers.results import Results
from toolkit.spec.claims import LAG, ClaimConfig
from toolkit.tasks.measure import Measure
from toolkit.tasks.measures import BY_LAG, GROUPED


def claimed_measure(claim: ClaimConfig, results: Results) -> Measure:
    """What a claim compares: a measure of whole runs, of their groups, or at each lag."""
    column = claim.measured_at
    return (results.measures if column is None else BY_LAG if column == LAG else GROUPED)[claim.measure]


def compared_values(claim: ClaimConfig, results: Results) -> pd.DataFrame:
    """The measure of a claim in every run, the more the better.

    Args:
        claim: The claim.
        results: What the runs gave.

    Returns:
        A row a run, or a row a lag or value of a group of a run if the claim names one: the columns of
        settings of runs.csv, that column, and `value`: the measure, its negative where less of it is better, log10 of a
        gradient's norm (more of it counts as better); missing where a run is not done. A lag that no sentence of a
        run has is left out.
    """
    runs, column = results.distinct, claim.measured_at
    measure = claimed_measure(claim, results)
    settings = runs[list(results.settings)]
    done = runs["status"] == "done"
    if column is None:
        return settings.assign(value=_sign(measure) * runs[measure.name].astype("float64").where(done))
    known = _lags(results) if column == LAG else _groups(results, column, measure)
    places = pd.Series(sorted(known[column].unique()), name=column)
    unknown = settings[~done].merge(places, how="cross").assign(value=np.nan)
    return pd.concat([frame for frame in (known, unknown) if len(frame)] or [known], ignore_index=True)


def _lags(results: Results) -> pd.DataFrame:
    measured = last_measured(results).dropna(subset="norm")
    with np.errstate(divide="ignore"):
        return measured[[*results.settings, LAG]].assign(value=np.log10(measured["norm"]))


def _groups(results: Results, column: str, measure: Measure) -> pd.DataFrame:
    done = results.distinct[results.distinct["status"] == "done"][["run", *results.settings]]
    groups = results.groups[(results.groups["by"] == column) & (results.groups["split"] == "dev")]
    values = groups[[*GROUPS_OF, "value"]].rename(columns={"value": column})
    return done.merge(values.assign(value=_sign(measure) * groups[measure.name]), on=GROUPS_OF).drop(columns="run")


def _sign(measure: Measure) -> int:
    return 1 if measure.highest_is_best else -1
