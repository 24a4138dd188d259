"""What people say about batches, devices and measurements."""

from labnotebook.talk.models.about import Talked
from labnotebook.talk.models.comment import Comment
from labnotebook.talk.models.notice import Notice
from labnotebook.talk.models.task import Task

__all__ = ["Comment", "Notice", "Talked", "Task"]
