"""The chain is linked when the index takes records in, by the changes only, in any order (S8.3)."""

import importlib
import itertools
import random

import pytest
from django.db import connection

from tests.verification.records.files import row, write
from verification.records import index
from verification.records.chain import RULES, joins_of
from verification.records.joining import MOST_EARLIER
from verification.records.loading import load
from verification.records.models import ChainJoin, IndexEntry, SourceRecord
from verification.records.population import SITUATIONS, write_uploads
from verification.records.reading import IndexMoved, Records, from_one_index
from verification.records.systems import SYSTEMS

pytestmark = pytest.mark.django_db

PETITION = {"form": "I-129", "receipt_number": "EAC2190000001", "a_number": ""}
VISA = {"visa_number": "81330001", "petition_receipt": "EAC2190000001"}
ADMISSION = {"visa_number": "81330001", "sevis_id": "N0012345678", "i94_number": "123456789A1"}
EXTENSION = {"form": "I-539", "receipt_number": "EAC2190000002", "requested_action": "C",
             "i94_number": "123456789A1", "a_number": ""}  # fmt: skip
PAIRS = {
    "petition → visa": ("petition", ("CLAIMS3", PETITION), ("CCD", VISA)),
    "visa → admission": ("visa", ("CCD", VISA), ("ADIS", ADMISSION)),
    "visa → entry": ("visa", ("CCD", VISA), ("NIIS", ADMISSION)),
    "visa → study": ("visa", ("CCD", VISA), ("SEVIS", {"visa_number": "81330001"})),
    "study → admission": ("sevis", ("SEVIS", {}), ("ADIS", ADMISSION)),
    "study → entry": ("sevis", ("SEVIS", {}), ("NIIS", ADMISSION)),
    "stay → change or extension": ("i94", ("ADIS", ADMISSION), ("CLAIMS3", EXTENSION)),
    "entry → change or extension": ("i94", ("NIIS", ADMISSION), ("CLAIMS3", EXTENSION)),
}


def put(directory, system, *changes, full=False, day="01"):
    rows = [row(system, **{"updated_at": f"2026-11-{day}", **each}) for each in changes]
    return load(system, write(directory, system, *rows), full=full)


def stored():
    """Each joint as kind, later record, earlier record."""
    refs = {record.pk: str(record) for record in SourceRecord.objects.all()}
    return {
        (joined.kind, refs[joined.later_pk], refs[joined.earlier_pk])
        for joined in ChainJoin.objects.all()
    }


def read_back():
    """The same, from what answers now, by the rule that needs no database."""
    numbers = IndexEntry.objects.values_list("kind", "value").distinct()
    answering = Records().find(set(numbers))
    refs = {held.pk: held.ref for held in answering}
    return {(kind, refs[later], refs[earlier]) for kind, later, earlier in joins_of(answering)}


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("builds", ["one build", "two builds"])
@pytest.mark.parametrize("order", ["earlier first", "later first"])
def test_two_steps_are_linked_whichever_is_uploaded_first(tmp_path, pair, builds, order):
    kind, earlier, later = PAIRS[pair]
    sides = [earlier, later] if order == "earlier first" else [later, earlier]
    for system, changes in sides:
        put(tmp_path, system, changes)
        if builds == "two builds":
            index.build()
    index.build()
    assert stored() == {(kind, f"{later[0]}:R1", f"{earlier[0]}:R1")}


def test_every_rule_of_the_chain_is_tested():
    tested = {(kind, earlier[0], later[0]) for kind, earlier, later in PAIRS.values()}
    assert tested == {
        (rule.kind, earlier, later)
        for rule in RULES
        for earlier, later in itertools.product(rule.earlier, rule.later)
    }


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("corrected", ["earlier", "later"])
def test_a_correction_unlinks_and_a_second_one_links_anew(tmp_path, pair, corrected):
    _, earlier, later = PAIRS[pair]
    for system, changes in (earlier, later):
        put(tmp_path, system, changes)
    index.build()
    whole = stored()
    system, changes = earlier if corrected == "earlier" else later
    other = {"receipt_number": "EAC2190000009", "petition_receipt": "EAC2190000009",
             "visa_number": "99990009", "sevis_id": "N0099999999",
             "i94_number": "999999999A9"}  # fmt: skip
    names = row(system, **changes)
    changed = {name: value for name, value in other.items() if name in names}
    put(tmp_path, system, {**changes, **changed}, day="02")
    assert stored() == whole  # not before the index takes it in
    index.build()
    assert stored() == set()
    put(tmp_path, system, changes, day="03")
    index.build()
    assert stored() == whole
    assert ChainJoin.objects.count() == 1


