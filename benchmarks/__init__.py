"""What the full stack costs above the bare handler that does the same SQL (``make bench``).

1. ``people.py`` fills a city through HTTP: residents with everything a register knows, cases that
   wait for a clerk, and what they are about to ask (``asks.py``).
2. ``recorder.py`` answers every ask once and writes down the SQL, its parameters and the answer.
3. ``bare.py`` is the other subject: Starlette and the raw driver (asyncpg, aiosqlite), the very
   same statements on a copy of the same database, the same answer's bytes. No sign-in, no rules.
4. ``servers.py`` starts both on the first core; ``driver.py`` asks from the second, in turns.
5. ``meter.py`` reads CPU time of the processes; the verdict is on ratios (``budgets.toml``).
"""
