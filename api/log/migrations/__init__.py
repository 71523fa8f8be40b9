"""How the tables of the screening log came to be, step by step, for Alembic."""
