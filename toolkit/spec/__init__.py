"""The spec language as plain data: its definition, loading, sweep expansion and identity."""
