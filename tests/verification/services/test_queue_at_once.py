"""Sixty-four verifiers take from a queue of ten thousand: each case once, none lost (S3.8)."""

import pytest

from benchmarks import review_queue
from save_portal.accounts.tenancy import scope_for, system_scope
from tests.conftest import make_agency, make_user
from verification.lifecycles.case import CaseStatus
from verification.models import Case, ReviewDraft

WAITING = 10_000
EACH = 6


@pytest.mark.django_db(transaction=True)
def test_sixty_four_verifiers_take_each_case_once_and_lose_none():
    owner = make_user("Dana", "general_user", agency=make_agency("CALHOUN"))
    review_queue.fill(1, WAITING, owner=owner)
    people = review_queue.verifiers(review_queue.THREADS)
    with system_scope():
        order = list(Case.objects.in_queue().order_by("due_on", "id").values_list("pk", flat=True))

    taken, _ = review_queue.drain(people, EACH)

    many = review_queue.THREADS * EACH
    assert len(taken) == len(set(taken)) == many
    assert set(taken) == set(order[:many]), "what is due first is taken first"
    with system_scope():
        held = Case.objects.filter(status=CaseStatus.ADDITIONAL_IN_REVIEW)
        assert set(held.values_list("pk", flat=True)) == set(taken)
        by_person = {user.pk: held.filter(reviewer=user).count() for user in people}
        assert set(by_person.values()) == {EACH}
        assert Case.objects.in_queue().count() == WAITING - many
        assert ReviewDraft.objects.count() == many
    # What is in review lies in front of what waits; nobody walks past it to take the next one.
    with scope_for(people[0]):
        free = Case.objects.in_queue().select_for_update(skip_locked=True, of=("self",))
        plan = free.order_by("due_on", "id")[:1].explain()
    assert "Index Scan using case_queue on verification_case" in plan
