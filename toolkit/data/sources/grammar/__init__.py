"""The built-in grammar."""
