"""From a record to findings: typed clinical facts with the evidence behind them."""
