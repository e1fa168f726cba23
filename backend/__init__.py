"""Yimen (一门): the city's one door.

A request walks through the houses in this order:

1. ``app.py`` holds the whole route table and hands the request to one endpoint of ``api.py``.
2. ``api.py`` checks the shape of what came in and calls one verb of ``usecases.py``.
3. ``usecases.py`` owns the transaction: it asks ``rules.py`` (pure) and writes by ``models.py``.
4. What must leave the building (a notice, a look-up in a register) is put into the outbox
   in the same transaction, and ``worker.py`` carries it out after the commit.

Houses import downwards only; the order stands in ``pyproject.toml``, and ``make test`` checks it.
"""
