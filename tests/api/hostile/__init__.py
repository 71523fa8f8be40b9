"""The whole API against what nobody should send; routes are read from its own list."""
