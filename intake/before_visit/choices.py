"""Answers to choose from before the visit: permanent codes and the words shown (domain 2.2, stage B).

Words fit the patient and whoever answers for the patient. `UNKNOWN` and `PREFER_NOT` are answers too: they tell an
open question from one that a person cannot or does not want to answer.
"""

from django.utils.translation import gettext_lazy as _

UNKNOWN = ("unknown", _("I do not know"))
PREFER_NOT = ("prefer_not", _("Prefer not to say"))
YES_NO = (("yes", _("Yes")), ("no", _("No")))
YES_NO_UNKNOWN = (*YES_NO, UNKNOWN)
YES_NO_PREFER_NOT = (*YES_NO, PREFER_NOT)
YES_NO_NOT_SURE = (*YES_NO, ("not_sure", _("I am not sure")))

# About you

# USPS Publication 28, appendix B: states, the District of Columbia, territories, military "states"
_STATES = (
    ("AL", "Alabama"), ("AK", "Alaska"), ("AZ", "Arizona"), ("AR", "Arkansas"), ("CA", "California"),
    ("CO", "Colorado"), ("CT", "Connecticut"), ("DE", "Delaware"), ("DC", "District of Columbia"), ("FL", "Florida"),
    ("GA", "Georgia"), ("HI", "Hawaii"), ("ID", "Idaho"), ("IL", "Illinois"), ("IN", "Indiana"), ("IA", "Iowa"),
    ("KS", "Kansas"), ("KY", "Kentucky"), ("LA", "Louisiana"), ("ME", "Maine"), ("MD", "Maryland"),
    ("MA", "Massachusetts"), ("MI", "Michigan"), ("MN", "Minnesota"), ("MS", "Mississippi"), ("MO", "Missouri"),
    ("MT", "Montana"), ("NE", "Nebraska"), ("NV", "Nevada"), ("NH", "New Hampshire"), ("NJ", "New Jersey"),
    ("NM", "New Mexico"), ("NY", "New York"), ("NC", "North Carolina"), ("ND", "North Dakota"), ("OH", "Ohio"),
    ("OK", "Oklahoma"), ("OR", "Oregon"), ("PA", "Pennsylvania"), ("RI", "Rhode Island"), ("SC", "South Carolina"),
    ("SD", "South Dakota"), ("TN", "Tennessee"), ("TX", "Texas"), ("UT", "Utah"), ("VT", "Vermont"),
    ("VA", "Virginia"), ("WA", "Washington"), ("WV", "West Virginia"), ("WI", "Wisconsin"), ("WY", "Wyoming"),
    ("AS", "American Samoa"), ("GU", "Guam"), ("MP", "Northern Mariana Islands"), ("PR", "Puerto Rico"),
    ("VI", "U.S. Virgin Islands"), ("FM", "Federated States of Micronesia"), ("MH", "Marshall Islands"),
    ("PW", "Palau"), ("AA", "Armed Forces Americas"), ("AE", "Armed Forces Europe"), ("AP", "Armed Forces Pacific"),
)  # fmt: skip
STATES = tuple((code, f"{code} - {name}") for code, name in _STATES)  # proper names, the same in every language
ADDRESS_INSTEAD = (
    ("no_fixed_address", _("I do not have a fixed address")),
    PREFER_NOT,
)
ADDRESS_INSTEAD_OF_PATIENT = (
    ("no_fixed_address", _("The patient has no fixed address")),
    PREFER_NOT,
)
EMERGENCY_CONTACT = (("yes", _("Yes")), ("nobody", _("There is nobody to name")), PREFER_NOT)
PERSON_RELATIONS = (
    ("spouse", _("Husband, wife, or partner")),
    ("child", _("Son or daughter")),
    ("parent", _("Mother or father")),
    ("sibling", _("Brother or sister")),
    ("friend", _("Friend or neighbor")),
    ("paid_caregiver", _("Paid caregiver")),
    ("other", _("Someone else")),
    PREFER_NOT,
)
COMMUNICATION_NEEDS = (
    ("large_print", _("Large print")),
    ("screen_reader", _("Papers that a screen reader can read")),
    ("tty_relay", _("Calls by TTY or a relay service")),
    ("reading_help", _("Help to read or fill in papers")),
    ("other", _("Another kind of help")),
    ("none", _("None of these")),
    PREFER_NOT,
)
MOBILITY_AIDS = (
    ("none", _("Nothing")),
    ("cane", _("A cane")),
    ("walker", _("A walker")),
    ("wheelchair", _("A wheelchair")),
    ("stretcher", _("A stretcher or bed")),
    ("brace", _("A brace")),
    PREFER_NOT,
)
VISIT_NEEDS = (
    ("cannot_lie_flat", _("It is hard to lie flat")),
    ("transfer_help", _("Help is needed to move from a chair to a bed")),
    ("oxygen", _("Oxygen")),
    ("none", _("None of these")),
    PREFER_NOT,
)
CAREGIVER_PERMISSION = (("yes", _("Yes")), ("no", _("No")), ("unknown", _("I am not sure yet")), PREFER_NOT)

