"""The mobile operators' identity check (运营商三要素核验)."""
