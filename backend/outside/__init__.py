"""Outside systems (外部系统): everything Yimen asks of, or sends to, somebody else's computer.

1. Each system has a folder: ``client.py`` speaks its protocol over HTTP, ``sandbox.py`` plays the
   other side over the same wire (the virus scanner's is a socket). Nothing above this house
   knows which of the two it talks to.
2. A client gets its ``httpx2.AsyncClient`` from whoever builds it, keeps no global state, gives
   every call one deadline, and turns every failure into one exception: ``wire.Down``.
3. A client answers in the register's own words (``PersonRecord.hyzkdm``); its pure function
   ``facts_from(record)`` says the same in the city's data elements (``marital_status``).
4. A sandbox lists its magic identities at the top of its file: ask about one of them and it hangs,
   falls, stammers or refuses. ``demo_people.yaml`` holds everyone else.
5. ``sandboxes.py`` puts all sandboxes under ``/sandbox/`` and hands out in-process transports.
"""
