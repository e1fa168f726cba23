"""Unified identity (统一身份认证): who is at the door, on every channel.

1. A phone answers for itself with a code (``usecases/codes.py``): sent to anybody, good once.
2. A person registers with ID number and name (``register.py``); police, operator and social
   insurance make that a real name, a face or a window more (``rules/assurance.py`` is the table,
   ``raising.py``, ``faces.py`` and ``counter.py`` the ways). One account per document and number,
   and another phone cannot take it over.
3. Signing in (``sign_in.py``), by code, password or WeChat, opens a session (``sessions.py``):
   a cookie for browsers, a bearer header for the mini-program, ended everywhere at once.
4. A WeChat account may be tied to the person (``links.py``), so that every channel meets the same
   person. Staff have a list and a door of their own.
5. Departments' own systems sign people in through the OpenID Provider (``usecases/provider``): each
   knows a person by another name, and gets what the person agreed to give it.
6. One device vouches for another: a phone for a screen (``scans.py``), WeChat for the browser
   (``onward.py``), the phone for whoever stands at a window (``window.py``). What the other side
   asks is answered on the phone (``prompts.py``); whatever works once goes by ``once.py``.
7. Somebody may act for another, a person or a company (``acting.py``, ``representing.py``,
   ``wards.py``, ``companies.py``): a register or both sides have said so, for a time, and it is
   over the moment either side ends it.
8. The backend asks one thing only, through ``auth.client``: who is this?
"""
