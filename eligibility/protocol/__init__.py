"""Criteria as data: the model, the loader, the language and its lint."""
