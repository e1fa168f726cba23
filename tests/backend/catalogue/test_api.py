"""The catalogue over HTTP: what everybody may read, in three languages."""

from typing import Any

import httpx2
import pytest

from backend.catalogue import shapes
from backend.catalogue.source import read_source
from tests.conftest import OpenCity

ITEMS = sorted(item["code"] for item in read_source().items)
LANGUAGES = ("zh-CN", "zh-Hant", "en")


@pytest.fixture
async def http(embedded_city: OpenCity) -> httpx2.AsyncClient:
    return await embedded_city.client()


async def read(http: httpx2.AsyncClient, path: str, lang: str = "zh-CN") -> Any:
    response = await http.get(path, headers={"Accept-Language": lang})
    assert response.status_code == 200, response.text
    assert response.headers["content-language"] == lang
    return response.json()


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_every_answer_fits_its_schema(http: httpx2.AsyncClient, lang: str) -> None:
    home = shapes.Home.model_validate(await read(http, "/api/home", lang))
    shapes.Items.model_validate(await read(http, "/api/items", lang))
    for theme in home.themes:
        shapes.Theme.model_validate(await read(http, f"/api/themes/{theme.code}", lang))
    for code in ITEMS:
        shapes.Item.model_validate(await read(http, f"/api/items/{code}", lang))
        shapes.Form.model_validate(await read(http, f"/api/items/{code}/form", lang))


async def test_the_first_page_counts_every_item_once(http: httpx2.AsyncClient) -> None:
    home = await read(http, "/api/home")
    assert home["city"]["name"] == "佛山市"
    assert [theme["code"] for theme in home["themes"]] == [
        "newborn", "flexible-work", "settle-in-foshan",
    ]  # fmt: skip
    assert sum(office["item_count"] for office in home["departments"]) == len(ITEMS) == 16
    assert len(home["popular"]) == 8


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("医保卡", "social-security-card"),
        ("社保卡丢了怎么办", "social-security-card"),
        ("公积金取钱", "fund-rent-withdrawal"),
        ("上学", "school-admission"),
        ("我想给孩子上户口", "birth-registration"),
        ("居住证", "residence-permit"),
        ("二手房 过户", "second-hand-transfer"),
        ("退休金", "resident-pension"),
        ("不动产登记资料查询", "property-records-query"),
        ("養老金", "resident-pension"),
        ("pension", "resident-pension"),
        ("转学！", "school-transfer"),
    ],
)
async def test_people_find_items_by_their_own_words(
    http: httpx2.AsyncClient, asked: str, first: str
) -> None:
    lang = "zh-Hant" if asked == "養老金" else "zh-CN"
    response = await http.get("/api/items", params={"q": asked}, headers={"Accept-Language": lang})
    assert response.json()["items"][0]["code"] == first


async def test_lists_are_narrowed_and_paged(http: httpx2.AsyncClient) -> None:
    funds = await read(http, "/api/items?department=GJJ")
    assert {item["code"] for item in funds["items"]} == {
        "fund-rent-withdrawal", "fund-purchase-withdrawal",
    }  # fmt: skip
    newborn = await read(http, "/api/items?theme=newborn&q=%E5%87%BA%E7%94%9F")
    assert [item["code"] for item in newborn["items"]] == ["birth-registration"]
    assert (await read(http, "/api/items?audience=legal_person"))["total"] == 2
    assert (await read(http, "/api/items?q=qqqqq"))["items"] == []
    beyond = await read(http, "/api/items?cursor=20")
    assert beyond == {"items": [], "total": 16, "next": None}


async def test_english_pages_hold_no_chinese_labels(http: httpx2.AsyncClient) -> None:
    for code in ITEMS:
        form = await read(http, f"/api/items/{code}/form", "en")
        labels = [form["title"]]
        for section in form["sections"]:
            labels.append(section["title"])
            labels.append((section["repeat"] or {}).get("row_name", ""))
            for field in section["fields"]:
                labels += [field["label"], field.get("hint", ""), field.get("pattern_hint", "")]
                labels += [option["label"] for option in field.get("options", [])]
        labels += [material["name"] for material in form["materials"]]
        labels += [declaration["text"] for declaration in form["declarations"]]
        assert not [text for text in labels if any("\u4e00" <= c <= "\u9fff" for c in text)]


async def test_traditional_pages_are_traditional(http: httpx2.AsyncClient) -> None:
    item = await read(http, "/api/items/social-security-card", "zh-Hant")
    assert item["name"] == "社會保障卡申領"
    assert item["code"] == "social-security-card"


async def test_an_unchanged_page_is_not_sent_again(http: httpx2.AsyncClient) -> None:
    for path in ("/api/home", "/api/items?q=x", f"/api/items/{ITEMS[0]}/form"):
        first = await http.get(path)
        assert first.headers["cache-control"] == "public, max-age=60"
        tag = first.headers["etag"]
        again = await http.get(path, headers={"If-None-Match": f'"old", W/{tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        other = await http.get(path, headers={"Accept-Language": "en", "If-None-Match": '"old"'})
        assert other.status_code == 200
    english = await http.get("/api/home", headers={"Accept-Language": "en"})
    assert english.headers["etag"] != (await http.get("/api/home")).headers["etag"]
    assert "Accept-Language" in english.headers["vary"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/items/nothing", 404, "item_unknown"),
        ("/api/items/nothing/form", 404, "item_unknown"),
        (f"/api/items/{ITEMS[0]}/form?version=99", 404, "form_unknown"),
        ("/api/themes/nothing", 404, "theme_unknown"),
        ("/api/items?cursor=-1", 422, "check_input"),
        ("/api/items?audience=cats", 422, "check_input"),
        ("/api/items?q=" + "x" * 61, 422, "check_input"),
        ("/api/items?colour=red", 422, "check_input"),
        (f"/api/items/{ITEMS[0]}/form?version=0", 422, "check_input"),
    ],
)
async def test_what_cannot_be_found_says_what_to_do(
    http: httpx2.AsyncClient, path: str, status: int, code: str
) -> None:
    response = await http.get(path)
    body = response.json()
    assert (response.status_code, body["code"]) == (status, code)
    assert body["fix"]


async def test_nobody_writes_to_the_catalogue(http: httpx2.AsyncClient) -> None:
    for path in ("/api/home", "/api/items", f"/api/items/{ITEMS[0]}", "/api/themes/newborn"):
        assert (await http.post(path, json={})).status_code in (404, 405, 422)
