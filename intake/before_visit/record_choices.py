"""Answers to choose from about records: permanent codes and the words shown (domain 2.2, stage B)."""

from django.utils.translation import gettext_lazy as _

from intake.before_visit import lab_tests
from intake.before_visit.choices import UNKNOWN

RECORDS_HOW = (
    ("add", _("I add files here")),
    ("bring", _("We bring them to the visit")),
    ("ask", _("Ask the places where the care was")),
    UNKNOWN,
)

IMAGING_KINDS = (
    ("bone_scan", _("Bone scan")),
    ("xray", _("X-ray")),
    ("ct", _("CT scan")),
    ("pet", _("PET scan")),
    ("mri", _("MRI")),
    ("ultrasound", _("Ultrasound")),
    ("other", _("Another scan")),
    UNKNOWN,
)
HAVE = (
    ("disk", _("The pictures, on a disk")),
    ("report", _("The written report")),
    ("neither", _("Neither of them")),
    UNKNOWN,
)
LAB_TESTS = (
    ("calcium", _("Calcium")),
    ("albumin", _("Albumin")),
    ("creatinine", _("Creatinine")),
    ("alkaline_phosphatase", _("Alkaline phosphatase (ALP)")),
    ("hemoglobin", _("Hemoglobin")),
    ("platelets", _("Platelets")),
    ("psa", _("PSA")),
    ("ca_15_3", _("CA 15-3")),
    ("ca_27_29", _("CA 27-29")),
    ("cea", _("CEA")),
    ("other_marker", _("Another tumor marker")),
)
UNIT_LABELS = {"umol/L": "µmol/L", "ug/L": "µg/L", "10*3/uL": _("K/µL (thousand)"), "10*9/L": "10⁹/L"}
LAB_UNITS = (
    *((unit, UNIT_LABELS.get(unit, unit)) for unit in lab_tests.UNITS),
    (lab_tests.OTHER_UNIT, _("Another unit")),
)
TREATMENTS = (
    ("surgery", _("Surgery")),
    ("radiation", _("Radiation")),
    ("chemo", _("Chemo")),
    ("hormone", _("Hormone treatment")),
    ("targeted", _("Targeted drug")),
    ("immunotherapy", _("Immunotherapy")),
    ("radiopharmaceutical", _("Radioactive drug, such as radium or lutetium")),
    ("bone_drug", _("Drug to make bones stronger")),
    UNKNOWN,
)
SAME_PLACE = (
    ("yes", _("Yes")),
    ("no", _("No")),
    ("no_pain", _("No pain now")),
    UNKNOWN,
)
MEDICINE_TICKS = (
    ("anticoagulant", _("Blood thinner")),
    ("bisphosphonate", _("Bone drug by drip or pill, such as Zometa or Fosamax")),
    ("denosumab", _("Bone drug as a shot, such as Xgeva or Prolia")),
    ("steroid", _("Steroid, such as dexamethasone")),
    ("opioid", _("Strong pain medicine, such as oxycodone or a fentanyl patch")),
    ("chemo_pill", _("Chemo pill")),
    ("hormone", _("Hormone drug for cancer")),
    ("none", _("None of these")),
    UNKNOWN,
)
ALLERGIES = (
    ("drug", _("A medicine")),
    ("contrast", _("Contrast dye for scans")),
    ("latex", _("Latex, as in some gloves")),
    ("adhesive", _("Tape or the glue of bandages")),
    ("other", _("Something else, such as a food")),
    UNKNOWN,
)
IMPLANTS = (
    ("pacemaker", _("Pacemaker or defibrillator")),
    ("stimulator", _("Nerve, brain or spine stimulator")),
    ("pump", _("Pump for medicine, such as insulin or pain medicine")),
    ("aneurysm_clip", _("Clip on a blood vessel in the head")),
    ("cochlear", _("Cochlear implant in the ear")),
    ("rods_joint", _("Rod, screw, plate or artificial joint")),
    ("port", _("Port for infusions")),
    ("other", _("Something else, such as metal in the eye")),
    UNKNOWN,
)
