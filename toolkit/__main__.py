"""The commands `run-spec` and `python -m toolkit`."""

import os

from toolkit.collection import collect_seldom
from toolkit.interrupts import answer_interrupts


def main() -> None:
    """Run the command line; an interrupt while it is imported ends it at once."""
    answer_interrupts(lambda *_: os._exit(130))  # nothing has begun yet; toolkit.cli answers later on
    collect_seldom()
    from toolkit.cli import main  # noqa: PLC0415  see above

    main()


if __name__ == "__main__":
    main()
