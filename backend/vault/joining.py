"""What of a space follows when two accounts of one person become one (账号合并)."""

HELD = ("vault_document",)
"""Tables whose rows go over. Facts follow by themselves (``library.joining``)."""
