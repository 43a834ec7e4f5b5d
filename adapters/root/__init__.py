"""ROOT files."""
