"""What subscribers are told: how loudly, and in which words."""
