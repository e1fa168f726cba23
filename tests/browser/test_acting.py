"""Acting for somebody else on the screen: whose matter it is, is seen on every page."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, expect

from tests.browser.citizen import Citizen
from tests.browser.looking import inaccessible, overflow
from tests.browser.officer import Officer
from tests.browser.people import DESK, PHONE
from tests.browser.served import ServedCity
from tests.browser.story import Caller, Resident
from tests.browser.test_keyboard import tab_to
from tests.city import ELDER, GRADUATE, TOUR, demo_person

CARD, HIRING = "social-security-card", "employment-registration"
AYGUL, HUSBAND, OWNER = "19900000003", "19900000011", "19900000012"
FATHER, DAUGHTER = ELDER, "19900000015"
PAIR = (GRADUATE, "19900000014")
COMPANY, USCC = "佛山市顺德区容桂精密机械有限公司", "91440606752890163A"
ADDRESS = "佛山市顺德区容桂街道科苑三路8号二楼东座"
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedCity]:
    with ServedCity(tmp_path_factory.mktemp("acting") / "city") as served:
        yield served
        assert served.errors() == []


@pytest.fixture
def browsers(browser: Browser) -> Iterator[list[BrowserContext]]:
    """Two people's browsers, and one at an office."""
    opened = [
        browser.new_context(
            viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce",
            service_workers="block",
        )
        for _ in range(3)
    ]  # fmt: skip
    yield opened
    for context in opened:
        context.close()


class Agent(Resident):
    """The same session as a browser's, for what takes long by hand."""

    def __init__(self, citizen: Citizen) -> None:
        Caller.__init__(self, citizen.city)
        for cookie in citizen.context.cookies():
            self.http.cookies.set(cookie.get("name", ""), cookie.get("value", ""))
        session = self.ask("GET", "/auth/session")
        self.http.headers["X-CSRF-Token"] = session["csrf_token"]
        self.http.headers["Yimen-Acting"] = session["acting"]["id"]
        self._wait_for_facts()


def strip(citizen: Citizen) -> Locator:
    """The line below the bar that says on whose behalf."""
    return citizen.page.get_by_role("region", name="办事身份")


def act_for_the_child(mother: Citizen, name: str) -> None:
    """替孩子办: look the children up, agree, begin."""
    mother.open("/space")
    mother.follow("替谁办，谁替我办")
    mother.press("查一查我的孩子")
    mother.press(f"替孩子办，{name}")
    mother.reads("需要您先同意")
    mother.page.get_by_role("checkbox", name="我是孩子的父亲或母亲").check()
    mother.press(f"替孩子办，{name}")
    mother.reads(f"您现在可以替{name}办事了")
    mother.press(f"替孩子办事，{name}")
    expect(strip(mother)).to_contain_text(name)


def test_a_mother_applies_for_her_child(city: ServedCity, browsers: list[BrowserContext]) -> None:
    mother = Citizen(browsers[0], city, TOUR)
    mother.register()
    act_for_the_child(mother, "陈*怡")
    expect(strip(mother)).to_contain_text("正在替陈*怡您的孩子")
    Agent(mother)  # the child's registers are read by now

    # the form is the child's, the agent's papers are there already
    mother.open(f"/items/{CARD}/apply")
    assert mother.prefilled()[0] >= 10
    mother.reads("陈乐怡")
    rest = {
        "现居住地址": "佛山市禅城区季华五路32号7座1504房", "申领原因": "首次申领",
        "发卡银行": "农商银行", "领取方式": "只要电子证照",
    }  # fmt: skip
    mother.fill_the_rest(rest)
    mother.next_step("上传材料")
    mother.upload_missing_papers()
    mother.next_step("核对并提交")
    mother.declare_and_submit()
    mother.reads("由 梁*欣（监护人）代办")

    for path in ("/", "/items", "/cases", "/space", "/notices"):  # on every page
        mother.open(path)
        expect(strip(mother)).to_contain_text("陈*怡")
        assert overflow(mother.page) <= 0
    mother.open("/space/settings")  # … and her own account says that it is hers
    expect(strip(mother)).to_contain_text("这一页是您本人的账号")
    assert inaccessible(mother.page) == []
    mother.press("回到本人")
    expect(strip(mother)).to_have_count(0)
    mother.open("/cases")
    mother.reads("还没有办件")

    # a new sign-in asks whose matter it is; answered by keyboard
    mother.context.clear_cookies()
    mother.open("/sign-in?next=/cases")
    mother.sign_in_here()
    mother.heading("这次替谁办事？")
    assert inaccessible(mother.page) == []
    tab_to(mother.page, "陈*怡")
    mother.page.keyboard.press("Enter")
    expect(mother.page).to_have_url(f"{city.address}/cases")
    mother.reads("由 梁*欣（监护人）代办")
    assert mother.complaints == []


