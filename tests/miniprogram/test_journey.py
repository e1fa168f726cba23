"""The citizen's way through the mini-program (办事全程)."""

from playwright.sync_api import expect

from tests.miniprogram.conftest import Phone, PhoneShop
from tests.miniprogram.people import AYGUL, PERMIT, fill_permit
from tests.miniprogram.platform import Platform


def test_from_home_to_an_answered_correction(phone: Phone, platform: Platform) -> None:
    page = phone.open()
    phone.say("大家常办")
    phone.tap("办事", "tab")
    phone.write("搜索事项", "居住证")
    phone.visible(page.get_by_role("link").filter(has_text=PERMIT)).tap()
    phone.say("要准备的材料")
    phone.tap("在线办理")

    phone.tap("首次注册", "tab")
    phone.write("姓名（与身份证一致）", AYGUL.name)
    phone.write("身份证号码", AYGUL.id_number)
    phone.write("手机号码", AYGUL.phone)
    phone.tap("获取验证码")
    phone.say("秒后可重新获取")
    phone.write("短信验证码", platform.sms_code(AYGUL.phone, "注册"))
    phone.tap("注册并登录")
    phone.say("请先阅读并勾选同意")
    phone.visible(page.get_by_text("我同意平台")).tap()
    phone.tap("注册并登录")

    phone.say("已帮您填好")
    phone.say(AYGUL.name)
    phone.say("来自公安人口库")
    fill_permit(phone)
    phone.say("已自动保存")
    phone.tap("提交申请")
    phone.say("提交成功")
    number = phone.case_number()
    phone.say("提交申请")

    platform.ask_correction(number, "field", "residence_address", "请写明几栋几单元")
    phone.tap("返回")
    phone.tap("返回")
    phone.tap("进度", "tab")
    phone.say("需要您补充材料或更正")
    phone.visible(page.get_by_role("link").filter(has_text=number)).tap()
    phone.say("请写明几栋几单元")
    phone.tap("现在去更正")
    phone.say("窗口请您更正 1 处")
    expect(page.get_by_label("手机号码").locator("visible=true")).to_have_count(0)
    phone.write("现居住地址，必填", "佛山市禅城区祖庙街道朝安路18号2栋3单元201房")
    phone.tap("提交更正")
    phone.say("提交成功")
    expect(page.get_by_text("请写明几栋几单元").locator("visible=true")).to_have_count(0)


def test_wechat_signs_in_by_itself_the_next_time(shop: PhoneShop, platform: Platform) -> None:
    platform.register(AYGUL)
    first = shop.phone(wechat="aygul")
    first.open("packages/account/sign-in/index")
    first.sign_in_by_code(AYGUL, platform)
    first.say(f"{AYGUL.masked}，您好")

    again = shop.phone(wechat="aygul")
    again.open()
    again.say(f"{AYGUL.masked}，您好")

    stranger = shop.phone(wechat="passer")
    stranger.open()
    stranger.say("登录后自动帮您填表")


def test_signing_out_clears_the_phone_and_stays_signed_out(
    phone: Phone, platform: Platform
) -> None:
    platform.register(AYGUL)
    page = phone.open("packages/account/sign-in/index")
    phone.sign_in(AYGUL)
    phone.tap("我的", "tab")
    phone.say(AYGUL.masked)
    phone.tap("退出登录")
    phone.tap("退出")
    phone.say("您还没有登录")
    kept = page.evaluate("Object.keys(localStorage)")
    assert kept == ["wx:yimen:signed-out"]
    phone.open()
    phone.say("登录后自动帮您填表")


def test_a_wrong_code_is_explained(phone: Phone, platform: Platform) -> None:
    platform.register(AYGUL)
    phone.open("packages/account/sign-in/index")
    phone.write("手机号码", AYGUL.phone)
    phone.tap("获取验证码")
    phone.say("秒后可重新获取")
    right = platform.sms_code(AYGUL.phone, "登录")
    phone.write("短信验证码", "000000" if right != "000000" else "111111")
    phone.tap("登录")
    phone.say("短信里的 6 位数字")


def test_wechat_without_an_answer_does_not_stop_the_sign_in(
    shop: PhoneShop, platform: Platform
) -> None:
    platform.register(AYGUL)
    phone = shop.phone(wechat=None)
    phone.open("packages/account/sign-in/index")
    phone.sign_in(AYGUL)
    phone.say(f"{AYGUL.masked}，您好")


def test_a_life_event_lists_its_items_in_order(phone: Phone) -> None:
    page = phone.open()
    phone.visible(page.get_by_role("link").filter(has_text="来佛山安家")).tap()
    phone.say("按顺序办这")
    phone.visible(page.get_by_role("link").filter(has_text=PERMIT)).tap()
    phone.say("办理步骤")


def test_a_paper_is_corrected_by_a_new_one(phone: Phone, platform: Platform) -> None:
    platform.register(AYGUL)
    page = phone.open("packages/account/sign-in/index?form=residence-permit")
    phone.sign_in(AYGUL)
    phone.say("已帮您填好")
    fill_permit(phone)
    phone.tap("提交申请")
    phone.say("提交成功")
    number = phone.case_number()
    platform.ask_correction(number, "material", "photo", "照片太暗，看不清脸")
    phone.open(f"packages/track/case/index?number={number}")
    phone.tap("现在去更正")
    phone.say("照片太暗，看不清脸")
    expect(page.get_by_role("button", name="使用近期免冠证件照")).to_have_count(0)
    phone.tap("提交更正")
    phone.say("请上传这份材料")
    phone.upload("为近期免冠证件照选文件", "近照.png")
    phone.say("近照.png")
    phone.tap("提交更正")
    phone.say("提交成功")
    phone.say("待预审")


def test_a_case_can_be_withdrawn(phone: Phone, platform: Platform) -> None:
    platform.register(AYGUL)
    phone.open("packages/account/sign-in/index?form=residence-permit")
    phone.sign_in(AYGUL)
    phone.say("已帮您填好")
    fill_permit(phone)
    phone.tap("提交申请")
    phone.say("提交成功")
    phone.tap("撤回申请")
    phone.tap("撤回")
    phone.say("已撤回")
