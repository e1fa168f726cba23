"""The few pages that stand for themselves: an address that is not proven gets no redirect."""

from html import escape

from backend.kernel import i18n
from backend.kernel.web import Call, Reply

STYLE = """:root{color-scheme:light dark;--ink:#1c2430;--paper:#f6f4ef;--card:#fff;--deep:#b3261e;
--line:#e2ddd2}@media(prefers-color-scheme:dark){:root{--ink:#eceff4;--paper:#12161c;--card:#1b212a;
--line:#333b47}}*{box-sizing:border-box}body{margin:0;background:var(--paper);
color:var(--ink);font:1.125rem/1.7 system-ui,"PingFang SC","Noto Sans SC",sans-serif}
main{max-width:34rem;margin:12vh auto;padding:2rem;background:var(--card);
border:1px solid var(--line);border-radius:1rem}h1{margin:0 0 .75rem;font-size:1.5rem;
line-height:1.35}p{margin:.75rem 0}a,button{display:inline-block;min-height:2.75rem;
padding:.5rem 0;font:inherit;cursor:pointer;color:inherit}button{padding:.5rem 1.5rem;border:0;
border-radius:.625rem;background:var(--deep);color:#fff}form{display:flex;gap:1.5rem;
flex-wrap:wrap;margin-top:1.25rem}:focus-visible{outline:3px solid #2f6fde;outline-offset:2px}
@media(max-width:40rem){main{margin:1rem;padding:1.5rem 1.25rem}}"""


async def page_style(call: Call) -> Reply:
    """The look of these pages."""
    headers = {"Cache-Control": "public, max-age=3600"}
    return Reply(STYLE.encode(), headers=headers, media_type="text/css")


def page(call: Call, code: str, *, status: int = 200, form: str = "") -> Reply:
    """A page by its code in the locale files (``pages``). ``form`` is HTML of our own."""
    title, text, home = (
        escape(i18n.text(f"pages.{path}", call.lang))
        for path in (f"{code}.title", f"{code}.text", "home")
    )
    end = form or f'<p><a href="/">{home}</a></p>'
    body = f"""<!doctype html>
<html lang="{call.lang}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><link rel="stylesheet" href="/auth/pages.css"></head>
<body><main><h1>{title}</h1><p>{text}</p>{end}</main></body></html>"""
    return Reply(body.encode(), status=status, media_type="text/html")
