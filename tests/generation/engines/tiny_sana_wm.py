"""A tiny SANA-WM, with the video VAE of LTX-2 as the real one has."""

from __future__ import annotations

from pathlib import Path

from tests.generation.engines.tiny import _plain_tokenizer, diffusers, torch, transformers
from tests.generation.engines.tiny_ltx2 import _vae


def sana_wm(folder: Path) -> Path:
    torch.manual_seed(0)
    tokenizer = _plain_tokenizer(4096)
    text = transformers.Gemma2Config(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=1,
        head_dim=8, max_position_embeddings=4096, sliding_window=512, pad_token_id=0, eos_token_id=1, bos_token_id=2,
    )  # fmt: skip
    network = diffusers.SanaWMTransformer3DModel(
        in_channels=8, num_layers=2, hidden_size=32, num_attention_heads=2, softmax_every_n=2, linear_head_dim=16, caption_channels=16,
        mlp_ratio=2.0, chunk_plucker_channels=48, chunk_plucker_post_attn_blocks=2,
    )  # fmt: skip
    with torch.no_grad():  # parts that begin at zero, and would leave the camera without effect, are given weights
        for weights in network.parameters():
            if not weights.abs().sum():
                weights.normal_(0, 0.2)
    diffusers.SanaWMPipeline(
        tokenizer=tokenizer, text_encoder=transformers.Gemma2ForCausalLM(text).eval(), vae=_vae(), transformer=network,
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
    ).save_pretrained(str(folder))  # fmt: skip
    return folder
