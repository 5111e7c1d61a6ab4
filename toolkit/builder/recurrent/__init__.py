"""Recurrent layers: cells, and truncated back-propagation through time for any of them."""
