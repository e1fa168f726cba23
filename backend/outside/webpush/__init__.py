"""Web Push (网页推送): notices to browsers through their makers' push services."""
