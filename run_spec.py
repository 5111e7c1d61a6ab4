"""Train what a YAML spec declares and write its report: python run_spec.py specs/quickstart.yaml."""

from toolkit.__main__ import main

if __name__ == "__main__":
    main()
