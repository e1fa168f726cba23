"""What a person calls the device they sign in on (设备名称), out of the browser's User-Agent.

Only what helps its owner to know it again: kind and program, no model, no version.
"""

_KINDS = (
    ("iPhone", "苹果手机"),
    ("iPad", "苹果平板"),
    ("OpenHarmony", "鸿蒙手机"),
    ("HarmonyOS", "鸿蒙手机"),
    ("Android", "安卓手机"),
    ("Windows", "电脑"),
    ("Macintosh", "苹果电脑"),
    ("Linux", "电脑"),
)
# The first that fits: every browser claims to be Safari, and most of them to be Chrome.
_PROGRAMS = (
    ("MicroMessenger", "微信"),
    ("AlipayClient", "支付宝"),
    ("HuaweiBrowser", "华为浏览器"),
    ("MiuiBrowser", "小米浏览器"),
    ("VivoBrowser", "vivo 浏览器"),
    ("HeyTapBrowser", "OPPO 浏览器"),
    ("MQQBrowser", "QQ 浏览器"),
    ("QQBrowser", "QQ 浏览器"),
    ("UCBrowser", "UC 浏览器"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def label(user_agent: str) -> str:
    """For instance ``安卓手机 · Chrome``; empty when nothing in it is known."""
    kind = next((name for mark, name in _KINDS if mark in user_agent), "")
    program = next((name for mark, name in _PROGRAMS if mark in user_agent), "")
    return " · ".join(part for part in (kind, program) if part)
