"""The door for web servers."""

import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labnotebook.settings")

application = get_wsgi_application()


def _demand_a_lasting_secret_key() -> None:
    from django.conf import settings

    if settings.SECRET_KEY_IS_FLEETING:
        raise ImproperlyConfigured(
            "There is no secret key. Start the notebook with 'make run', which makes one in the "
            "data folder, or give one of 50 random characters in SECRET_KEY."
        )


_demand_a_lasting_secret_key()
