"""The expression a reply states: `stated_expression` over boxes, JSON, announcements and formulas."""
