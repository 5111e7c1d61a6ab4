"""The commands `run-spec` and `python -m toolkit`."""

import os
import signal


def main() -> None:
    """Run the command line; an interrupt while it is imported ends it at once."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))  # nothing has begun yet; toolkit.cli answers later on
    from toolkit.cli import main  # noqa: PLC0415  see above

    main()


if __name__ == "__main__":
    main()
