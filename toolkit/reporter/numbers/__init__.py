"""The numbers of a report: frames, means over seeds with their intervals, and which settings can be told apart."""
