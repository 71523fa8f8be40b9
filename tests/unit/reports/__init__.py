"""Tests of reports: screenings in, what people carry away out."""
