"""Train what a YAML spec declares and write its report: python run_spec.py specs/quickstart.yaml."""

from toolkit.cli import main

if __name__ == "__main__":
    main()
