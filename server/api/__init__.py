"""The HTTP adapter: JSON to operations and back."""
