"""Reads answers that are neither numbers nor letters of options: yes or no, and words."""
