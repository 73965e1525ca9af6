"""The case conference: who is discussed, what each specialty recommends, what comes of it."""
