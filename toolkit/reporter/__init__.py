"""From stored runs to a report folder: frames, statistics, tables, figures and pages. Never Keras."""
