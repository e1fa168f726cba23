"""The catalogue's answers as schemas: OpenAPI and the clients' types are made from them.

The answers themselves are bytes prepared by ``views``; ``test_api`` holds the two together.
"""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from backend.kernel import web


class Shape(web.Schema):
    """Texts are served as they were written."""

    model_config = ConfigDict(extra="forbid", str_max_length=100_000)


class Named(Shape):
    """A code and what it is called."""

    code: str
    name: str


class Condition(Shape):
    """One comparison, or a group of conditions (显示条件)."""

    field: str | None = None
    op: (
        Literal["eq", "ne", "in", "not_in", "present", "absent", "gt", "gte", "lt", "lte"] | None
    ) = None
    value: Any = None
    every: "list[Condition] | None" = Field(default=None, alias="all")
    some: "list[Condition] | None" = Field(default=None, alias="any")
    negated: "Condition | None" = Field(default=None, alias="not")


class Option(Shape):
    """One answer to choose."""

    value: str
    label: str


class FormField(Shape):
    """One field (表单项). ``decimals``: places of a number, by default 0 (money: 2)."""

    code: str
    element: str
    label: str
    type: Literal[
        "text", "textarea", "number", "money", "date", "month", "choice", "choices", "yes_no",
        "id_number", "phone", "region", "bank_card", "uscc",
    ]  # fmt: skip
    required: bool | Condition
    when: Condition | None
    options: list[Option] | None = None
    hint: str | None = None
    min: int | float | str | None = None
    max: int | float | str | None = None
    decimals: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    pattern_hint: str | None = None


class Repeat(Shape):
    """How many rows a repeated section takes."""

    min: int
    max: int
    row_name: str


class Section(Shape):
    """A part of a form; with ``repeat`` its fields come once per row of ``element``."""

    code: str
    title: str
    hint: str | None = None
    element: str | None = None
    when: Condition | None
    repeat: Repeat | None
    fields: list[FormField]


class Material(Shape):
    """A paper (材料); not needed when all facts of ``waived_by`` are known for sure."""

    code: str
    type: str
    name: str
    required: bool | Condition
    when: Condition | None
    copies: int
    source: str
    accept: list[str]
    max_bytes: int
    reusable: bool
    waived_by: list[str]
    standard: str


class Declaration(Shape):
    """What the applicant states (声明)."""

    code: str
    text: str


class Form(Shape):
    """The form of an item (表单)."""

    item: str
    version: int
    title: str
    sections: list[Section]
    materials: list[Material]
    declarations: list[Declaration]


class ItemCard(Shape):
    """An item in a list (事项卡片). ``promised_days`` are working days, 0 means at once."""

    code: str
    name: str
    summary: str
    department: Named
    audience: Literal["person", "legal_person"]
    online: bool
    visits: int
    promised_days: int
    fee: str
    icon: str


class ThemeCard(Shape):
    """A theme in a list (主题卡片)."""

    code: str
    name: str
    summary: str
    icon: str
    item_count: int


class ThemeItem(ItemCard):
    """An item of a theme, and why it is there."""

    why: str


class Theme(ThemeCard):
    """A life event (一件事)."""

    items: list[ThemeItem]


class OfficeCount(Named):
    """An office and how many items it offers."""

    item_count: int


class City(Shape):
    """The city."""

    name: str


class Home(Shape):
    """The first page."""

    city: City
    themes: list[ThemeCard]
    popular: list[ItemCard]
    departments: list[OfficeCount]


class Offices(Shape):
    """The city's offices and districts (GB/T 2260), for whoever has to choose one."""

    departments: list[Named]
    districts: list[Named]


class Items(Shape):
    """One page of items."""

    items: list[ItemCard]
    total: int
    next: str | None


class Law(Shape):
    """A legal basis (设定依据)."""

    title: str
    article: str
    text: str | None = None


class Step(Shape):
    """A step (办理流程) with its share of the promised working days."""

    name: str
    days: int
    who: str


class Result(Shape):
    """What comes out (办理结果)."""

    name: str
    kind: str
    sample: str


class Fee(Shape):
    """A fee with its standard and basis (收费)."""

    name: str
    standard: str
    basis: str


class Phones(Shape):
    """Telephones for advice and for complaints."""

    consult: str
    complain: str


class Question(Shape):
    """A question that people ask."""

    q: str
    a: str


class SpecialProcedure(Shape):
    """What stops the clock by law (特别程序); ``days`` are working days at most."""

    name: str
    days: int
    basis: str
    text: str


class Remedies(Shape):
    """Where to turn against a decision: review (行政复议) and litigation (行政诉讼)."""

    review: str
    litigation: str


class Office(Shape):
    """The office in charge (实施主体)."""

    name: str
    uscc: str
    nature: str
    address: str
    hours: str


class Item(ItemCard):
    """A service item with its whole body (实施清单, GB/T 39046-2020)."""

    version: int
    published_on: str
    base_code: str
    implementation_code: str
    kind: str
    kind_name: str
    power_source: str
    level: str
    level_name: str
    handling: Literal["immediate", "promised"]
    handling_name: str
    online_depth: Literal["full", "part", "none"]
    online_depth_name: str
    audience_names: list[str]
    office: Office
    legal_basis: list[Law]
    conditions: list[str]
    steps: list[Step]
    materials: list[Material]
    result: Result
    statutory_days: int
    time_note: str
    fees: list[Fee]
    fee_note: str
    payment_online: bool
    ways: list[str]
    channels: list[str]
    phones: Phones
    faq: list[Question]
    scope: str
    quantity_limit: str
    intermediary: str
    special_procedures: list[SpecialProcedure]
    remedies: Remedies
    declarations: list[Declaration]
    delivery: bool
    appointment: bool
    visit_reason: str | None
    ended_on: str | None
