"""After the visit: plan, letter to the referrer, calls on day 7 and in week 4."""
