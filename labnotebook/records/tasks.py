"""The one Celery task: do the job with this id."""

from celery import shared_task

from labnotebook.embedded.memory import give_back
from labnotebook.records.services import jobs


@shared_task(name="records.run_job")
def run_job(*, job_id: int) -> None:
    """Claim the job and do it; a second delivery of the same id does nothing."""
    jobs.run(job_id)
    give_back()
