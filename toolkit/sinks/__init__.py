"""Where stored runs are handed on to: other tools for experiments, each an optional extra."""
