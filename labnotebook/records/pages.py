"""What the pages share: forms that create once, forms that know their version, tables of revisions."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from labnotebook.records.asked import whole_number
from labnotebook.records.files import HashedUpload
from labnotebook.records.presentation.markup import Markup
from labnotebook.records.presentation.qr import qr_svg
from labnotebook.records.refusals import Refusal, StorageAway
from labnotebook.records.services import idempotency


def fresh_key() -> str:
    """Return a new idempotency key for a form."""
    return secrets.token_hex(16)


class OnceForm(forms.Form):
    """A form whose submission takes effect once, however often it is sent.

    The key is made when the form is shown and comes back with it, so a double click, a reload or a
    second tap after a lost connection finds the first answer.
    """

    idempotency_key = forms.CharField(
        widget=forms.HiddenInput, required=False, max_length=idempotency.LONGEST_KEY
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["idempotency_key"].initial = fresh_key

    def add_refusal(self, refusal: Refusal) -> None:
        """Show a refusal at its field, or above the form."""
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, refusal.sentence)


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; the value is a list."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Check each of them."""
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in files]


def create_once(request: HttpRequest, create: Callable[[], str]) -> HttpResponse:
    """Run ``create``, which returns the address to go to; send the browser there, also when repeated."""
    key = request.POST.get("idempotency_key", "")
    if not key:
        return redirect(create())
    parts = [
        f"{name}={value}".encode()
        for name, values in sorted(request.POST.lists())
        if name not in {"csrfmiddlewaretoken", "idempotency_key"}
        for value in values
    ]
    parts += [
        f"{name}={upload.writer.digest.hexdigest()}".encode()
        for name, uploads in sorted(request.FILES.lists())
        for upload in uploads
        if isinstance(upload, HashedUpload)
    ]
    answer = idempotency.once(
        user=request.user,
        key=f"page:{key}",
        request_sha256=idempotency.request_digest("POST", request.path, *parts),
        create=lambda: idempotency.Answer(302, "", create()),
    )
    return redirect(answer.location)


def uploaded(
    request: HttpRequest, form: OnceForm, save: Callable[[], str]
) -> tuple[HttpResponse | None, int]:
    """Run ``save`` of a form with files, once: return the way to where it says, or the status to show the form with.

    The form says what was refused, also where the upload was stopped on its way.
    """
    if request.method != "POST":
        return None, 200
    stopped: Refusal | None = getattr(request, "upload_refusal", None)
    if stopped is not None:
        form.add_error(None, stopped.sentence)
        return None, stopped.status
    if form.is_valid():
        try:
            return create_once(request, save), 302
        except Refusal as refusal:
            form.add_refusal(refusal)
            if isinstance(refusal, StorageAway):
                return None, refusal.status
    return None, 422


def saved(request: HttpRequest, form: OnceForm, save: Callable[[], str]) -> HttpResponse | None:
    """Run ``save`` of a form that was sent and is valid, once, and go where it says.

    Returns None when there is nothing to save, or when it was refused: the form then says why.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return create_once(request, save)
    except Refusal as refusal:
        form.add_refusal(refusal)
    except ValidationError as error:
        for name, sentences in error.message_dict.items():
            form.add_error(name if name in form.fields else None, sentences)
    return None


def form_version(request: HttpRequest) -> int | None:
    """Return the version that a form was filled in on, None when it did not say."""
    # However long: a version that no record can have is an old one, not an unsaid one.
    return whole_number(request.POST.get("version", ""), digits=4300)


def code_qr(request: HttpRequest, code: str) -> Markup:
    """Return the QR code of a label, which leads to whatever has this code."""
    return qr_of(request, reverse("qr", args=[code]), code)


def qr_of(request: HttpRequest, leads_to: str, code: str, *, small: bool = False) -> Markup:
    """Return the QR code that leads to a path of the notebook; a small one has as few modules as can be."""
    address = request.build_absolute_uri(leads_to)
    return qr_svg(address, _("QR code of %(code)s") % {"code": code}, error="l" if small else "m")
