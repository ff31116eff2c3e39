"""Support access: an operator reads a workbench for some hours, announced and recorded, until either side ends it."""
