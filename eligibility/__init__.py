"""Eligibility screening for clinical trials: criteria as data, three truth values, every answer explained."""
