"""Real-estate register (不动产登记系统), kept by the registration centre."""
