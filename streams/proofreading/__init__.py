"""What those who write topics ask of them: are they sound, why do they fire, what would they have found."""
