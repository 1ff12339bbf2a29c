"""Bad input to sync_push and sync_pull: it is refused clearly, and nothing is half applied."""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.server.sync_calls import FILE_FACTS, Caller, create, edit

pytestmark = pytest.mark.slow

_UUID = "0b0e1c5e-8f8e-4f43-9d0a-0123456789ab"


@pytest.mark.parametrize(
    "change",
    [
        None,
        7,
        "text",
        [],
        {},
        {"entity": "project"},
        {**create("project"), "fields": None},
        {**create("project"), "fields": []},
        {**create("project"), "fields": "title"},
        {**create("project"), "entity": None},
        {**create("project"), "entity": 7},
        {**create("project"), "id": None},
        {**create("project"), "id": 7},
        {**create("project"), "id": "not an id"},
        {**create("project"), "id": "{" + _UUID + "}"},
        {**create("project"), "id": _UUID + "0"},
        {**create("project"), "id": _UUID + "\n"},
        {**create("project"), "id": {"$ne": None}},
        {**create("project"), "change_id": None},
        {**create("project"), "change_id": "x"},
        {**create("project"), "create": "true"},
        {**create("project"), "create": 1},
        {**create("project"), "base_version": "7"},
        {**create("project"), "stamps": []},
        {**create("project"), "stamps": {}},
        {**create("project"), "stamps": {"title": "1", "order_key": 1}},
        {**create("project"), "stamps": {"title": 1.5, "order_key": 1}},
        {**create("project"), "stamps": {"title": -1, "order_key": 1}},
        {**create("project"), "stamps": {"title": 1e40, "order_key": 1}},
    ],
)
def test_a_malformed_change_is_refused_and_holds_up_no_other(caller: Caller, change: Any) -> None:
    first, last = create("project"), create("project")
    results = caller.results(first, change, last)
    assert [result["result"] for result in results] == ["applied", "refused", "applied"]
    assert results[1]["code"] == "bad_value"
    assert results[1]["message"].endswith(".")
    assert results[1]["row"] is None
    assert {row["id"] for row in caller.pull()} == {first["id"], last["id"]}


_FOLDER = f"{_UUID}/{_UUID}/{_UUID}"

