"""Send a link to whom it was made for, where the notebook can send mail."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _

from labnotebook.records.models import OneTimeLink

logger = logging.getLogger(__name__)


def can_send() -> bool:
    """Whether a server for outgoing mail is set; else the mail would only be printed."""
    return bool(settings.EMAIL_HOST)


def send_link(link: OneTimeLink, address: str) -> bool:
    """Send the address of a link to the e-mail that it is for; say whether that worked."""
    if not link.email or not can_send():
        return False
    words = {
        "who": link.made_by.get_full_name() or link.made_by.get_username(),
        "project": link.project.name if link.project else "",
        "address": address,
        "until": f"{link.expires_at:%Y-%m-%d %H:%M} UTC",
    }
    if link.purpose == OneTimeLink.Purpose.JOIN:
        subject = _("You are invited to the laboratory notebook")
        first = _("%(who)s invites you to the laboratory notebook.") % words
    else:
        subject = _("Choose a password for the laboratory notebook")
        first = _("%(who)s made a link by which you choose your password.") % words
    if link.project:
        first += " " + _("You then belong to the project %(project)s.") % words
    text = f"{first}\n\n{address}\n\n" + _("The link works once, until %(until)s.") % words + "\n"
    try:
        return send_mail(subject, text, None, [link.email]) == 1
    except (OSError, SMTPException):
        logger.exception("a link to %s could not be sent", link.email)
        return False
