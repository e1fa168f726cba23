"""WeChat (微信): the official account (公众号) and the mini-program (小程序) of the city.

1. ``client.py`` calls the platform; one access token serves all processes (``outside/tokens.py``).
2. ``crypto.py`` is the only file that knows wechatpy: signatures, safe mode, replies.
3. ``sandbox/`` plays the platform: its HTTP interface, and phones to look and type on.
"""