_BAD_FIELDS: list[tuple[str, dict[str, Any], str]] = [
    ("project", {"title": None}, "bad_value"),
    ("project", {"title": 7}, "bad_value"),
    ("project", {"title": ["x"]}, "bad_value"),
    ("project", {"title": "x" * 2001}, "too_long"),
    ("project", {"notes": "ü" * 100_001}, "too_long"),
    ("project", {"order_key": ""}, "bad_value"),
    ("project", {"order_key": "ä"}, "bad_value"),
    ("project", {"order_key": "a0\n"}, "bad_value"),
    ("project", {"order_key": "a" * 1001}, "bad_value"),
    ("project", {"order_key": None}, "bad_value"),
    ("project", {"created_at": "yesterday"}, "bad_value"),
    ("project", {"created_at": None}, "bad_value"),
    ("project", {"deleted_at": False}, "bad_value"),
    ("project", {"deleted_at": 17}, "bad_value"),
    ("project", {"deleted_at": "now"}, "bad_value"),
    ("project", {"colour": "red"}, "unknown_field"),
    ("project", {"title": "fine", "colour": None}, "unknown_field"),
    ("project", {"owner": _UUID}, "unknown_field"),
    ("project", {"id": _UUID}, "unknown_field"),
    ("project", {"seq": 1}, "unknown_field"),
    ("project", {"version": 1}, "unknown_field"),
    ("project", {"stamps": {}}, "unknown_field"),
    ("project", {"*": 1}, "unknown_field"),
    ("project", {"": 1}, "unknown_field"),
    ("project", {"section_id": _UUID}, "unknown_field"),
    ("project", {"changed_by": _UUID}, "unknown_field"),
    ("project", {"upload_wanted": "yes"}, "bad_value"),
    ("project", {"level_target": "acx2"}, "bad_value"),
    ("project", {"level_target": None}, "bad_value"),
    ("project", {"level_limits": []}, "bad_value"),
    ("project", {"level_limits": 7}, "bad_value"),
    ("project", {"level_limits": {"rms_min_db": "-23"}}, "bad_value"),
    ("project", {"level_limits": {"rms_min_db": 1e10}}, "bad_value"),
    ("project", {"level_limits": {"rms_min_db": -23, "true_peak_max_db": -3}}, "unknown_field"),
    ("project", {"purged_at": False}, "bad_value"),
    ("chapter", {"purged_at": "now"}, "bad_value"),
    ("section", {"status": "done"}, "bad_value"),
    ("section", {"status": ""}, "bad_value"),
    ("section", {"status": None}, "bad_value"),
    ("section", {"last_number": -1}, "bad_value"),
    ("section", {"last_number": 1_000_001}, "bad_value"),
    ("section", {"last_number": None}, "bad_value"),
    ("take", {"number": 0}, "bad_value"),
    ("take", {"number": 1_000_001}, "bad_value"),
    ("take", {"number": 1.5}, "bad_value"),
    ("take", {"number": "7"}, "bad_value"),
    ("take", {"number": None}, "bad_value"),
    ("take", {"purpose": "wav"}, "bad_value"),
    ("take", {"purged_at": []}, "bad_value"),
    ("take_file", {"levels": {"rms_db": "-20"}}, "bad_value"),
    ("take_file", {"levels": {"rms_db": [-20]}}, "bad_value"),
    ("take_file", {"levels": {f"level_{n}": -20 for n in range(5000)}}, "too_long"),
    ("note", {"until_seconds": -1}, "bad_value"),
    ("note", {"tag": "typo"}, "bad_value"),
    ("note", {"tag": None}, "bad_value"),
    ("note", {"page": "x" * 201}, "too_long"),
    ("note", {"said": "x" * 10_001}, "too_long"),
    ("note", {"should_be": 7}, "bad_value"),
    ("note", {"done_at": "today"}, "bad_value"),
    ("note", {"done_at": False}, "bad_value"),
    ("note", {"answered_by_take_id": "7"}, "bad_value"),
    ("device", {"title": "x" * 201}, "too_long"),
    ("device", {"platform": None}, "bad_value"),
    ("device", {"seen_at": 1}, "unknown_field"),
    ("chapter", {"project_id": None}, "bad_value"),
    ("chapter", {"project_id": "7"}, "bad_value"),
    ("section", {"current_take_id": "7"}, "bad_value"),
    ("take", {"upload_wanted": 1}, "bad_value"),
    ("take", {"upload_wanted": None}, "bad_value"),
    ("take", {"device_id": "x" * 201}, "too_long"),
    ("take_file", {"verified_at": 1}, "unknown_field"),
    ("take_file", {"verified_how": "full"}, "unknown_field"),
    ("take_file", {"role": "copy"}, "bad_value"),
    ("take_file", {"part": -1}, "bad_value"),
    ("take_file", {"part": 1.5}, "bad_value"),
    ("take_file", {"part": "1"}, "bad_value"),
    ("take_file", {"part": 10**30}, "bad_value"),
    ("take_file", {"sha256": "AB" * 32}, "bad_value"),
    ("take_file", {"sha256": "ab"}, "bad_value"),
    ("take_file", {"size": -1}, "bad_value"),
    ("take_file", {"size": 2**63}, "bad_value"),
    ("take_file", {"kind": "flac"}, "bad_value"),
    ("take_file", {"seconds": -0.5}, "bad_value"),
    ("take_file", {"seconds": 1e300}, "bad_value"),
    ("take_file", {"sample_rate": 2**31}, "bad_value"),
    ("take_file", {"cbr": "yes"}, "bad_value"),
    ("take_file", {"tags": []}, "bad_value"),
    ("take_file", {"tags": None}, "bad_value"),
    ("take_file", {"tags": {"title": "x" * 262_144}}, "too_long"),
    ("take_file", {"findings": {}}, "bad_value"),
    ("take_file", {"levels": 7}, "bad_value"),
    ("take_file", {"purge_pending": None}, "bad_value"),
    ("take_file", {"purged_at": False}, "bad_value"),
    ("take_file", {"purged_at": "now"}, "bad_value"),
    ("take_file", {"object_key": 7}, "bad_value"),
    ("take_file", {"object_key": ""}, "not_yours"),
    ("take_file", {"object_key": f"{_UUID}/{_FOLDER}/a.wav"}, "not_yours"),
    ("take_file", {"object_key": "{me}" + f"0/{_FOLDER}/a.wav"}, "not_yours"),
    ("take_file", {"object_key": "{me}/a.wav"}, "bad_value"),
    ("take_file", {"object_key": "{me}" + f"/{_FOLDER}/a.flac"}, "bad_value"),
    ("take_file", {"object_key": "{me}" + f"/{_FOLDER}/.wav"}, "bad_value"),
    ("take_file", {"object_key": "{me}" + f"/{_FOLDER}/ä.wav"}, "bad_value"),
    ("take_file", {"object_key": "{me}" + f"/{_FOLDER}/a/b.wav"}, "bad_value"),
    ("take_file", {"object_key": "{me}" + f"/{_FOLDER}/../a.wav"}, "bad_value"),
    ("take_file", {"object_key": "{me}" + f"/{_FOLDER}/{'a' * 147}.wav"}, "bad_value"),
    ("take_file", {"object_key": "{me}" + f"/{_FOLDER.upper()}/a.wav"}, "bad_value"),
    ("note", {"at_seconds": "1"}, "bad_value"),
    ("note", {"text": "x" * 100_001}, "too_long"),
    ("note", {"take_id": "x"}, "bad_value"),
    ("cover", {"mime": "image/gif"}, "bad_value"),
    ("cover", {"data": None}, "bad_value"),
    ("cover", {"data": ""}, "bad_value"),
    ("cover", {"data": "not base64!!"}, "bad_value"),
    ("cover", {"data": "AAA"}, "bad_value"),
    ("cover", {"data": "A=AA"}, "bad_value"),
    ("cover", {"data": base64.b64encode(bytes(262_145)).decode()}, "too_large"),
    ("cover", {"data": "AAAA" * 100_000}, "too_large"),
]


