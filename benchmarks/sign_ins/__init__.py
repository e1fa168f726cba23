"""What a sign-in costs (登录的代价), beside the bare cost of its cryptography and SQL.

``python -m benchmarks.sign_ins`` measures CPU time as ratios; ``… spike`` and ``… soak`` look at
the clock and at memory. ``ways.py`` is what people do, ``people.py`` who does it, ``walker.py``
asks, ``recording.py`` writes down what the product does for it, and ``benchmarks/bare.py`` does
just that and nothing else.
"""
