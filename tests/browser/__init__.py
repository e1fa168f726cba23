"""What people see, in Debian's Chromium, against the city as ``make run`` serves it.

1. ``served.py`` starts the real server in a process of its own, and can kill it.
2. ``push_service.py`` plays the browser maker's push service, so that a real subscription is made
   and a real message is decrypted, without the internet.
3. ``people.py`` speaks of pages by what stands on them; ``story.py`` brings the city to a point
   worth looking at.
4. ``looking.py`` finds what is inaccessible; ``lighthouse.py`` measures; ``figures.py`` prints.
5. ``screens.py`` takes the pictures.
"""
