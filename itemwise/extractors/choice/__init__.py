"""The option a reply chooses: `stated_choice` over letters, option texts and what a reply implies."""
