"""Where articles come from: files of several kinds, and standard input."""