def test_a_correction_of_something_else_keeps_the_link(tmp_path):
    put(tmp_path, "CCD", VISA)
    put(tmp_path, "ADIS", ADMISSION)
    index.build()
    put(tmp_path, "CCD", {**VISA, "annotation": "new"}, day="02")
    put(tmp_path, "ADIS", {**ADMISSION, "departure_date": "2026-11-02"}, day="02")
    index.build()
    assert stored() == {("visa", "ADIS:R1", "CCD:R1")}
    newest = set(SourceRecord.objects.filter(replaced_in=None).values_list("pk", flat=True))
    [joined] = ChainJoin.objects.all()
    assert {joined.later_pk, joined.earlier_pk} == newest


def test_a_closed_record_hangs_on_nothing(tmp_path):
    put(tmp_path, "CCD", VISA, {"record_id": "R2", "visa_number": "81330002"})
    put(tmp_path, "ADIS", ADMISSION)
    index.build()
    put(tmp_path, "CCD", {"record_id": "R2", "visa_number": "81330002"}, full=True)
    index.build()
    assert stored() == set()


def test_the_same_files_again_change_nothing(tmp_path):
    for pair in PAIRS.values():
        for system, changes in pair[1:]:
            put(tmp_path, system, changes)
    index.build()
    before = list(ChainJoin.objects.order_by("pk").values_list())
    for pair in PAIRS.values():
        for system, changes in pair[1:]:
            put(tmp_path, system, changes)
    index.build()
    assert list(ChainJoin.objects.order_by("pk").values_list()) == before != []


@pytest.mark.parametrize("seed", range(3))
def test_the_world_is_linked_alike_in_any_order_and_as_the_pure_rule_says(tmp_path, seed):
    write_uploads(tmp_path, 2 * len(SITUATIONS), 4)
    draw = random.Random(seed)
    systems = draw.sample(sorted(SYSTEMS), len(SYSTEMS))
    for system in systems:
        load(system, tmp_path / f"{system}.csv")
        if draw.random() < 0.5:
            index.build()
    index.build()
    assert {kind for kind, _, _ in stored()} == {rule.kind for rule in RULES}
    assert stored() == read_back()


def test_a_build_that_fails_leaves_yesterday_s_links(tmp_path, monkeypatch):
    put(tmp_path, "CCD", VISA)
    put(tmp_path, "ADIS", ADMISSION)
    index.build()
    put(tmp_path, "CCD", {**VISA, "visa_number": "99990009"}, day="02")

    def die(*args, **more):
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr("verification.records.joining.join", die)
        with pytest.raises(KeyboardInterrupt):
            index.build()
    assert stored() == {("visa", "ADIS:R1", "CCD:R1")}
    index.build()
    assert stored() == set()


def test_links_and_records_are_read_from_one_state_of_the_index(tmp_path):
    put(tmp_path, "CCD", VISA)
    put(tmp_path, "ADIS", ADMISSION)
    index.build()
    tried = []

    def ask(records):
        found = records.find([("i94", "123456789A1")])
        if not tried:
            put(tmp_path, "CCD", {**VISA, "visa_number": "99990009"}, day="02")
            index.build()
        tried.append(len(tried))
        return records.along(found)

    assert from_one_index(ask) == []
    assert len(tried) == 2
    records = Records()
    [held] = records.find([("i94", "123456789A1")])
    put(tmp_path, "ADIS", {**ADMISSION, "port_of_entry": "X"}, day="03")
    index.build()
    with pytest.raises(IndexMoved):
        records.joins([held])


