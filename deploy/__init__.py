"""What deploys and watches Northwire. Nothing in `streams` imports it, and no package that is installed holds it."""
