"""`python -m ogpmonitor.cli`."""

from ogpmonitor.cli import main

main()
