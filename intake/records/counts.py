"""How many records of a report there are, counted inside another query."""

from django.db.models import Count, OuterRef, Subquery

from intake.records.models import ReadinessItem

State = ReadinessItem.State


def with_record_counts(rows, report: str):
    """The rows with `records_here` and `records_asked`; `report` is the way from a row to its report.

    None stands for zero. What is not needed counts in neither.
    """
    return rows.annotate(records_here=_number(report, state=State.RECEIVED), records_asked=_number(report))


def _number(report: str, **of_state) -> Subquery:
    items = ReadinessItem.objects.filter(report=OuterRef(report), **of_state).exclude(state=State.NOT_NEEDED)
    return Subquery(items.order_by().values("report").annotate(number=Count("pk")).values("number"))
