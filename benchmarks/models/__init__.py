"""Speed, memory and answers of ``customer_value`` beside lifetimes and pymc-marketing on the same data."""
