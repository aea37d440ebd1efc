"""What engines that use other machines have in common: asking them, their words, and bringing what they made into the studio's shape."""
