"""Population register and residence-permit system (公安人口库、居住证系统), both the police's."""
