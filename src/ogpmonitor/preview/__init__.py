"""The public pages as they would be, made from what the government is still working on."""
