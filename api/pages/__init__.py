"""The web pages of the service: rendered here, for people; they call what the API's routes call."""
