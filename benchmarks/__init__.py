"""What the performance figures come from. Each is a command; docs say what it gave where."""
