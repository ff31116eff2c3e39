"""The machine-readable doors: sitemap, files, feeds and dataset metadata. Made only from the register."""
