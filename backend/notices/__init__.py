"""Telling the person (通知): one notice, every channel they use, a receipt for each.

1. A house puts ``about_case`` into the same write as the change it tells of.
2. After the commit ``tell`` makes the notice (the inbox is always one of the channels) and one
   delivery for every device that allowed push and for the linked WeChat account.
3. ``send_webpush`` and ``send_wechat`` carry each delivery out and keep its receipt; a device
   that is gone is forgotten; WeChat's later report turns "sent" into "delivered".
4. The person sees notice and receipts; nobody has to trust that something was sent.

A push message crosses foreign servers, so it says that there is news, never what.
"""
