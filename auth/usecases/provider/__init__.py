"""The OpenID Provider for departments (统一身份对外认证), step by step.

1. A department's system is registered (``registry``) with its purpose, its addresses and the law
   behind what it asks for; ``clients`` proves at each call that it is that system.
2. It sends the person's browser to us (``authorizing``), in the high profile with a request that
   it pushed before. Whoever is signed in and has agreed already goes straight back.
3. Others see a screen: sign in, prove again, agree or refuse.
4. The code is exchanged once (``redeeming``) for tokens (``issuing``); a second try ends them.
5. Machines without a browser ask by a code to type (``devices``), windows by asking the person's
   phone (``asking``).
6. ``reading`` gives what was agreed to; ``leaving`` ends it everywhere when the person leaves.
"""
