"""Being told when something changes: asked for here, confirmed and ended by a link."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from casecheck import lookup, notices
from casecheck.forms.contact import NoticeForm
from casecheck.views.page import applicants, look_up_again, show
from save_portal.accounts.tenancy import system_scope


@applicants("POST")
def ask(request: HttpRequest, language: str) -> HttpResponse:
    proof, sent = request.POST.get("proof", ""), "address" in request.POST
    with system_scope():
        known = lookup.case_of(proof) is not None
    if not known:
        return look_up_again(request, language)
    form = NoticeForm(request.POST if sent else None)
    context: dict[str, Any] = {"form": form, "proof": proof, "texts": bool(settings.SMS_URL)}
    status = 200
    if sent and form.is_valid():
        try:
            made = notices.ask(
                proof=proof,
                way=form.cleaned_data["way"],
                address=form.cleaned_data["address"],
                language=language,
                at=timezone.now(),
            )
        except notices.TooManyLinks:
            context["too_many"], status = True, 429
        else:
            if made is None:
                return look_up_again(request, language)
            context["link_sent"] = True
    elif sent:
        status = 422
    return show(request, "notices", language, context, status)


@applicants("GET", "HEAD", "POST")
def notice(request: HttpRequest, language: str, token: str) -> HttpResponse:
    """What the link of a message opens: begin, or end. Opening it alone changes nothing, for

    programs that look for viruses open links too.
    """
    at = timezone.now()
    begun = request.method == "POST" and notices.confirm(token=token, at=at)
    found = notices.notice_of(token, at=at)
    context = {"found": found, "begun": begun, "token": token}
    return show(request, "notice", language, context, 200 if found else 410)


@applicants("GET", "HEAD", "POST")
def end(request: HttpRequest, language: str, token: str) -> HttpResponse:
    """One click, from the page or from the mail program itself (List-Unsubscribe-Post)."""
    if request.method == "POST":
        ended = notices.end(token=token, at=timezone.now())
        return show(request, "notice", language, {"ended": ended}, 200 if ended else 410)
    found = notices.notice_of(token, at=timezone.now())
    context = {"found": found, "token": token}
    return show(request, "notice", language, context, 200 if found else 410)
