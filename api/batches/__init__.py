"""Tables that are sent to the service: kept under its data folder, each screened in a process of its own."""
