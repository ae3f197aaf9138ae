"""Agreements: versions in languages, who accepted which, and until when."""
