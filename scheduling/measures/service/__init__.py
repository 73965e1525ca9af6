"""Measures of service (domain 8): facts read in sets, figures computed by pure functions, pages and files of them."""
