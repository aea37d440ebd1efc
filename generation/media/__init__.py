"""Pictures and sound as files: probe, decode, encode, segments, filmstrip, waveform, loudness."""
