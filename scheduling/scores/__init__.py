"""Clinician-side scores: Mirels, SINS, ESCC, ECOG, corrected calcium."""