def test_two_pages_never_mix_two_people(city: ServedCity, browsers: list[BrowserContext]) -> None:
    mother = Citizen(browsers[0], city, AYGUL)
    mother.register()
    act_for_the_child(mother, "努*江")
    mother.open(f"/items/{CARD}/apply")
    mother.answer("现居住地址", "石肯一路9号")
    mother.reads("已保存，换台设备也能接着填")

    # on another page she goes back to herself; this one does not follow by itself
    other = Citizen(browsers[0], city, AYGUL, browsers[0].new_page())
    other.open("/")
    other.press("切换办事身份")
    other.page.get_by_role("dialog").get_by_role("button", name="为自己办").click()
    expect(strip(other)).to_have_count(0)
    mother.answer("现居住地址", "石肯一路9号3座")
    mother.heading("您在别的页面换了身份")
    assert inaccessible(mother.page) == []
    mother.press("接着替努*江办")
    mother.reads("已保存，换台设备也能接着填")
    field = mother.page.get_by_label("现居住地址")
    expect(field).to_have_value("石肯一路9号3座")

    # once more, and now she changes over: hers is empty, the child's waits
    other.open("/")
    other.press("回到本人")
    expect(strip(other)).to_have_count(0)
    mother.answer("现居住地址", "石肯一路9号3座501房")
    mother.heading("您在别的页面换了身份")
    mother.press("换过去")
    expect(strip(mother)).to_have_count(0)
    mother.prefilled()
    expect(mother.page.get_by_text("石肯一路")).to_have_count(0)
    mother.page.evaluate("localStorage.setItem('yimen.scale', '1.4')")
    mother.open("/")  # in large letters, the door to it is on the home page
    mother.follow("家人代办")
    mother.press("替孩子办事，努*江")
    expect(strip(mother)).to_contain_text("努*江")
    mother.open(f"/items/{CARD}/apply")
    expect(field).to_have_value("石肯一路9号3座501房")
    assert mother.complaints == other.complaints == []


def invite(owner: Citizen, name: str, phone: str) -> None:
    """邀请经办人, on the page of the company's people."""
    owner.follow("邀请经办人")
    owner.press("发出邀请")
    expect(owner.page.get_by_label("对方的姓名")).to_be_focused()  # what is missing is said first
    owner.write("对方的姓名", name)
    owner.write("对方的手机号码", phone)
    owner.press("发出邀请")
    owner.reads(f"已经发出。{name}登录后点“同意”")


def accept(agent: Citizen) -> None:
    """Agree to what waits, and act for the company."""
    agent.open("/space/acting")
    agent.heading(f"{COMPANY}想请您代表单位办事")
    agent.press("同意")
    agent.reads(f"您现在可以替{COMPANY}办事了")
    agent.press(f"代表单位办事，{COMPANY}")
    expect(strip(agent)).to_contain_text(COMPANY)


def test_an_agent_is_invited_applies_and_is_revoked_in_the_middle(
    city: ServedCity, browsers: list[BrowserContext]
) -> None:
    owner, agent = Citizen(browsers[0], city, OWNER), Citizen(browsers[1], city, HUSBAND)
    owner.register()
    owner.open(f"/items/{HIRING}")  # for companies, and says so
    owner.reads("这件事由单位来办")
    owner.press("代表单位办")
    owner.follow("登记单位")
    owner.press("核对并登记")
    owner.reads("请核对统一社会信用代码")
    owner.write("统一社会信用代码", USCC)
    owner.press("核对并登记")
    owner.reads(f"{COMPANY}已经登记")
    owner.follow(f"管理经办人，{COMPANY}")
    invite(owner, "陈志强", HUSBAND)

    agent.register()
    accept(agent)
    number = Agent(agent).submit(HIRING)
    agent.open(f"/cases/{number}")
    agent.reads("由 陈*强（单位经办人）代办")
    officer = Officer(browsers[2], city, "clerk.rs")  # knows whom to call
    officer.page.set_viewport_size(DESK)
    officer.sign_in()
    officer.open_case(number)
    officer.reads("代办人（单位经办人）")
    officer.reads("199 0000 0011")
    officer.reads(USCC)
    assert inaccessible(officer.page) == officer.complaints == []

    agent.open(f"/items/{HIRING}/apply")
    agent.answer("实际经营地址", ADDRESS[:-2])
    agent.reads("已保存，换台设备也能接着填")
    owner.page.reload()
    owner.press("收回，陈*强")
    owner.page.get_by_role("dialog").get_by_role("button", name="收回").click()
    owner.reads("马上不能再代表单位办事")

    agent.answer("实际经营地址", ADDRESS)
    agent.heading(f"您现在不能替{COMPANY}办事了")
    assert inaccessible(agent.page) == []
    agent.press("先看看这一页")
    field = agent.page.get_by_label("实际经营地址")
    expect(field).to_have_value(ADDRESS)
    agent.reads("现在不能替对方保存，内容先存在这台设备上")
    agent.press("回到本人")
    agent.reads("这件事由单位来办")

    # named again, the agent finds what was typed after the end, to the last word
    invite(owner, "陈志强", HUSBAND)
    accept(agent)
    agent.open(f"/items/{HIRING}/apply")
    expect(field).to_have_value(ADDRESS)
    assert owner.complaints == agent.complaints == []


