"""The columns that declared tables and figures refer to: which there are, and what is wrong with a reference."""

from collections.abc import Iterable, Iterator, Sequence

from toolkit.spec.claims import CLAIMS, LAG
from toolkit.spec.conflicts import unknown_group
from toolkit.spec.declaration import Declaration
from toolkit.spec.diagnosis import nearest
from toolkit.spec.document import Path, Problem
from toolkit.spec.expectations import did_you_mean
from toolkit.spec.figure_kinds import CURVES, EACH_GROUP, FIGURE_KINDS, GROUPS, KEYS, MEASURES, figure_kind, rows_of
from toolkit.spec.measures import curves_known_to, groups_known_to, known_to, lacking
from toolkit.spec.reporting import FigureConfig, TableConfig, Where, is_chosen
from toolkit.spec.schema import Experiment, RunConfig
from toolkit.spec.sweep import setting_value
from toolkit.spec.words import value_text
from toolkit.tasks.measures import BEST_LOSS, BY_LAG, GROUPED


def run_keys() -> list[str]:
    """Every dotted key of a run, in the order of the spec language."""
    return [f"{section}.{key}" for section, field in RunConfig.model_fields.items() for key in _keys(field.annotation)]


def report_problems(spec: Declaration) -> Iterator[Problem]:
    """What is wrong with the tables and figures that a spec declares."""
    report = spec.experiment.report
    for kind, declared in (("tables", report.tables), ("figures", report.figures)):
        names = [one.name for one in declared]
        for index, name in enumerate(names):
            if name in names[:index]:
                place = ("report", kind, index, "name")
                yield Problem(
                    spec.document.values[place], f"report.{kind}: the name {name} stands here for the second time"
                )
            elif name in _own(spec.experiment)[kind]:
                mark = spec.document.values["report", kind, index, "name"]
                yield Problem(
                    mark, f"report.{kind}: this report has {kind} of its own called {name}; take another name"
                )
    for index, table in enumerate(report.tables):
        references = _table_references(table, known_to(spec.experiment))
        yield from reference_problems(spec, ("report", "tables", index), references)
        yield from choice_problems(spec, ("report", "tables", index, "where"), table.where)
        for number, column in enumerate(table.columns):
            if column in table.rows:
                mark = spec.document.values["report", "tables", index, "columns", number]
                yield Problem(mark, f"{column} stands in rows too; delete one of them")
    for index, figure in enumerate(report.figures):
        measures, curves, groups = (known(spec.experiment) for known in (known_to, curves_known_to, groups_known_to))
        references = _figure_references(figure, measures, curves, list(groups))
        yield from reference_problems(spec, ("report", "figures", index), references)
        yield from choice_problems(spec, ("report", "figures", index, "where"), figure.where)
        for name, message in _unused_roles(figure, list(groups)):
            yield Problem(nearest(spec.document.values, ("report", "figures", index, name)), message)


def _own(experiment: Experiment) -> dict[str, list[str]]:
    """The names of the tables and figures that a report has by itself, whatever it declares."""
    report = experiment.report
    tables = {
        "differences": True,
        CLAIMS: report.claims,
        "published": report.published,
        "sensitivity": experiment.sensitivity,
        "trials": experiment.search,
        "confirmation": experiment.search,
    }
    figures = {
        "published_and_measured": report.published,
        **dict.fromkeys(("best_so_far", "slices", "parallel", "importance", "learning_curves"), experiment.search),
    }
    return {
        kind: [name for name, is_there in names.items() if is_there]
        for kind, names in (("tables", tables), ("figures", figures))
    }


