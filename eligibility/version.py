"""The version of the engine, as it is written into every answer."""

ENGINE_VERSION = "0.1.0"
