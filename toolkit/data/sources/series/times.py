"""The times of a series: dates, or steps that are counted; they are checked for order, and gaps are told."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from toolkit.spec.words import plural

FORMATS = (
    "%Y-%m-%d",
    "%Y-%m",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%Y/%m/%d",
    "%Y/%m",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%d/%m/%Y",
)
"""What dates look like; of two that fit a column, the one in whose order its rows are."""
EXAMPLE = "1981-01-31, 1981-01 or 1981-01-31 12:00"


class Step(NamedTuple):
    """From one time to the next: so many months, and so much besides."""

    months: int
    rest: timedelta

    def __str__(self) -> str:
        if self.months:
            return plural(self.months, "month")
        seconds = int(self.rest.total_seconds())
        for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
            if seconds % size == 0:
                return plural(seconds // size, unit)
        return plural(seconds, "second")


def date_format(texts: Sequence[str]) -> str | None:
    """The format that most of a column's texts have, and of several such the one with fewest dates out of order.

    Returns:
        None where the first text is no date.
    """
    fitting = [form for form in FORMATS if parsed(texts[0], form)]

    def unfit(form: str) -> tuple[int, int]:
        times = [parsed(text, form) for text in texts]
        dates = [time for time in times if time]
        return len(times) - len(dates), sum(later <= earlier for earlier, later in pairwise(dates))

    return min(fitting, key=unfit) if len(fitting) > 1 else next(iter(fitting), None)


def parsed(text: str, form: str) -> datetime | None:
    """A date of a format; None where it is none."""
    try:
        return datetime.strptime(text.strip(), form)
    except ValueError:
        return None


def disorder(times: Sequence[datetime | float], texts: Sequence[str]) -> tuple[int, str] | None:
    """The first time that is not after the one before it: its place, and what is wrong; None where there is none."""
    for place, (earlier, later) in enumerate(pairwise(times), start=1):
        if later <= earlier:  # type: ignore[operator]  # all are of one type
            if later == earlier:
                return place, f"{texts[place]} stands twice in a row; delete one, or is this another series?"
            return place, f"{texts[place]} follows {texts[place - 1]}; sort the rows by time, the earliest first"
    return None


def unequal_steps(times: Sequence[datetime]) -> tuple[int, int, Step, Step] | None:
    """Where times are not one step apart.

    Returns:
        How many steps are another than the most frequent one, the place of the time before the first of them, that
        step and the most frequent one; None where all are equal.
    """
    steps = list(_steps(times))
    if len(set(steps)) < 2:
        return None
    usual = Counter(steps).most_common(1)[0][0]
    places = [place for place, step in enumerate(steps) if step != usual]
    return len(places), places[0], steps[places[0]], usual


def _steps(times: Sequence[datetime]) -> Iterator[Step]:
    """Whole months where all times stand at one place of their month, such as its first day or its last."""
    monthly = len(set(map(_place_in_month, times))) == 1
    for earlier, later in pairwise(times):
        months = (later.year - earlier.year) * 12 + later.month - earlier.month
        yield Step(months, timedelta()) if monthly else Step(0, later - earlier)


def _place_in_month(time: datetime) -> object:
    is_last = (time + timedelta(days=1)).month != time.month
    return "last" if is_last else time.day, time.time()
