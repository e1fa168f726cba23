"""The demo person of these tests (示例人物), and what only she can tell the form."""

from dataclasses import dataclass

from tests.miniprogram.conftest import Phone

PERMIT = "居住证申领"


@dataclass(frozen=True)
class Person:
    name: str
    masked: str
    id_number: str
    phone: str


AYGUL = Person("阿依古丽·买买提江·努尔艾力", "阿*力", "650102198809010242", "19900000003")


def fill_permit(phone: Phone) -> None:
    """Answer everything that the registers do not know, and hand in the papers."""
    phone.pick_date("从何时住起", "2026-01-01")
    phone.tap_text("租房")
    phone.write("房东姓名，必填", "何伯")
    phone.write("房东电话，必填", "13800138000")
    for paper in ("证件照", "租赁合同"):
        phone.upload(f"为{paper}拍照或选照片", f"{paper}.png")
        phone.say("已备好")
    phone.visible(phone.page.get_by_text("我保证所填")).tap()
