"""Real blogs for end-to-end tests: each in a folder of its own, on loopback, gone at the end."""
