"""Tiny Wans: text, pictures with two experts, the 5B kind, and VACE."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.generation.engines.tiny import _plain_tokenizer, diffusers, torch, transformers


def _parts(in_channels: int = 16, **vace: Any) -> dict[str, Any]:
    torch.manual_seed(0)
    tokenizer = _plain_tokenizer(64)
    text = transformers.UMT5Config(
        vocab_size=len(tokenizer), d_model=32, d_kv=8, d_ff=32, num_layers=2, num_heads=4, feed_forward_proj="gated-gelu", pad_token_id=0,
        eos_token_id=1,
    )  # fmt: skip
    network = diffusers.WanVACETransformer3DModel if vace else diffusers.WanTransformer3DModel
    vae = diffusers.AutoencoderKLWan(base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True])
    transformer = network(
        patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=12, in_channels=in_channels, out_channels=16, text_dim=32, freq_dim=64,
        ffn_dim=32, num_layers=3, cross_attn_norm=True, qk_norm="rms_norm_across_heads", rope_max_seq_len=64, **vace,
    )  # fmt: skip
    return {
        "tokenizer": tokenizer,
        "text_encoder": transformers.UMT5EncoderModel(text).eval(),
        "vae": vae,
        "transformer": transformer,
        "scheduler": diffusers.UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0),
    }


def text(folder: Path) -> Path:
    diffusers.WanPipeline(**_parts()).save_pretrained(str(folder))
    return folder


def pictures(folder: Path) -> Path:
    """I2V of Wan 2.2: an expert for each half of the steps."""
    parts = _parts(36)
    second = _parts(36)["transformer"]
    diffusers.WanImageToVideoPipeline(**parts, transformer_2=second, boundary_ratio=0.9).save_pretrained(str(folder))
    return folder


def both(folder: Path) -> Path:
    """The 5B kind: words, or a first frame by the noise of its own moment."""
    diffusers.WanPipeline(**_parts(), expand_timesteps=True).save_pretrained(str(folder))
    return folder


def vace(folder: Path) -> Path:
    parts = _parts(vace_layers=[0, 2], vace_in_channels=96)
    with torch.no_grad():  # random control weights hardly reach the picture: made strong enough to be seen in eight bits
        for block in parts["transformer"].vace_blocks:
            block.proj_out.weight.mul_(400)
    diffusers.WanVACEPipeline(**parts).save_pretrained(str(folder))
    return folder