@pytest.mark.parametrize(("entity", "fields", "code"), _BAD_FIELDS)
@pytest.mark.parametrize("new", [True, False])
def test_a_field_that_cannot_be_is_refused(
    caller: Caller, entity: str, fields: dict[str, Any], code: str, new: bool
) -> None:
    parents = {"chapter": "project_id", "section": "chapter_id", "take": "section_id", "cover": "project_id"}
    parent = {parents.get(entity, "take_id"): str(uuid4())} if entity not in ("project", "device") else {}
    good = create(entity, **parent)
    (row,) = caller.applied(good)
    bad = json.loads(json.dumps(fields).replace("{me}", caller.user_id))
    change = create(entity, **parent) if new else edit(entity, good["id"])
    change["fields"] |= bad
    assert caller.refused(change) == code
    assert caller.pull() == [row]


@pytest.mark.parametrize(
    ("entity", "fields"),
    [
        ("project", {"title": "x" * 2000, "notes": "ü" * 100_000}),
        ("project", {"title": "", "order_key": "z" * 1000}),
        ("take_file", {"size": 2**53 - 1, "seconds": 0, "levels": None, "bit_depth": None, "cbr": None}),
        ("take_file", {"object_key": "{me}" + f"/{_FOLDER}/{'a' * 146}.wav"}),
        ("take_file", {"findings": [{"code": "silence", "params": {"at": 1e-9}}], "tags": {}}),
        ("cover", {"data": base64.b64encode(bytes(262_144)).decode()}),
        ("cover", {"data": "QQ=="}),
        (
            "project",
            {"level_limits": {"rms_min_db": -23, "peak_max_db": -3.5, "channels": None}, "level_target": "own"},
        ),
        ("project", {"level_limits": None, "upload_wanted": False}),
        ("take", {"number": 1_000_000, "purpose": "pickup"}),
        ("section", {"last_number": 1_000_000, "status": "retake"}),
        ("take_file", {"levels": {"lead_seconds": None, "tail_seconds": 0.75, "true_peak_db": -1.2, "newer": 1}}),
        ("note", {"until_seconds": 0, "tag": "", "page": "12–13", "said": "ü" * 10_000, "should_be": ""}),
        ("note", {"done_at": 1_700_000_000_000, "answered_by_take_id": _UUID, "tag": "pacing"}),
        ("note", {"done_at": None, "answered_by_take_id": None, "until_seconds": None}),
        ("device", {"title": "Studio PC", "platform": "Linux"}),
    ],
)
def test_what_just_fits_is_applied(caller: Caller, entity: str, fields: dict[str, Any]) -> None:
    parents = {"take_file": "take_id", "note": "take_id", "cover": "project_id", "section": "chapter_id"}
    parent = {**parents, "take": "section_id"}.get(entity)
    good = json.loads(json.dumps(fields).replace("{me}", caller.user_id))
    (row,) = caller.applied(create(entity, **({parent: str(uuid4())} if parent else {}), **good))
    assert good.items() <= row["fields"].items()


