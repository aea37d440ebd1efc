"""A tiny LTX-2 with its sound, and its latent upsamplers."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from tests.generation.engines.tiny import _bytes_alphabet, diffusers, tokenizers, torch, transformers

ltx2: Any = importlib.import_module("diffusers.pipelines.ltx2")


def _tokenizer() -> Any:
    special = ["<pad>", "<eos>", "<unk>", "<bos>", "<image_soft_token>", "<start_of_image>", "<end_of_image>"]
    words = [*special, *_bytes_alphabet()]
    model = tokenizers.models.BPE(vocab={word: number for number, word in enumerate(words)}, merges=[], unk_token="<unk>")
    core = tokenizers.Tokenizer(model)
    core.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = tokenizers.decoders.ByteLevel()
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=core, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>", bos_token="<bos>", model_max_length=64, padding_side="left"
    )


def _text_encoder(tokenizer: Any) -> Any:
    text = transformers.Gemma3TextConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1,
        head_dim=16, max_position_embeddings=128, sliding_window=32,
    )  # fmt: skip
    eyes = transformers.SiglipVisionConfig(
        hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=32, patch_size=8
    )
    marks = {f"{name}_token_index": tokenizer.convert_tokens_to_ids(f"<{word}>") for name, word in _MARKS}
    return transformers.Gemma3ForConditionalGeneration(
        transformers.Gemma3Config(text_config=text, vision_config=eyes, mm_tokens_per_image=4, **marks)
    ).eval()


_MARKS = (("image", "image_soft_token"), ("boi", "start_of_image"), ("eoi", "end_of_image"))


def _connectors() -> Any:
    each = {
        f"{medium}_connector_{name}": value
        for medium in ("video", "audio")
        for name, value in (("num_attention_heads", 4), ("attention_head_dim", 8), ("num_layers", 1), ("num_learnable_registers", None))
    }
    return ltx2.LTX2TextConnectors(
        caption_channels=32, text_proj_in_factor=3, connector_rope_base_seq_len=32, rope_theta=10000.0, rope_double_precision=False,
        causal_temporal_positioning=False, rope_type="split", **each,
    )  # fmt: skip


def _transformer() -> Any:
    return diffusers.LTX2VideoTransformer3DModel(
        in_channels=8, out_channels=8, patch_size=1, patch_size_t=1, num_attention_heads=2, attention_head_dim=8, cross_attention_dim=16,
        audio_in_channels=4, audio_out_channels=4, audio_num_attention_heads=2, audio_attention_head_dim=4, audio_cross_attention_dim=8,
        num_layers=2, qk_norm="rms_norm_across_heads", caption_channels=32, rope_double_precision=False, rope_type="split",
    )  # fmt: skip


def _vae() -> Any:
    return diffusers.AutoencoderKLLTX2Video(
        in_channels=3, out_channels=3, latent_channels=8, block_out_channels=(8, 16, 32, 64), decoder_block_out_channels=(8, 16, 32),
        layers_per_block=(1, 1, 1, 1, 1), decoder_layers_per_block=(1, 1, 1, 1), spatio_temporal_scaling=(True, True, True, True),
        decoder_spatio_temporal_scaling=(True, True, True), decoder_inject_noise=(False,) * 4,
        downsample_type=("spatial", "temporal", "spatiotemporal", "spatiotemporal"), upsample_type=("spatiotemporal",) * 3,
        upsample_residual=(True,) * 3, upsample_factor=(2, 2, 2), timestep_conditioning=False, patch_size=4, patch_size_t=1, encoder_causal=True,
        decoder_causal=False, spatial_compression_ratio=32, temporal_compression_ratio=8,
    )  # fmt: skip


def ltx2_model(folder: Path) -> Path:
    """Words, frames and clips to a clip with its sound; with an upsampler that enlarges in its folder."""
    torch.manual_seed(0)
    tokenizer = _tokenizer()
    ears = diffusers.AutoencoderKLLTX2Audio(
        base_channels=4, output_channels=2, ch_mult=(1,), num_res_blocks=1, attn_resolutions=None, in_channels=2, resolution=32, latent_channels=2,
        norm_type="pixel", causality_axis="height", dropout=0.0, mid_block_add_attention=False, sample_rate=16000, mel_hop_length=160,
        is_causal=True, mel_bins=8,
    )  # fmt: skip
    vocoder = ltx2.LTX2Vocoder(
        in_channels=16, hidden_channels=32, out_channels=2, upsample_kernel_sizes=[10, 8, 8], upsample_factors=[5, 4, 8], resnet_kernel_sizes=[3],
        resnet_dilations=[[1, 3, 5]], leaky_relu_negative_slope=0.1, output_sampling_rate=16000,
    )  # fmt: skip
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(
        use_dynamic_shifting=True, base_shift=0.95, max_shift=2.05, base_image_seq_len=1024, max_image_seq_len=4096, shift_terminal=0.1
    )
    diffusers.LTX2Pipeline(
        scheduler=scheduler, vae=_vae(), audio_vae=ears, text_encoder=_text_encoder(tokenizer), tokenizer=tokenizer, connectors=_connectors(),
        transformer=_transformer(), vocoder=vocoder,
    ).save_pretrained(str(folder))  # fmt: skip
    upsampler(folder / "latent_upsampler")
    return folder


def upsampler(folder: Path, *, temporal: bool = False) -> Path:
    """A latent upsampler that doubles a clip's size, or its frames."""
    torch.manual_seed(1)
    found = importlib.import_module("diffusers.pipelines.ltx2.latent_upsampler").LTX2LatentUpsamplerModel
    kind = {"spatial_upsample": not temporal, "temporal_upsample": temporal, "use_rational_resampler": False}
    found(in_channels=8, mid_channels=32, num_blocks_per_stage=1, **kind).save_pretrained(str(folder))
    return folder


def ltx2_lora(model: Path, folder: Path) -> Path:
    peft: Any = importlib.import_module("peft")
    pipe = diffusers.DiffusionPipeline.from_pretrained(str(model))
    torch.manual_seed(1)
    pipe.transformer.add_adapter(peft.LoraConfig(r=4, lora_alpha=4, target_modules=["to_q", "to_k", "to_v", "to_out.0"], init_lora_weights=False))
    state = peft.get_peft_model_state_dict(pipe.transformer)
    type(pipe).save_lora_weights(str(folder), transformer_lora_layers={name: 4 * values for name, values in state.items()})
    return folder
