from .conftest import Api


def names(api: Api, count: int) -> None:
    for number in range(count):
        api.user(f"User{number}")


def test_a_list_has_25_items_when_nothing_is_said(api: Api) -> None:
    names(api, 30)
    assert len(api.items("GET /users")) == 25


def test_a_limit_over_250_gives_250_items(api: Api) -> None:
    names(api, 260)
    assert len(api.items("GET /users", query={"limit": 1000})) == 250


def test_the_first_page_has_no_previous_one(api: Api) -> None:
    names(api, 5)
    assert api("GET /users", query={"limit": 2}).body["meta"]["pagination"] == {
        "current_page": 1,
        "next_page": 2,
        "prev_page": None,
        "total_pages": 3,
        "total_items": 5,
        "entries_info": "1-2 of 5",
    }


def test_the_last_page_has_no_next_one(api: Api) -> None:
    names(api, 5)
    assert api("GET /users", query={"limit": 2, "page": 3}).body["meta"]["pagination"] == {
        "current_page": 3,
        "next_page": None,
        "prev_page": 2,
        "total_pages": 3,
        "total_items": 5,
        "entries_info": "5-5 of 5",
    }


def test_a_page_past_the_end_is_empty_and_leads_back_to_the_last_one(api: Api) -> None:
    names(api, 5)
    answer = api("GET /users", query={"limit": 2, "page": 10**30})
    assert (answer.body["items"], answer.body["meta"]["pagination"]["prev_page"]) == ([], 3)


def test_an_empty_list_has_no_pages(api: Api) -> None:
    assert api("GET /users").body["meta"]["pagination"] == {
        "current_page": 1,
        "next_page": None,
        "prev_page": None,
        "total_pages": 0,
        "total_items": 0,
        "entries_info": "0 of 0",
    }


def test_pages_together_show_each_item_once_in_the_order_of_ids(api: Api) -> None:
    names(api, 7)
    pages = [api.ids("GET /users", query={"limit": 3, "page": page}) for page in (1, 2, 3)]
    shown = [row_id for page in pages for row_id in page]
    assert shown == sorted(set(shown)) and len(shown) == 7