def test_the_links_of_many_records_are_one_query_and_none_the_second_time(
    tmp_path, django_assert_num_queries
):
    for system, changes in (("CLAIMS3", PETITION), ("CCD", VISA), ("ADIS", ADMISSION)):
        put(tmp_path, system, changes)
    index.build()
    records = Records()
    found = records.find([("visa", "81330001")])
    with django_assert_num_queries(2):  # one for the columns of an upload not met before
        [petition] = records.along(found)
    assert petition.system == "CLAIMS3"
    with django_assert_num_queries(0):
        assert {kind for kind, _, _ in records.joins(found)} == {"visa"}
    with django_assert_num_queries(1):
        kinds = {kind for kind, _, _ in records.joins([*found, petition])}
    assert kinds == {"visa", "petition"}


def test_of_a_petition_for_very_many_the_person_s_own_visa_is_read(tmp_path):
    mine = {**VISA, "record_id": "MINE"}
    others = [
        {**VISA, "record_id": f"R{n}", "visa_number": f"7{n:07}", "family_name": "OKAFOR",
         "date_of_birth": "1975-01-30"}
        for n in range(200)
    ]  # fmt: skip
    put(tmp_path, "CLAIMS3", PETITION)
    put(tmp_path, "CCD", *others, mine)
    index.build()
    assert ChainJoin.objects.filter(kind="petition").count() == 201
    records = Records()
    along = records.along(records.find([("card", "EAC2190000001")]))
    assert "CCD:MINE" in {held.ref for held in along}
    assert len(along) <= 60


@pytest.mark.parametrize("order", [("CCD", "ADIS"), ("ADIS", "CCD")])
def test_a_number_that_is_nobody_s_links_nobody(tmp_path, order):
    many = range(MOST_EARLIER + 1)
    zeros = {
        "CCD": [{"record_id": f"R{n}", "visa_number": "00000000"} for n in many],
        "ADIS": [{**ADMISSION, "record_id": f"A{n}", "visa_number": "00000000"} for n in range(3)],
    }
    for system in order:
        put(tmp_path, system, *zeros[system])
        index.build()
    assert stored() == set()


def test_a_delta_is_linked_by_indexes_alone(tmp_path):
    """PostgreSQL counts the rows that it reads by passing over a table: not one."""

    def visa(n):
        return {"record_id": f"R{n}", "visa_number": f"{80000000 + n}", "petition_receipt": ""}

    def admission(n):
        return {**ADMISSION, "record_id": f"R{n}", "visa_number": f"{80000000 + n}",
                "i94_number": f"{200000000 + n}A1", "sevis_id": ""}  # fmt: skip

    put(tmp_path, "CCD", *map(visa, range(4000)), full=True)
    put(tmp_path, "ADIS", *map(admission, range(4000)), full=True)
    index.build()
    assert ChainJoin.objects.count() == 4000
    before = read_in_whole()
    for system, changes in (("CCD", visa), ("ADIS", admission)):
        put(tmp_path, system, *({**changes(n), "given_name": "ANNA"} for n in range(20)), day="05")
    assert index.build().records == 40
    assert read_in_whole() == before
    assert ChainJoin.objects.count() == 4000


def read_in_whole():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(seq_tup_read) FROM pg_stat_xact_user_tables WHERE relname IN"
            " ('records_sourcerecord', 'records_indexentry', 'records_chainjoin')"
        )
        return cursor.fetchone()[0]


def test_what_was_indexed_before_there_were_links_is_linked_by_the_migration(tmp_path):
    write_uploads(tmp_path, len(SITUATIONS), 4)
    for system in SYSTEMS:
        load(system, tmp_path / f"{system}.csv")
    index.build()
    linked = stored()
    ChainJoin.objects.all().delete()
    migration = importlib.import_module("verification.records.migrations.0004_chain_joins")
    with connection.cursor() as cursor:
        cursor.execute(migration.CARRY_OVER)
    assert stored() == linked != set()
