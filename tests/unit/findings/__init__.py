"""Findings read from small records, one module per clinical topic."""
