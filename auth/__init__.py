"""Unified identity (统一身份认证): who is at the door, on every channel.

1. A person registers with ID number and name, which the population register confirms, and a
   code sent to the phone.
2. A session is opened; its token lives in a cookie (browser) or a bearer header (mini-program).
3. The backend asks one thing only, through ``auth.client``: who is this?
4. A WeChat account may be linked to the person, so that every channel meets the same person.
"""