def _unused_roles(figure: FigureConfig, groups: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What a figure declares without effect, or lacks: the key and what is wrong."""
    kind = figure_kind(figure.kind, figure.x, groups)
    if figure.value is not None and not kind.coloured:
        coloured = " or ".join(f"a {one.name}" for one in FIGURE_KINDS if one.coloured)
        yield "value", f"value is the measure of {coloured}; this is a {kind.name} figure, leave it out"
    if figure.value is None and kind.coloured:
        yield (
            "value",
            f"a {kind.name} needs value: the measure that its colours show, such as value: {BEST_LOSS.name}",
        )
    if kind.x == kind.y and figure.x == figure.y:
        yield "y", f"x and y of a {kind.name} are two keys; both are {figure.x}"
    for role, reason in kind.without.items():
        name, _, axis = role.partition(".")
        if axis in getattr(figure, name) if axis else getattr(figure, name):
            yield name, f"{name}: {reason}"


Reference = tuple[tuple[str | int, ...], str, list[str]]
"""Where a column is named within a table or figure, the column, and the columns that could stand there."""


def _table_references(table: TableConfig, measures: Iterable[str]) -> Iterator[Reference]:
    for name, columns, known in (
        ("rows", table.rows, run_keys()),
        ("columns", table.columns, run_keys()),
        ("values", table.values, list(measures)),
    ):
        for index, column in enumerate(columns):
            yield (name, index), column, known
    yield from _where_references(table.where)
    if table.sort is not None:
        yield ("sort",), table.sort, table.values


def _figure_references(
    figure: FigureConfig, of_runs: Iterable[str], curves: Iterable[str], groups: Sequence[str]
) -> Iterator[Reference]:
    keys, measures = run_keys(), list(of_runs)
    several = {
        KEYS: keys,
        MEASURES: measures,
        CURVES: list(curves),
        GROUPS: groups,
        EACH_GROUP: list(GROUPED),
    }
    along_x = [column for row in rows_of(figure.kind) for column in row.x]
    for name, columns in (("x", along_x), ("y", figure_kind(figure.kind, figure.x, groups).y)):
        yield (name,), getattr(figure, name), [one for column in columns for one in several.get(column, [column])]
    for name in ("hue", "style", "facet"):
        if getattr(figure, name) is not None:
            yield (name,), getattr(figure, name), [*keys]
    yield from _where_references(figure.where)
    if figure.value is not None:
        yield ("value",), figure.value, measures


def _where_references(where: Where) -> Iterator[Reference]:
    for key in where:
        yield ("where", key), key, run_keys()


def choice_problems(spec: Declaration, place: Path, where: Where) -> Iterator[Problem]:
    """A choice of runs, written at a place, that no run answers; trials of a search are not known beforehand."""
    if spec.experiment.search is not None or not set(where) <= set(run_keys()):
        return
    settings = [{key: setting_value(run.config, key) for key in where} for run in spec.runs]
    unknown = False
    for key, wanted in where.items():
        for index, value in enumerate(wanted) if isinstance(wanted, list) else [(0, wanted)]:
            if not any(is_chosen(one, {key: [value]}) for one in settings):
                unknown = True
                mark = nearest(spec.document.values, (*place, key, index))
                yield Problem(mark, f"{place[-1]}: no run has {key}: {value_text(value)}")
    if not unknown and not any(is_chosen(one, where) for one in settings):
        told = ", ".join(f"{key}: {value_text(value)}" for key, value in where.items())
        yield Problem(nearest(spec.document.values, place), f"{place[-1]}: no run has {told}")


def reference_problems(spec: Declaration, place: Path, references: Iterable[Reference]) -> Iterator[Problem]:
    """References, written under a place, to columns that there are not or that no run has."""
    for where, column, known in references:
        mark = nearest(spec.document.values, (*place, *where))
        if column not in known:
            message = f"{column} is no column for {where[0]}{did_you_mean(column, known)}"
            yield Problem(mark, message, f"{where[0]} takes: {', '.join(_shortened(known))}")
        elif reason := _lacking(spec, column):
            yield Problem(mark, f"{where[0]}: {reason}")


def _lacking(spec: Declaration, column: str) -> str:
    is_group = column in groups_known_to(spec.experiment)
    if is_group and column not in spec.experiment.evaluate.by:
        return f"{column} is measured with evaluate.by: [{column}]"
    if is_group and all(reasons := [unknown_group(column, run.config.data) for run in spec.runs]):
        return reasons[0]
    if column in (*BY_LAG, LAG) and not any(run.config.track.gradient_by_lag for run in spec.runs):
        return f"{column} is measured with track.gradient_by_lag: N, the largest lag"
    if column not in known_to(spec.experiment) | curves_known_to(spec.experiment):
        return ""
    return lacking(column, [run.config for run in spec.runs])


def _shortened(known: list[str]) -> list[str]:
    """Columns to name in a message: keys of runs by an example."""
    measures = [column for column in known if "." not in column]
    return [*(["dotted keys such as model.hidden"] if len(measures) < len(known) else []), *measures]


def _keys(section: object) -> list[str]:
    return list(getattr(section, "model_fields", {}))
