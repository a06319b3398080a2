"""What tests stand on: real distributions from a few lines, an index server on loopback, real pips, scenarios."""
