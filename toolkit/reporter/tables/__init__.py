"""The tables of a report, and the captions of all that it shows."""
