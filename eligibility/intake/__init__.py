"""Foreign tables and documents in; records or rejected rows out."""
