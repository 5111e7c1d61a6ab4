"""Train what a YAML spec declares and write its report: python run_spec.py specs/quickstart.yaml."""

import os
import signal

if __name__ == "__main__":
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))  # nothing has begun yet; toolkit.cli answers later on
    from toolkit.cli import main

    main()
