"""Entries of the bench, each answered by itself."""

from __future__ import annotations

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from labnotebook.records.refusals import Refusal
from synthesis.services.bench import Taken, record_events


class EventSerializer(serializers.Serializer):
    """One bench entry."""

    id = serializers.UUIDField(help_text="Made by you; the same id again is harmless")
    kind = serializers.CharField(
        help_text="weighing, lot, step_start, step_finish, parameter, condition, observation,"
        " deviation, skip, withdraw or note"
    )
    target = serializers.CharField(
        required=False, help_text="Reagent key, step key, step.parameter or name of a condition"
    )
    value = serializers.JSONField(
        required=False,
        help_text="As typed: '173.9 mg', 'colloidal' ...; of a withdraw, {'entry': id} takes one back",
    )
    at = serializers.DateTimeField(required=False)
    reason = serializers.CharField(required=False)
    old = serializers.CharField(required=False, help_text="What you saw in the field before")
    portion = serializers.BooleanField(
        required=False, help_text="Of a weighing: added to what is there, no correction of it"
    )
    as_planned = serializers.BooleanField(
        required=False, help_text="Said by the person to be as planned, not read off"
    )
    repeat = serializers.BooleanField(
        required=False, help_text="Of a step_start: the step is done once more"
    )
    sent = serializers.DateTimeField(
        required=False, help_text="The device's clock as it sends; a wrong one is corrected"
    )


class EntryRefusedSerializer(serializers.Serializer):
    """One entry that was not taken."""

    id = serializers.CharField()
    index = serializers.IntegerField(help_text="Its place in the list, from 0")
    field = serializers.CharField()
    message = serializers.CharField()


class RemarkSerializer(serializers.Serializer):
    """What to look at of an entry that was taken."""

    id = serializers.CharField()
    message = serializers.CharField()


class TakenSerializer(serializers.Serializer):
    """What became of the entries."""

    accepted = serializers.ListField(child=serializers.CharField())
    known = serializers.ListField(
        child=serializers.CharField(), help_text="Recorded before, with the same content"
    )
    refused = EntryRefusedSerializer(many=True)
    remarks = RemarkSerializer(many=True)


class BenchMixin:
    """What is said at the bench; beside a viewset of batches."""

    @extend_schema(request=EventSerializer(many=True), responses=TakenSerializer)
    @action(detail=True, methods=["post"])
    def events(self, request: Request, code: str) -> Response:
        """Take bench entries, each answered by itself: a refused one does not hold back the others.

        An id that is known with the same content is answered so, and recorded once; with other content
        it is refused. When every entry was refused, the answer is 400 and names each.
        """
        if not isinstance(request.data, list):
            raise Refusal("Send a list of entries.")
        return answer_taken(
            record_events(by=request.user, batch=self.get_object(), events=request.data)
        )


def answer_taken(taken: Taken) -> Response:
    """Answer what became of entries; 400 when none was taken."""
    if taken.refused and not (taken.accepted or taken.known):
        raise serializers.ValidationError({e["field"]: [e["message"]] for e in taken.refused})
    return Response(asdict(taken))
