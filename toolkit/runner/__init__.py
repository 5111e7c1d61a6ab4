"""From run specifications to stored runs."""
