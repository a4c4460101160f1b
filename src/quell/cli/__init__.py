"""The command line: the same powers as the API."""
