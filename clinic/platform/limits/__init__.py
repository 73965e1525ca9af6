"""Token buckets: `from clinic.platform.limits import give_back, take`."""


def take(bucket: str, key: str, *, capacity: int, per_seconds: float) -> bool:
    """See `buckets.take`; imported late, so that the package can be imported before the apps are ready."""
    from clinic.platform.limits.buckets import take as take_token

    return take_token(bucket, key, capacity=capacity, per_seconds=per_seconds)


def give_back(bucket: str, key: str, *, capacity: int) -> None:
    """See `buckets.give_back`."""
    from clinic.platform.limits.buckets import give_back as give_token_back

    give_token_back(bucket, key, capacity=capacity)
