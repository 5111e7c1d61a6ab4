"""Reading tables row by row: a format a file, each row with its place."""
