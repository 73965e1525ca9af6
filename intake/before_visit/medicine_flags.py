"""What a medicine's name tells the team before the visit: blood thinner, bone drug, steroid ... Pure.

A flag is a hint for a nurse who reads the list, never a finding: names are matched word by word, so a name spelled in
another way is missed, and the person's own ticks count as well. Generic names and the US brands in common use; the list
is a proposal for the pharmacist of the clinic to sign off (domain 2.2, `medications[]`).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

ANTICOAGULANT, BISPHOSPHONATE, DENOSUMAB = "anticoagulant", "bisphosphonate", "denosumab"
STEROID, OPIOID, CHEMO_PILL, HORMONE = "steroid", "opioid", "chemo_pill", "hormone"
FLAGS = (ANTICOAGULANT, BISPHOSPHONATE, DENOSUMAB, STEROID, OPIOID, CHEMO_PILL, HORMONE)

NAMES: Mapping[str, tuple[str, ...]] = {
    ANTICOAGULANT: (
        "warfarin", "coumadin", "jantoven", "apixaban", "eliquis", "rivaroxaban", "xarelto", "dabigatran", "pradaxa",
        "edoxaban", "savaysa", "enoxaparin", "lovenox", "dalteparin", "fragmin", "fondaparinux", "arixtra", "heparin",
        "tinzaparin",
    ),
    BISPHOSPHONATE: (
        "zoledronic", "zoledronate", "zometa", "reclast", "pamidronate", "aredia", "alendronate", "fosamax", "binosto",
        "ibandronate", "boniva", "risedronate", "actonel", "atelvia", "etidronate",
    ),
    DENOSUMAB: (
        "denosumab", "xgeva", "prolia", "wyost", "jubbonti", "ospomyv", "xbryk", "stoboclo", "osenvelt", "conexxence",
        "bomyntra",
    ),
    STEROID: (
        "dexamethasone", "decadron", "hemady", "prednisone", "deltasone", "rayos", "prednisolone", "orapred",
        "methylprednisolone", "medrol", "hydrocortisone", "cortef",
    ),
    OPIOID: (
        "oxycodone", "oxycontin", "roxicodone", "percocet", "endocet", "xtampza", "hydrocodone", "norco", "vicodin",
        "lortab", "hysingla", "morphine", "kadian", "hydromorphone", "dilaudid", "fentanyl", "duragesic", "methadone",
        "dolophine", "tapentadol", "nucynta", "tramadol", "ultram", "codeine", "oxymorphone", "buprenorphine",
        "butrans", "belbuca", "levorphanol", "meperidine", "demerol",
    ),
    CHEMO_PILL: (
        "capecitabine", "xeloda", "temozolomide", "temodar", "etoposide", "vepesid", "cyclophosphamide", "methotrexate",
        "melphalan", "alkeran", "chlorambucil", "leukeran", "busulfan", "myleran", "mercaptopurine", "hydroxyurea",
        "topotecan", "hycamtin", "lonsurf", "trifluridine", "vinorelbine", "procarbazine", "lomustine",
    ),
    HORMONE: (
        "tamoxifen", "soltamox", "anastrozole", "arimidex", "letrozole", "femara", "exemestane", "aromasin",
        "fulvestrant", "faslodex", "elacestrant", "orserdu", "toremifene", "leuprolide", "lupron", "eligard",
        "goserelin", "zoladex", "triptorelin", "trelstar", "degarelix", "firmagon", "relugolix", "orgovyx",
        "bicalutamide", "casodex", "flutamide", "nilutamide", "abiraterone", "zytiga", "yonsa", "enzalutamide",
        "xtandi", "apalutamide", "erleada", "darolutamide", "nubeqa", "megestrol", "megace",
    ),
}  # fmt: skip
_WORDS = re.compile(r"[a-z]+", re.ASCII)


def flags_of_name(name: str) -> set[str]:
    """The flags that a medicine's name calls for; a name in other letters or with a typing slip gives none."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = set(_WORDS.findall(plain))
    return {flag for flag, names in NAMES.items() if not words.isdisjoint(names)}


def flags_of(name: str, ticked: Iterable[str] = ()) -> list[str]:
    """The flags of a medicine by its name and by what the person ticked, in the order of `FLAGS`."""
    found = flags_of_name(name) | set(ticked)
    return [flag for flag in FLAGS if flag in found]
