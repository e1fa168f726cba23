"""Numbered migrations of the backend's tables, written by `cli makemigrations`."""
