"""Text messages (短信): a gateway that renders approved templates and sends them."""
