"""What the independent monitoring body finds: forms, scales, ratings and the argument behind them."""
