"""The Celery app: carries ids of jobs to workers, and nothing of value."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labnotebook.settings")

app = Celery("labnotebook")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
