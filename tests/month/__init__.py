"""A month on the test site: twelve outlets with weekly rhythms, and what goes wrong with seven of them."""
