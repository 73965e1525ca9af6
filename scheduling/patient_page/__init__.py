"""The page of one patient across all requests, and changing who they are and how they are reached."""
