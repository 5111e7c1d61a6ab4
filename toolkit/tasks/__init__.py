"""What is predicted from sequences, and the numbers that are reported of it: a file a task, found by its name."""
