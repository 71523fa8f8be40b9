"""The HTTP service: every route, every shape of error, and what must never come back."""
