"""The evaluators, one at a time."""
