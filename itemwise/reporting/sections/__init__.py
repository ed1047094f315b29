"""The sections of a report, one file each; every writer shows them all."""
