"""Whether the installation works: what probes ask, what is measured, what `ogpmonitor doctor` looks at."""
