"""The demo person of these tests (示例人物), and what only she can tell the form."""

from playwright.sync_api import expect

from tests.miniprogram.conftest import Phone
from tests.miniprogram.platform import Person

PERMIT = "居住证申领"
PERMIT_CODE = "residence-permit"
AYGUL = Person("阿依古丽·买买提江·努尔艾力", "阿*力", "650102198809010242", "19900000003")
WANQING = Person("欧阳婉清", "欧**清", "440604200111200264", "19900000004")


def fill_permit(phone: Phone) -> None:
    """Answer everything that the registers do not know, and hand in the papers."""
    for answer in ("租房", "务工就业"):
        phone.tap_text(answer)
    phone.write("房东姓名，必填", "何伯")
    phone.write("房东电话，必填", "13800138000")
    phone.tap_text("否")
    phone.tap_text("只要电子证照")
    for paper in ("近期免冠证件照", "房屋租赁合同"):
        phone.upload(f"为{paper}拍照或选照片", f"{paper}.png")
        remove = phone.page.get_by_role("button", name=f"移除{paper}")
        expect(phone.visible(remove)).to_be_visible()
    for words in ("我保证所填", "我同意为办理"):
        phone.visible(phone.page.get_by_text(words)).tap()
