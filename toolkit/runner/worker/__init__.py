"""Where runs are trained: what a process keeps, and one run from its first leg to its record."""
