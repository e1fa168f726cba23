"""Web Push (网页推送): notices to browsers through their makers' push services.

1. A browser subscribes with our public key and hands us an address and two keys.
2. ``endpoint.py`` lets only addresses of known push services in, so that nobody makes the city's
   servers knock at doors inside its own network.
3. ``encryption.py`` seals a message for that browser alone (RFC 8291) and signs who sends it
   (RFC 8292); ``client.py`` posts it.
"""
