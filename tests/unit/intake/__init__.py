"""Tests of intake: tables and mappings in, records or rejected rows out."""
