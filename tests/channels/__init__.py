"""For each channel, by its name: what its provider sends, written here in the documented shape."""
