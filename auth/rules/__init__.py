"""What the identity house decides without asking anybody: pure functions."""
