"""The routes of the service, one module per topic; `api/app.py` puts them together."""
