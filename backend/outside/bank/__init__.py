"""The bank-card network's identity check (银行卡四要素核验)."""
