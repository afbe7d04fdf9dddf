"""Right LeNets that share no arithmetic with the reference or the judge."""