# Your cancer

STAGES = (
    ("I", _("Stage 1")),
    ("II", _("Stage 2")),
    ("III", _("Stage 3")),
    ("IV", _("Stage 4")),
    UNKNOWN,
)
OTHER_METS = (
    ("brain", _("Brain")),
    ("lung", _("Lung")),
    ("liver", _("Liver")),
    ("nodes", _("Lymph nodes")),
    ("other", _("Another place")),
    ("none", _("Nowhere else")),
    UNKNOWN,
)
PREGNANT_POSSIBLE = (*YES_NO, ("not_applicable", _("This does not apply")), PREFER_NOT)

# Insurance

INSURANCE_STATUS = (
    ("insured", _("Yes")),
    ("self_pay", _("No")),
    ("applying", _("Not yet, we have asked for it")),
    ("unsure", _("I am not sure")),
)
PAYER_TYPES = (
    ("medicare", _("Medicare")),
    ("medicare_advantage", _("Medicare Advantage")),
    ("medicaid", _("Medicaid")),
    ("commercial", _("A plan from a job, or bought from an insurer")),
    ("marketplace", _("A Marketplace plan (HealthCare.gov or a state's site)")),
    ("tricare", _("TRICARE")),
    ("va", _("VA")),
    ("indian_health_service", _("Indian Health Service")),
    ("workers_compensation", _("Workers' compensation")),
    ("international", _("Insurance from another country")),
    ("other", _("Another kind")),
    UNKNOWN,
)
SUBSCRIBER_RELATIONS = (
    ("self", _("Me")),
    ("spouse", _("My husband, wife, or partner")),
    ("parent", _("My mother or father")),
    ("other", _("Someone else")),
    UNKNOWN,
)
SUBSCRIBER_RELATIONS_OF_PATIENT = (
    ("self", _("The patient")),
    ("spouse", _("The patient's husband, wife, or partner")),
    ("parent", _("The patient's mother or father")),
    ("other", _("Someone else")),
    UNKNOWN,
)

# Your visit

TRANSPORT_NEEDS = (
    ("ride", _("A ride")),
    ("wheelchair_van", _("A van for a wheelchair")),
    ("lodging", _("A place to stay for the night")),
    ("parking_cost", _("The cost of parking")),
    ("none", _("No help is needed")),
    UNKNOWN,
    PREFER_NOT,
)
LIVING_SITUATIONS = (
    ("alone", _("Alone")),
    ("with_family", _("With family or friends")),
    ("facility", _("In a nursing home, rehab center, or group home")),
    ("other", _("Another way")),
    PREFER_NOT,
)
ADVANCE_DIRECTIVES = (
    ("yes", _("Yes")),
    ("no", _("No")),
    ("want_information", _("No, but I want to know more about it")),
    UNKNOWN,
    PREFER_NOT,
)
WEEKDAYS = (
    ("0", _("Monday")),
    ("1", _("Tuesday")),
    ("2", _("Wednesday")),
    ("3", _("Thursday")),
    ("4", _("Friday")),
    ("any", _("Any day")),
    UNKNOWN,
)
TIMES_OF_DAY = (
    ("morning", _("Morning, before 11")),
    ("midday", _("Midday, 11 to 2")),
    ("afternoon", _("Afternoon, after 2")),
    ("any", _("Any time")),
    UNKNOWN,
)
VISIT_MODES = (
    ("in_person", _("At the clinic")),
    ("video", _("By video")),
    ("any", _("Both are fine")),
    UNKNOWN,
)
ESCORTS = (("yes", _("Yes")), ("no", _("No")), UNKNOWN)

# About you, optional

# The seven minimum categories of Statistical Policy Directive 15 (2024), one combined question
RACE_ETHNICITY = (
    ("american_indian_alaska_native", _("American Indian or Alaska Native")),
    ("asian", _("Asian")),
    ("black_african_american", _("Black or African American")),
    ("hispanic_latino", _("Hispanic or Latino")),
    ("middle_eastern_north_african", _("Middle Eastern or North African")),
    ("native_hawaiian_pacific_islander", _("Native Hawaiian or Pacific Islander")),
    ("white", _("White")),
    ("prefer_not", _("Prefer not to answer")),
)
GENDER_IDENTITIES = (
    ("woman", _("Woman")),
    ("man", _("Man")),
    ("transgender", _("Transgender")),
    ("nonbinary", _("Nonbinary")),
    ("own_words", _("I use another word")),
    PREFER_NOT,
)
PRONOUNS = (
    ("she", _("She, her")),
    ("he", _("He, him")),
    ("they", _("They, them")),
    ("own_words", _("I use other words")),
    PREFER_NOT,
)
MARITAL_STATUSES = (
    ("single", _("Never married")),
    ("married", _("Married")),
    ("partner", _("Living with a partner")),
    ("separated", _("Separated")),
    ("divorced", _("Divorced")),
    ("widowed", _("Widowed")),
    PREFER_NOT,
)
SEXES = (
    ("female", _("Female")),
    ("male", _("Male")),
    ("unknown", _("Unknown or other")),
    PREFER_NOT,
)
