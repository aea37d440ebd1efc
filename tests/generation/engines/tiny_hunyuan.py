"""Tiny HunyuanVideo 1.5s: for words, and for pictures. Ten megabytes each: one projection has a size of its own (2048 × 2048)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.generation.engines.tiny import _bytes_alphabet, diffusers, torch, transformers

CHAT = "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"


def _parts(task: str) -> dict[str, Any]:
    torch.manual_seed(0)
    words = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *_bytes_alphabet()]
    tokenizer = transformers.Qwen2Tokenizer(vocab={word: n for n, word in enumerate(words)}, merges=[], pad_token="<|endoftext|>")
    tokenizer.chat_template = CHAT
    text = transformers.Qwen2_5_VLTextConfig(
        vocab_size=len(words), hidden_size=16, intermediate_size=16, num_hidden_layers=3, num_attention_heads=2, num_key_value_heads=2,
        rope_scaling={"mrope_section": [1, 1, 2], "rope_type": "default", "type": "default"}, rope_theta=1000000.0,
    )  # fmt: skip
    glyphs = transformers.T5Config(
        vocab_size=384, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2, feed_forward_proj="gated-gelu", is_encoder_decoder=False
    )
    transformer = diffusers.HunyuanVideo15Transformer3DModel(
        in_channels=9, out_channels=4, num_attention_heads=2, attention_head_dim=8, num_layers=1, num_refiner_layers=1, text_embed_dim=16,
        text_embed_2_dim=16, image_embed_dim=16, rope_axes_dim=(2, 2, 4), target_size=64, task_type=task,
    )  # fmt: skip
    vae = diffusers.AutoencoderKLHunyuanVideo15(
        latent_channels=4, block_out_channels=(16, 16, 16, 16, 16), layers_per_block=1, downsample_match_channel=True, scaling_factor=0.5
    )
    return {
        "text_encoder": transformers.Qwen2_5_VLTextModel(text).eval(),
        "tokenizer": tokenizer,
        "transformer": transformer.to(torch.bfloat16),
        "vae": vae.eval(),
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(shift=7.0),
        "text_encoder_2": transformers.T5EncoderModel(glyphs).eval(),
        "tokenizer_2": transformers.ByT5Tokenizer(),
        "guider": diffusers.ClassifierFreeGuidance(guidance_scale=6.0),
    }


def text(folder: Path) -> Path:
    diffusers.HunyuanVideo15Pipeline(**_parts("t2v")).save_pretrained(str(folder))
    return folder


def pictures(folder: Path) -> Path:
    parts = _parts("i2v")
    eyes = transformers.SiglipVisionConfig(
        hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=32, patch_size=8
    )
    seen = transformers.SiglipImageProcessorPil(size={"height": 32, "width": 32})
    diffusers.HunyuanVideo15ImageToVideoPipeline(
        **parts, image_encoder=transformers.SiglipVisionModel(eyes).eval(), feature_extractor=seen
    ).save_pretrained(str(folder))
    return folder
