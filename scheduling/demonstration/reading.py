"""A trial and some outside help for the demonstration. All of it is invented."""

import datetime as dt

from clinic.education.models import Resource, Trial

TRIALS = (
    (
        "NCT09999901",
        "One strong dose or five: radiation for pain in the spine",
        (
            "Radiation eases pain in bones. It can be given in one strong dose or in five smaller ones. "
            "This study asks which one helps more after three months."
        ),
        "Adults with cancer in one or two bones of the spine, and pain of 4 or more out of 10.",
        "3",
    ),
    (
        "NCT09999902",
        "Moving safely: a program of exercise at home",
        (
            "People with cancer in bone are often told to rest. This study tests exercise at home that a "
            "physical therapist plans for each person. It looks at strength, falls and mood."
        ),
        "Adults with cancer in bone who can walk, with or without a cane.",
        "",
    ),
)
HELP = (
    ("Juniper Ride Circle", "travel", "Volunteers drive you to the clinic and home again.", "202-555-0150"),
    ("Juniper Patient Fund", "money", "Helps with rent, food and bills during treatment.", "202-555-0151"),
    (
        "Evening Circle",
        "support",
        "A group for people with cancer that has spread, and one for families.",
        "202-555-0152",
    ),
    ("Steady Hands Home Care", "care_at_home", "Finds help with washing, cooking and shopping.", "202-555-0153"),
)


def add_reading(today: dt.date) -> None:
    """Trials and outside help, verified last week."""
    checked = today - dt.timedelta(days=7)
    Trial.objects.bulk_create(
        Trial(
            nct_id=number,
            title=title,
            summary=summary,
            who_may_fit=fits,
            phase=phase,
            contact="Clinical trials coordinator",
            verified_on=checked,
        )
        for number, title, summary, fits, phase in TRIALS
    )
    Resource.objects.bulk_create(
        Resource(name=name, kind=kind, what=what, phone=phone, verified_on=checked) for name, kind, what, phone in HELP
    )
