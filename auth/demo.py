"""The demo city's staff (演示工作人员): every role at every office, one password for all."""

from typing import Any

PASSWORD = "Yimen-demo-2026"

DEPARTMENTS = {
    "ga": ("GA", "佛山市公安局"),
    "rs": ("RS", "佛山市人力资源和社会保障局"),
    "jy": ("JY", "佛山市教育局"),
    "gjj": ("GJJ", "佛山市住房公积金管理中心"),
    "bdc": ("BDC", "佛山市自然资源局（不动产登记中心）"),
}
ROLES = ("clerk", "reviewer", "approver")
_NAMES = {
    "clerk": "窗口小吴 窗口小何 窗口小冯 窗口小邓 窗口小谭",
    "reviewer": "审查员老郑 审查员老曾 审查员老彭 审查员老潘 审查员老罗",
    "approver": "科长林工 科长唐工 科长卢工 科长蔡工 科长邱工",
    "chief": "主任关工 主任区工 主任麦工 主任霍工 主任招工",
}


def staff() -> list[dict[str, Any]]:
    """Entries for ``load_staff``."""
    entries = [
        _entry(
            f"{post}.{office}",
            _NAMES[post].split()[place],
            DEPARTMENTS[office],
            ROLES if post == "chief" else (post,),
        )
        for place, office in enumerate(DEPARTMENTS)
        for post in _NAMES
    ]
    bureau = ("", "佛山市政务服务数据管理局")
    entries.append(_entry("supervisor", "督查员老温", bureau, ("supervisor",)))
    entries.append(_entry("admin", "管理员老简", bureau, ("administrator",)))
    entries.append(_entry("admin.second", "管理员小岑", bureau, ("administrator",)))
    fund = DEPARTMENTS["gjj"]
    entries.append(_entry("admin.gjj", "管理员小庞", fund, ("administrator",)))
    hall = {"district": "440605", "hall": "南海区行政服务中心"}
    entries.append(_entry("clerk.nanhai", "窗口小霍", fund, ("clerk",)) | hall)
    return entries


def _entry(
    login: str, name: str, department: tuple[str, str], roles: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "login": login,
        "name": name,
        "department": department[0],
        "department_name": department[1],
        "district": "",
        "hall": "",
        "roles": roles,
        "password": PASSWORD,
    }
