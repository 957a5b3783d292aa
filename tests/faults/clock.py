"""Northwire on a machine whose clock is wrong: `python -m tests.faults.clock SECONDS ARGUMENT…`."""

import sys
import time

import time_machine

from streams.cli.main import main

if __name__ == "__main__":
    ahead = float(sys.argv.pop(1))
    with time_machine.travel(time.time() + ahead):
        main()
