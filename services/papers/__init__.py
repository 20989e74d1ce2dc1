"""What a donor gets on paper: a year's account, certificates, the fiscal system's receipts."""
