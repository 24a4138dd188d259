"""What allauth asks us about second factors: how their secrets are kept, and who may go without."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from allauth.account.stages import LoginStageController
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from labnotebook.records.history import recorded
from labnotebook.records.services.last_use import note_stranger
from labnotebook.records.services.second_factors import factors_of, is_demanded
from labnotebook.records.services.security import Kind, note


class SealedSecrets(DefaultMFAAdapter):
    """Secrets are kept encrypted, so that a copy of the database signs nobody in; what is demanded stays."""

    def encrypt(self, text: str) -> str:
        """Seal a secret with a key that follows from SECRET_KEY."""
        return _cipher(settings.SECRET_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret."""
        return _cipher(settings.SECRET_KEY).decrypt(encrypted_text.encode()).decode()

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Note a wrong code: it came with the right password, or from a passkey that nobody here knows."""
        if code == "incorrect_code" and self.request is not None:
            user = self.request.user
            stage = LoginStageController.enter(self.request, AuthenticateStage.key)
            person = user if user.is_authenticated else stage and stage.login.user
            if person:
                note(Kind.TURNED_AWAY, person=person, about="wrong second factor")
            else:
                note_stranger(about="a passkey that nobody here has")
        return super().validation_error(code, *args)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Refuse to remove the last second factor of who has to have one."""
        if authenticator.type == Authenticator.Type.RECOVERY_CODES:
            return True
        others = factors_of(authenticator.user).exclude(pk=authenticator.pk)
        return others.exists() or not is_demanded(authenticator.user)

    def get_totp_label(self, user: Any) -> str:
        """Return the sign-in name: what the app shows beside the code."""
        return user.get_username()


@cache
def _cipher(secret: str) -> Fernet:
    key = HKDF(SHA256(), 32, salt=None, info=b"labnotebook second factors").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))


def kept(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let the history say who changed second factors by a page of allauth, and the security events which."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST" or not request.user.is_authenticated:
            return view(request, *args, **kwargs)
        before = _factors(request.user)
        with recorded(request.user, "second factors changed"):
            response = view(request, *args, **kwargs)
            after = _factors(request.user)
            for word, changed in (("set up", after - before), ("removed", before - after)):
                for _key, kind in sorted(changed):
                    note(Kind.SECOND_FACTOR, person=request.user, about=f"{kind} {word}")
        return response

    return answer


def _factors(person: Any) -> set[tuple[int, str]]:
    """Return the keys and kinds of what somebody has."""
    return {
        (one.pk, str(one.get_type_display()).lower())
        for one in Authenticator.objects.filter(user=person)
    }
