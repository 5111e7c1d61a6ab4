"""From specs to reports, step by step: what training, reporting and comparing share."""
