"""A run over a table: its folder, its checkpoints, what it refuses, what it makes at the end."""
