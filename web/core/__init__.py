"""What every door shares: transactions, access, headers, filters, messages, errors."""