def test_who_has_no_phone_signs_at_the_window(
    city: ServedCity, browsers: list[BrowserContext]
) -> None:
    """By the clerk's keyboard: both cards, the signature, and the daughter may act."""
    father, daughter = demo_person(FATHER), Resident(city, DAUGHTER).who
    clerk = Officer(browsers[0], city, "clerk.rs")
    clerk.page.set_viewport_size(DESK)
    clerk.sign_in()
    clerk.follow("亮码认人")
    clerk.follow("办理亲友代办")
    clerk.heading("办理亲友代办")
    clerk.press("核验两张身份证")
    expect(clerk.page.locator("[aria-invalid=true]")).to_have_count(4)
    expect(clerk.page.locator("[aria-invalid=true]:focus")).to_have_count(1)
    for whose, who in (("被代办人", father), ("代办人", daughter)):
        card = clerk.page.get_by_role("group", name=re.compile(f"^{whose}"))
        card.get_by_label("姓名").fill(who["name"])
        card.get_by_label("身份证号码").fill(who["id_number"])
    assert inaccessible(clerk.page) == []
    clerk.page.keyboard.press("Enter")
    clerk.heading(f"证件核验一致：由{daughter['name']}代{father['name']}办事")
    clerk.press("请同事复核")
    clerk.reads("需要本人签字后才能办理")
    clerk.page.get_by_role("checkbox", name=f"{father['name']}已经当面在授权书上签字").check()
    assert inaccessible(clerk.page) == []
    clerk.press("请同事复核")
    clerk.reads("等另一位工作人员复核")
    # nothing would tell who has no phone, so a colleague looks as well
    colleague = Officer(browsers[1], city, "chief.rs")
    colleague.page.set_viewport_size(DESK)
    colleague.sign_in()
    colleague.open("/staff/accounts")
    colleague.heading("亲友代办（本人没有手机）")
    assert inaccessible(colleague.page) == []
    colleague.press("同意")
    colleague.reads("已办好，代办人现在可以代他办事了")

    # card in hand, the father takes it back at once
    clerk.write("被代办人姓名", father["name"])
    clerk.write("被代办人身份证号码", father["id_number"])
    clerk.press("收回")
    clerk.reads("已经收回：李*源不能再代办")
    assert inaccessible(clerk.page) == []
    assert clerk.complaints == []


def test_two_grown_ups_agree_and_each_may_end_it(
    city: ServedCity, browsers: list[BrowserContext]
) -> None:
    """Asked and declined, invited and agreed, ended: every time both phones say so."""
    young, other = (Citizen(one, city, phone) for one, phone in zip(browsers, PAIR, strict=False))
    for one in (young, other):
        one.context.add_cookies(Resident(city, one.phone).cookies)  # type: ignore[arg-type]

    _propose(young, "我想替家人办", "发给对方确认", other, "父母")
    other.open("/space/acting")
    other.heading(re.compile("想替您办事$"))
    other.reads("所有的事")
    assert inaccessible(other.page) == []
    other.press("不同意")
    other.reads(re.compile("您没有同意"))
    young.open("/space/acting")
    young.reads("您还没有替别人办事。")

    _propose(other, "请家人替我办", "发出邀请", young, "子女")
    other.reads("等对方同意")
    young.open("/space/acting")
    young.heading(re.compile("想请您帮忙代办$"))
    young.press("同意")
    young.reads(re.compile("您现在可以替.+办事了"))
    young.press(re.compile("^替对方办事"))
    expect(strip(young)).to_contain_text("正在替")

    other.open("/space/acting")
    other.reads("双方在网上同意")
    other.press(re.compile("^收回"))
    sure = other.page.get_by_role("dialog", name="不让对方替您办了？")
    sure.get_by_role("button", name="收回").click()
    other.reads(re.compile("^已经结束。.+马上生效。$"))
    other.reads("现在没有人替您办事。")
    young.page.goto(f"{city.address}/cases")  # the next page that she opens is not the other's
    young.heading(re.compile("^您现在不能替.+办事了$"))
    young.page.get_by_role("dialog").get_by_role("button", name="回到本人").click()
    expect(strip(young)).to_have_count(0)
    young.reads("还没有办件")
    assert young.complaints == other.complaints == []


def _propose(citizen: Citizen, way: str, send: str, to: Citizen, relation: str) -> None:
    """Name the other one and how they are related; the words that say it was sent."""
    citizen.open("/space/acting")
    citizen.follow(way)
    citizen.page.get_by_text(relation, exact=True).click()
    citizen.write("对方的姓名", to.who["name"])
    citizen.write("对方的手机号码", to.phone)
    citizen.press(send)
    citizen.reads(re.compile("^已经发出。.+点“同意”"))
