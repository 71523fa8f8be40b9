"""The service under faults: killed, left by its clients, while others post."""
