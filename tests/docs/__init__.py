"""Documents are complete and current, and their examples run."""
