"""Channels where the person speaks first (渠道): the WeChat official account (公众号).

1. WeChat posts a message to ``/wechat/official``; ``outside.wechat.crypto`` checks and opens it.
2. A message that was answered in the last minutes gets the very same answer: WeChat repeats what
   it believes unheard, and a replayed request finds nothing new to do.
3. ``rules`` says what the person wants; ``usecases`` asks the houses as the PWA would.
4. WeChat waits 5 seconds. When we would be later, it gets an empty answer and the person a word
   to open the page instead.
"""
