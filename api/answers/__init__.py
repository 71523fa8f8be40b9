"""The shapes of what the service answers; with them its description names and types every key."""
