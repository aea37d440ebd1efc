"""A tiny VITS voice with letters for an alphabet."""

from __future__ import annotations

import json
from pathlib import Path

from tests.generation.engines.tiny import torch, transformers


def vits(folder: Path, speakers: int = 1) -> Path:
    torch.manual_seed(0)
    folder.mkdir(parents=True, exist_ok=True)
    letters = ["<pad>", *" abcdefghijklmnopqrstuvwxyz'", "<unk>"]
    vocabulary = folder / "letters.json"
    vocabulary.write_text(json.dumps({letter: number for number, letter in enumerate(letters)}))
    tokenizer = transformers.VitsTokenizer(str(vocabulary), phonemize=False, is_uroman=False)
    tokenizer.save_pretrained(str(folder))
    vocabulary.unlink()
    config = transformers.VitsConfig(
        vocab_size=len(letters), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, ffn_dim=16, flow_size=16, spectrogram_bins=9,
        upsample_initial_channel=16, upsample_rates=[8, 8], upsample_kernel_sizes=[16, 16], resblock_kernel_sizes=[3],
        resblock_dilation_sizes=[[1, 3]],
        prior_encoder_num_flows=2, prior_encoder_num_wavenet_layers=1, posterior_encoder_num_wavenet_layers=1, duration_predictor_num_flows=2,
        duration_predictor_flow_bins=4, depth_separable_num_layers=1, sampling_rate=16_000, num_speakers=speakers,
        speaker_embedding_size=8 if speakers > 1 else 0,
    )  # fmt: skip
    transformers.VitsModel(config).eval().save_pretrained(str(folder))
    return folder
