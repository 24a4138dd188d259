"""Models that every record stands on."""

from labnotebook.records.models.base import ProjectRecord, ProjectRecordQuerySet, Record
from labnotebook.records.models.code import CodeCounter
from labnotebook.records.models.idempotency import IdempotencyKey
from labnotebook.records.models.job import Job
from labnotebook.records.models.last_use import PersonSeen, TokenAddress, TokenUse
from labnotebook.records.models.one_time_link import OneTimeLink
from labnotebook.records.models.project import Membership, Project, Role
from labnotebook.records.models.revision import Revision
from labnotebook.records.models.security_event import SecurityEvent
from labnotebook.records.models.signature import Signature
from labnotebook.records.models.stored_file import StoredFile
from labnotebook.records.models.token import ApiToken

__all__ = [
    "ApiToken",
    "CodeCounter",
    "IdempotencyKey",
    "Job",
    "Membership",
    "OneTimeLink",
    "PersonSeen",
    "Project",
    "ProjectRecord",
    "ProjectRecordQuerySet",
    "Record",
    "Revision",
    "Role",
    "SecurityEvent",
    "Signature",
    "StoredFile",
    "TokenAddress",
    "TokenUse",
]
