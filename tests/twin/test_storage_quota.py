"""A quota in a policy can be exceeded, one in a trigger cannot: only a trigger sees the completion, which decides."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.twin.storage_stand import StorageStand

QUOTA_BY_POLICY = """
create function public.used() returns bigint language sql stable security definer as $$
  select coalesce(sum((metadata ->> 'size')::bigint), 0) from storage.objects $$;
alter policy own_insert on storage.objects
  with check (public.used() + coalesce((metadata ->> 'size')::bigint, (metadata ->> 'contentLength')::bigint) <= 3000);
"""
QUOTA_BY_TRIGGER = """
create table public.used (bytes bigint);
insert into public.used values (0);
create function public.count_bytes() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  delta bigint := case when tg_op <> 'DELETE' then coalesce((new.metadata ->> 'size')::bigint, 0) else 0 end
    - case when tg_op <> 'INSERT' then coalesce((old.metadata ->> 'size')::bigint, 0) else 0 end;
begin
  update public.used set bytes = bytes + delta;
  if delta > 0 and (select bytes from public.used) > 3000 then
    raise exception 'quota_exceeded: too much' using errcode = '42501';
  end if;
  return null;
end $$;
create trigger count_bytes after insert or update or delete on storage.objects
  for each row execute function public.count_bytes();
"""


def together(acts: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    answers: list[httpx.Response] = []
    threads = [threading.Thread(target=lambda act=act: answers.append(act()), daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


@pytest.mark.parametrize(("quota", "stored"), [(QUOTA_BY_POLICY, 8), (QUOTA_BY_TRIGGER, 3)], ids=["policy", "trigger"])
def test_a_quota_by_policy_overruns_one_by_trigger_does_not(
    stand: StorageStand, monkeypatch: pytest.MonkeyPatch, quota: str, stored: int
) -> None:
    stand.sql(quota)
    meet, receive = threading.Barrier(8), stand.service.files.receive

    def received(version: str, blocks: Iterator[bytes]) -> Any:
        meet.wait(30)  # by now all of them are permitted
        return receive(version, blocks)

    monkeypatch.setattr(stand.service.files, "receive", received)
    answers = together([lambda at=at: stand.put(stand.key(f"{at}.wav"), bytes(1000)) for at in range(8)])  # type: ignore[misc]
    assert (stand.rows(), len(stand.files())) == (stored, stored)
    refused = [answer.json() for answer in answers if answer.status_code != 200]
    assert {answer["message"] for answer in refused} == ({"quota_exceeded: too much"} if stored == 3 else set())
    monkeypatch.undo()
    assert stand.put(stand.key("late.wav"), bytes(1000)).json()["statusCode"] == "403"


def test_what_loses_at_the_last_part_has_to_begin_again(stand: StorageStand) -> None:
    stand.sql(QUOTA_BY_TRIGGER)
    tus = stand.tus()
    urls = [tus.create(stand.key(f"{at}.wav"), 1000).headers["Location"] for at in range(5)]
    for url in urls:
        assert tus.patch(url, 0, bytes(500)).status_code == 204
    answers = together([lambda url=url: stand.tus().patch(url, 500, bytes(500)) for url in urls])  # type: ignore[misc]
    assert sorted(answer.status_code for answer in answers) == [204, 204, 204, 403, 403]
    assert {answer.text for answer in answers if answer.status_code == 403} == {"quota_exceeded: too much"}
    assert sorted(tus.head(url).status_code for url in urls) == [200, 200, 200, 410, 410]
    assert (stand.rows(), len(stand.files())) == (3, 3)