@pytest.mark.parametrize("entity", ["chapter", "section", "take", "take_file", "note", "cover", "project", "device"])
def test_a_new_row_needs_what_it_is_made_of(caller: Caller, entity: str) -> None:
    change = create(entity)
    del change["fields"]["order_key"]
    assert caller.refused(change) == "bad_value"
    if entity not in ("project", "device"):
        assert caller.refused(create(entity)) == "bad_value", "its parent"
    for name in FILE_FACTS if entity == "take_file" else ():
        change = create(entity, take_id=str(uuid4()))
        del change["fields"][name]
        assert caller.refused(change) == "bad_value"
    assert caller.pull() == []


@pytest.mark.parametrize("entity", ["book", "", "PROJECT", "account", "applied_changes", "take_file_shape", "pg_class"])
def test_an_unknown_entity_is_said_to_be_unknown(caller: Caller, entity: str) -> None:
    assert caller.refused({**create("project"), "entity": entity}) == "unknown_entity"
    assert caller.refused({**edit("project", str(uuid4()), colour=1), "entity": entity}) == "unknown_entity"


@pytest.mark.parametrize(
    ("entity", "column"),
    [("chapter", "project_id"), ("section", "chapter_id"), ("take", "section_id"), ("note", "take_id")],
)
def test_a_parent_is_of_the_right_kind(caller: Caller, entity: str, column: str) -> None:
    cover = create("cover", project_id=str(uuid4()))
    right = create(entity, **{column: str(uuid4())})
    rows = caller.applied(cover, right)
    assert caller.refused(create(entity, **{column: cover["id"]})) == "wrong_kind"
    assert caller.refused(edit(entity, right["id"], **{column: cover["id"]})) == "wrong_kind"
    assert caller.refused(edit(entity, right["id"], **{column: right["id"]})) == "wrong_kind", "no circles"
    assert caller.pull() == sorted(rows, key=lambda row: str(row["id"]))


def test_a_current_take_is_a_take(caller: Caller) -> None:
    section = create("section", chapter_id=str(uuid4()))
    caller.applied(section)
    assert caller.refused(edit("section", section["id"], current_take_id=section["id"])) == "wrong_kind"


@pytest.mark.parametrize("changes", [None, 7, "x", {}, {"0": 1}])
def test_changes_are_a_list(caller: Caller, changes: Any) -> None:
    with pytest.raises(psycopg.Error, match="Changes are sent as a list") as caught:
        caller.call("select public.sync_push(0, null, %s, null)", [Jsonb(changes)])
    assert caught.value.sqlstate == "22023"


def test_too_many_changes_are_refused_as_a_whole(caller: Caller) -> None:
    changes = [create("project") for _ in range(501)]
    with pytest.raises(psycopg.Error, match="At most 500 changes are taken at once; these are 501") as caught:
        caller.push(*changes)
    assert caught.value.sqlstate == "PT413"
    assert caller.pull() == []
    caller.applied(*changes[:500])


def test_ten_megabytes_are_refused_as_a_whole(caller: Caller) -> None:
    for changes in (
        [create("project", notes="x" * 10_000_000)],
        [create("project")] + [create("project", notes="x" * 99_000) for _ in range(100)],
        [{"deep": json.loads("[" * 900 + "]" * 900)}, *([{"x": "y" * 20_000}] * 499)],
    ):
        with pytest.raises(psycopg.Error, match="At most 1 MB of changes is taken at once") as caught:
            caller.push(*changes)
        assert caught.value.sqlstate == "PT413"
    assert caller.pull() == []


