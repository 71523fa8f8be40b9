"""The service: screening over HTTP. It knows the library, never the other way round."""
