"""The scores of the demonstration are complete in their kinds and lift no level by themselves."""

import pytest
from django.utils import timezone

from clinic.accounts.models import User
from intake.triage.engine import highest
from intake.triage.rules import BY_ID
from scheduling.demonstration.scores import add_scores
from scheduling.models import Score
from scheduling.scores.effect import answers_of, rules_on
from scheduling.scores.scoring import RULE_KEYS, rule_values
from tests.scheduling.staff_rows import RANK, a_patient_row, a_row

pytestmark = pytest.mark.django_db


def test_scores_fit_the_level_of_their_request():
    User.objects.create_user("physician@example.org", "Elena Marsh", roles=["physician"])
    levels = ["urgent", "soon", "routine", "urgent", "soon", "routine", "soon", "soon"]
    requests = [a_row(patient=a_patient_row(), level=level) for level in levels]

    made = add_scores(timezone.now())

    assert made == Score.objects.count() > len(levels)
    assert set(Score.objects.values_list("kind", flat=True)) == set(Score.Kind.values)
    assert Score.objects.filter(is_current=False).exists()
    assert Score.objects.current().filter(total=None, result="").exists()  # one that is not complete yet
    for wanted in requests:
        values = rule_values(Score.objects.filter(patient=wanted.patient).current())
        fired = rules_on(set(RULE_KEYS.values()), {**answers_of(wanted), **values})
        assert RANK[highest(BY_ID[rule].level for rule in fired)] >= wanted.urgency_rank
