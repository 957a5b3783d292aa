"""From text to matches: topic files, the rules they compile to, the one-pass matcher, the tagger."""
