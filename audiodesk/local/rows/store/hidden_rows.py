"""The beginning of queries that leave out hidden rows: those in the trash, those without a parent, and all below them.

A parent is missing while it has not arrived from the server. Queries look the hidden rows up and subtract them, because
they are few. Walking down from the projects takes five times as long: a second in a library of 60 000 takes.
"""

from __future__ import annotations

__all__ = ["WITH_HIDDEN"]

WITH_HIDDEN = """
    with hidden_chapter (id) as (
        select id from chapter where deleted_at is not null
        union select row_id from orphan where entity = 'chapter'
        union select c.id from project p cross join chapter c on c.project_id = p.id where p.deleted_at is not null
    ), hidden_section (id) as (
        select id from section where deleted_at is not null
        union select row_id from orphan where entity = 'section'
        union select s.id from hidden_chapter h cross join section s on s.chapter_id = h.id
    ), hidden_take (id) as (
        select id from take where deleted_at is not null
        union select row_id from orphan where entity = 'take'
        union select t.id from hidden_section h cross join take t on t.section_id = h.id
    )
"""
"""Common tables ``hidden_chapter``, ``hidden_section`` and ``hidden_take``, each with an ``id``."""
