"""What a run that opens two thousand cities does once instead (loaded by ``tests/conftest.py``).

Tortoise works out anew at every start which of its 15,000 filters a dialect writes in its own way.
The answer hangs on the model and on the dialect alone.
"""

from typing import Any
from weakref import WeakKeyDictionary

from tortoise.models import MetaInfo

_found: WeakKeyDictionary[type, dict[type, dict[str, Any]]] = WeakKeyDictionary()
_work_out = MetaInfo._generate_filters


def _remembered(self: MetaInfo) -> None:
    known = _found.setdefault(self._model, {})
    dialect = self.db.executor_class
    if dialect in known and known[dialect].keys() >= self._filters.keys():
        self.filters = dict(known[dialect])
    else:
        _work_out(self)
        known[dialect] = dict(self.filters)


MetaInfo._generate_filters = _remembered  # type: ignore[method-assign]
