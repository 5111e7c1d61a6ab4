"""The answer of a report, in sentences."""
