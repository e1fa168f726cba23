"""The few HTML pages the sandboxes show to people: one look, no inline script or style."""

from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Route

LOOK = Path(__file__).with_name("look")
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_TYPES = {".css": "text/css", ".js": "text/javascript"}


def page(request: Request, title: str, body: str, *, home: bool = False) -> HTMLResponse:
    """A whole page; ``body`` is HTML whose foreign text is already escaped."""
    root = escape(request.scope.get("root_path", ""))
    up = "" if home else f'<nav><a href="{root}/../">← 全部演示系统</a></nav>'
    return HTMLResponse(
        f"""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
<link rel="stylesheet" href="{root}/look.css">
<script src="{root}/live.js" defer></script></head>
<body>{up}<main><h1>{escape(title)}</h1>
{body}
</main></body></html>""",
        headers={
            "Content-Security-Policy": POLICY,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        },
    )


def assets() -> list[BaseRoute]:
    """Routes of the style sheet and the script that a page links to."""

    async def serve(request: Request) -> Response:
        file = LOOK / request.url.path.rpartition("/")[2]
        return FileResponse(file, media_type=_TYPES[file.suffix])

    return [Route("/look.css", serve), Route("/live.js", serve)]
