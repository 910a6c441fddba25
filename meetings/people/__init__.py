"""Who meets: the dated tree of units, people and their offices, accounts, sites, and what each may do."""
