"""Social insurance system (社会保险系统), kept by the social-insurance fund administration."""