def test_a_megabyte_of_compact_json_is_taken(caller: Caller) -> None:
    project = create("project")
    changes = [project, *(create("chapter", project_id=project["id"], title="ü" * 500) for _ in range(400))]
    fill = 1_048_576 - len(json.dumps(changes, separators=(",", ":"), ensure_ascii=False).encode())
    changes += [create("project", notes="x" * min(100_000, fill // 6 - 400)) for _ in range(6)]
    assert 1_000_000 < len(json.dumps(changes, separators=(",", ":"), ensure_ascii=False).encode()) <= 1_048_576
    caller.applied(*changes)


@pytest.mark.parametrize("text", ['"\\u0000"', '"a\\u0000b"', '"\\ud800"'])
def test_what_postgresql_cannot_keep_is_refused_as_a_whole(caller: Caller, text: str) -> None:
    """NUL and half a surrogate pair are no text to PostgreSQL: it says so before any function is called."""
    sent = json.dumps([create("project"), create("project", title="TEXT"), create("project")]).replace('"TEXT"', text)
    with pytest.raises(psycopg.Error) as caught:
        caller.call("select public.sync_push(0, null, %s::jsonb, null)", [sent])
    assert caught.value.sqlstate in ("22P05", "22P02")
    assert caller.pull() == []


@pytest.mark.parametrize(
    "text",
    ["'; drop schema audiodesk cascade; --", "%s %n %%", "${jndi}", "\\x00", "\u202e\ufeff\U0001f3a7", "$$", "a\nb"],
)
def test_any_other_text_is_only_text(caller: Caller, text: str) -> None:
    (row,) = caller.applied(create("project", title=text, notes=text))
    assert (row["fields"]["title"], row["fields"]["notes"]) == (text, text)
    assert caller.refused({**create("project"), "entity": text}) == "unknown_entity"
    assert caller.refused({**edit("project", row["id"]), "fields": {text: 1}}) == "unknown_field"


def test_anothers_ids_are_as_good_as_none(caller: Caller) -> None:
    project = create("project", title="Mine")
    take = create("take", section_id=str(uuid4()))
    file = create("take_file", take_id=take["id"])
    rows = caller.applied(project, take, file)
    other = caller.other()
    for change in (
        edit("project", project["id"], title="x"),
        edit("take", take["id"], deleted_at=True),
        edit("take_file", file["id"], purge_pending=True),
    ):
        assert other.refused(change) == "unknown_row"
    key = f"{caller.user_id}/{_FOLDER}/a.wav"
    assert other.refused(create("take_file", take_id=take["id"], object_key=key)) == "not_yours"
    other.applied(create("chapter", project_id=project["id"]), create("note", take_id=take["id"]))
    assert other.verify(file["id"])["code"] == "unknown_row"
    assert sorted(caller.pull(), key=lambda row: str(row["id"])) == sorted(rows, key=lambda row: str(row["id"]))


@pytest.mark.parametrize("seq", [-1, 7, 2**62])
@pytest.mark.parametrize("tag", [None, "", "x", _UUID, "\U0001f3a7"])
def test_what_was_never_answered_reads_as_a_restore(caller: Caller, seq: int, tag: str | None) -> None:
    caller.known = (seq, tag)
    assert caller.push(create("project")) == {"seq": 0, "tag": None, "restored": True, "results": []}
    caller.known = (seq, tag)
    page = caller.pull_page()
    assert (page["restored"], page["rows"], page["seq"]) == (True, [], 0)


@pytest.mark.parametrize(
    "arguments",
    [
        [0, None, None, None, None, None],
        [None, None, None, None, None, None],
        [0, "", -5, _UUID, -5, -5],
        [0, None, 2**62, _UUID, 2**62, 2**31 - 1],
    ],
)
def test_any_place_can_be_pulled_from(caller: Caller, arguments: list[Any]) -> None:
    caller.applied(create("project"))
    page = caller.call("select public.sync_pull(%s, %s, %s, %s, %s, %s)", arguments)
    assert page["restored"] is False
    assert page["seq"] == 1
