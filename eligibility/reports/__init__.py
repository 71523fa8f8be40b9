"""Screenings in; what people carry away out."""
