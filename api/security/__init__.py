"""Who may do what: API keys, bearer tokens, roles, sites. Nothing here reads a request's body."""
