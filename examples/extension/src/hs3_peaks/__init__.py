"""Types for HS3 documents that the standard does not have."""
