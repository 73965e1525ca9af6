"""What the short keys of the rules' sources stand for, as the clinic's specification lists them. Pure."""

import re
from collections.abc import Iterable

SOURCES = {
    "S1": "University of Michigan, Bone metastasis FAQ",
    "S2": "Moffitt Cancer Center, Bone metastasis page",
    "R1": "moffitt.org, Bone Metastasis Clinic (for professionals)",
    "R13": "ASTRO bone metastases guideline 2024, doi 10.1016/j.prro.2024.04.018",
    "R14": "SINS: Fisher 2010",
    "R15": "ESCC: Bilsky 2010",
    "R16": "Ramsey 2020, JAAOS Glob Res Rev (Mirels score)",
    "R17": "BOAST, Management of Metastatic Bone Disease, June 2022",
    "R18": "Prolia safety pages; Mayo Clinic, denosumab",
    "R41": "NICE CG75, key priorities (replaced by NG234)",
    "R44": "North Star Lodge, When should I call 911 for a cancer patient?",
    "R45": "BMJ Best Practice, suspected cauda equina",
    "R46": "York back pain pathway",
    "R47": "Greenhalgh and Selfe red-flag card; UK acute oncology leaflets",
    "R48": "CSP on the GIRFT pathway, 2024",
    "R49": "MSD Manual, Hypercalcemia",
    "R50": "StatPearls, Resistant hypercalcemia",
    "R51": "Downie, BMJ 2021;372:n98",
    "R52": "preventcancerinfections.org (CDC program)",
    "R53": "opioidsandcancer.org; drugs.com care notes",
    "R54": "French multicenter study, OTSR 2020, PubMed 32782175",
    "R55": "UKONS 24-hour triage, version 3, January 27, 2025",
    "K": "General clinical knowledge",
    "P": "Proposal of this rule set without a published source",
}
_KEY = re.compile(r"\b(?:[RS]\d+|K|P)\b")


def keys_in(source: str) -> list[str]:
    """The short keys that a rule's source names, in their order."""
    return list(dict.fromkeys(_KEY.findall(source)))


def titles_of(sources: Iterable[str]) -> list[tuple[str, str]]:
    """Key and title of everything these sources name, each once, in the order of the list."""
    named = {key for source in sources for key in keys_in(source)}
    return [(key, title) for key, title in SOURCES.items() if key in named]
