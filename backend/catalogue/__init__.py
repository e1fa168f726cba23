"""The catalogue (目录): what the city offers and what it asks for."""
