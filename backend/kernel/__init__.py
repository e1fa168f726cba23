"""The ground every house stands on. It knows nothing of services, persons or cases.

1. ``settings`` reads the environment once and refuses to start on a wrong or missing key.
2. ``parts`` opens what the settings name: database, cache, blobs, keys, outgoing HTTP.
3. ``web`` turns a table of routes into an ASGI application and an OpenAPI description.
4. ``db`` runs SQL in transactions; ``outbox`` keeps what must leave the building after the commit.
5. ``privacy`` seals what may not be read by a stranger holding the disk.
6. ``errors`` is the one shape of "no"; ``i18n`` gives it words; ``log`` never repeats them.
"""
