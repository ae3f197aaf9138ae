"""Credit: lines of partners, pools, allocations to customers, what stops whom, and confirmed bills."""
