"""What receipts and invoices have in common, one idea a module: rows, labels, place, merchant, date, sums and lines."""
