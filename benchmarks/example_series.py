"""The series of the examples: made up, free for any use, and always the same.

    python benchmarks/example_series.py

writes to specs/data `visitors.csv`, the visitors of a beach and its temperature in 240 months, and `waves.csv`, 90
short waves of three shapes. Of the standard library's generator only `random()` is used: its sequence is promised for
every version and platform.
"""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

FOLDER = Path(__file__).parents[1] / "specs" / "data"
SHAPES: dict[str, Callable[[float], float]] = {
    "saw": lambda turn: 2 * turn - 1,
    "sine": lambda turn: math.sin(2 * math.pi * turn),
    "square": lambda turn: 1 if turn < 0.5 else -1,
}
"""The shapes of waves: from the place in a period, 0 to 1, to the height, -1 to 1."""


def visitors(seed: int = 1, months: int = 240) -> Iterator[str]:
    """A line a month: more people come each year, in warm months, and after months in which many came."""
    random, warmth, fashion = Random(seed).random, 0.0, 0.0
    yield "month,temperature,visitors"
    for month in range(months):
        warmth = 0.5 * warmth + 2 * noise(random)
        fashion = 0.7 * fashion + 40 * noise(random)
        temperature = 13 - 9 * math.cos(2 * math.pi * month / 12) + warmth
        count = max(0.0, 300 + 1.5 * month + 30 * max(0.0, temperature - 8) + fashion)
        yield f"{1990 + month // 12}-{1 + month % 12:02},{temperature:.1f},{count:.0f}"


def waves(seed: int = 2, count: int = 90) -> Iterator[str]:
    """A line a step: waves of each shape in turn, each with its own length, period, phase and height, and noise."""
    random = Random(seed).random
    yield "wave,shape,period,height"
    for wave in range(count):
        shape = list(SHAPES)[wave % len(SHAPES)]
        steps, period = 24 + int(17 * random()), 6 + int(7 * random())
        phase, height = random(), 0.5 + random()
        for step in range(steps):
            value = height * SHAPES[shape]((step / period + phase) % 1) + 0.1 * noise(random)
            yield f"{wave + 1},{shape},{period},{value:.2f}"


def noise(random: Callable[[], float]) -> float:
    """About a standard normal number: the sum of twelve uniform ones, less its mean."""
    return sum(random() for _ in range(12)) - 6


def files() -> dict[str, str]:
    """The content of each file by its name."""
    lines = {"visitors.csv": visitors(), "waves.csv": waves()}
    return {name: "\n".join(each) + "\n" for name, each in lines.items()}


if __name__ == "__main__":
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
