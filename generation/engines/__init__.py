"""One engine a module; none imports another."""
