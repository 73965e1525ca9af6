"""Ten thousand attempts at once, and the proof that what came of them could have come one after the other."""
