"""Who is let in, how much may come, what goes out: everything before a route."""
