"""The criteria as data: their own worked examples, and every reading they can be switched to."""
