"""Tiny Helioses: the one that paints in one size, and those that paint in three, distilled or not."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from tests.generation.engines.tiny import _plain_tokenizer, diffusers, torch, transformers


def _parts() -> dict[str, Any]:
    torch.manual_seed(0)
    tokenizer = _plain_tokenizer(512)
    text = transformers.UMT5Config(
        vocab_size=len(tokenizer), d_model=32, d_kv=8, d_ff=32, num_layers=2, num_heads=4, feed_forward_proj="gated-gelu", pad_token_id=0,
        eos_token_id=1,
    )  # fmt: skip
    transformer = diffusers.HeliosTransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=12, in_channels=16, out_channels=16, text_dim=32, freq_dim=64, ffn_dim=32,
        num_layers=2, cross_attn_norm=True, qk_norm="rms_norm_across_heads", rope_dim=(4, 4, 4),
    )  # fmt: skip
    vae = diffusers.AutoencoderKLWan(base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True])
    return {"tokenizer": tokenizer, "text_encoder": transformers.UMT5EncoderModel(text).eval(), "vae": vae, "transformer": transformer}


def base(folder: Path) -> Path:
    scheduler = diffusers.HeliosScheduler(stages=1, stage_range=[0, 1], use_dynamic_shifting=True)
    diffusers.HeliosPipeline(**_parts(), scheduler=scheduler).save_pretrained(str(folder))
    return folder


def middle(folder: Path) -> Path:
    scheduler = diffusers.HeliosScheduler(use_dynamic_shifting=True, time_shift_type="linear")
    diffusers.HeliosPyramidPipeline(**_parts(), scheduler=scheduler, is_cfg_zero_star=True).save_pretrained(str(folder))
    return folder


def distilled(folder: Path) -> Path:
    scheduler = diffusers.HeliosDMDScheduler(use_dynamic_shifting=True)
    diffusers.HeliosPyramidPipeline(**_parts(), scheduler=scheduler, is_distilled=True).save_pretrained(str(folder))
    return folder


def lora(model: Path, folder: Path) -> Path:
    peft: Any = importlib.import_module("peft")
    pipe = diffusers.DiffusionPipeline.from_pretrained(str(model))
    torch.manual_seed(1)
    pipe.transformer.add_adapter(peft.LoraConfig(r=4, lora_alpha=4, target_modules=["to_q", "to_k", "to_v", "to_out.0"], init_lora_weights=False))
    state = peft.get_peft_model_state_dict(pipe.transformer)
    type(pipe).save_lora_weights(str(folder), transformer_lora_layers={name: 4 * values for name, values in state.items()})
    return folder
