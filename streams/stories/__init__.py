"""Which articles tell one story, and whether anyone needs to hear of it."""
