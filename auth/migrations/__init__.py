"""Numbered migrations of the identity house."""
