"""What comes in by the API, by what it is about."""
