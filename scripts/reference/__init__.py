"""What generate_reference.py writes: one module per sort of page."""
