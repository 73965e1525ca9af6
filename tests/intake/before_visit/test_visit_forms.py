"""The way, life at home, and wishes for days."""

from datetime import timedelta

from django.utils import timezone

from intake.before_visit.visit_forms import LivingForm, TravelForm, WishesForm
from tests.intake.before_visit.plain_forms import answers_of, fill


def test_video_is_offered_to_those_who_live_far():
    assert answers_of(TravelForm, {"lives_far": "yes", "video_part": "yes"})["video_part"] == "yes"
    assert answers_of(TravelForm, {"lives_far": "no", "video_part": "yes"})["video_part"] is None


def test_no_help_and_a_ride_cannot_both_be():
    assert list(fill(TravelForm, {"transport_need": ["none", "ride"]}).errors) == ["transport_need"]


def test_home_without_name_and_phone_is_pointed_out_once():
    first = fill(LivingForm, {"living_situation": "facility"})
    assert set(first.errors) == {"facility_name", "facility_contact_phone"}
    assert answers_of(LivingForm, {"living_situation": "facility"}, asked="1")["facility_name"] is None
    assert fill(LivingForm, {"living_situation": "alone"}).is_valid()


def test_advance_directive_may_be_asked_about():
    assert answers_of(LivingForm, {"advance_directive": "want_information"})["living_situation"] is None


def wished(day):
    return {f"earliest_date_{part}": str(getattr(day, part)) for part in ("month", "day", "year")}


def test_earliest_day_is_today_or_later():
    today = timezone.localdate()
    assert answers_of(WishesForm, wished(today))["earliest_date"] == today.isoformat()
    assert "today or later" in fill(WishesForm, wished(today - timedelta(days=1))).errors["earliest_date"][0]


def test_any_day_stands_alone():
    assert list(fill(WishesForm, {"weekdays": ["any", "0"]}).errors) == ["weekdays"]
    assert answers_of(WishesForm, {"weekdays": ["0", "4"]})["weekdays"] == ["0", "4"]
