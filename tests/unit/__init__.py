"""One module of the library at a time."""
