"""The toolkit's speed beside its peers' and the machine's, and how its cost grows.

make bench

writes benchmarks/results.json and the tables of README.md and docs/speed.md, and prints these, in about 14 minutes.
PyTorch is measured where it is installed. Other work on the machine spoils it.
"""

import os

if __name__ == "__main__":
    from measurements import main  # the processes that are timed import this file, and nothing that they do not need

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main()
