"""The immigration administration's check of entry-exit documents (出入境证件核验)."""
