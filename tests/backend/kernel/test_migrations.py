"""What the migrations leave behind is what the tables say."""

from backend.kernel import db, migrations
from tests.conftest import OpenCity


async def test_every_index_that_a_table_names_is_there(city_app: OpenCity) -> None:
    there = await migrations._indexed()
    missing = [
        (about["table"], one["db_column"])
        for about in (table.describe() for table in db.tables())
        for one in about["data_fields"]
        if (one["indexed"] or one["unique"]) and (about["table"], one["db_column"]) not in there
    ]
    assert not missing
    assert ("auth_link", "unionid_blind") in there
    assert ("auth_link", "replay") not in there
