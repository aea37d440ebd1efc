"""Tiny models for pictures: SDXL with IP-Adapter and ControlNet, FLUX.2 klein, Z-Image, Qwen-Image and its edit model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.generation.engines.tiny import _bytes_alphabet, diffusers, sdxl, tokenizers, torch, transformers

CHAT = (
    "{% for m in messages %}{{ m['role'] + ': ' + (m['content'] if m['content'] is string else m['content'][0]['text']) + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)
VISION = ("<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>", "<|im_start|>")


def _qwen_tokenizer(kind: Any = None) -> Any:
    """Byte-level BPE without merges, with the marks that Qwen's templates use."""
    words = ["<|endoftext|>", "<|im_end|>", "<|unk|>", *VISION, *_bytes_alphabet()]
    vocabulary = {word: number for number, word in enumerate(words)}
    core = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=vocabulary, merges=[], unk_token="<|unk|>"))
    core.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = tokenizers.decoders.ByteLevel()
    made = (kind or transformers.PreTrainedTokenizerFast)(
        tokenizer_object=core, pad_token="<|endoftext|>", eos_token="<|im_end|>", unk_token="<|unk|>", model_max_length=1024
    )
    made.add_special_tokens({"additional_special_tokens": list(VISION)})
    made.chat_template = CHAT
    return made


def _qwen3(tokenizer: Any, layers: int = 4) -> Any:
    config = transformers.Qwen3Config(
        hidden_size=32, intermediate_size=32, num_hidden_layers=layers, num_attention_heads=2, num_key_value_heads=2, head_dim=16,
        vocab_size=len(tokenizer), max_position_embeddings=1024,
    )  # fmt: skip
    return config


def flux2(folder: Path) -> Path:
    torch.manual_seed(0)
    tokenizer = _qwen_tokenizer()
    transformer = diffusers.Flux2Transformer2DModel(
        patch_size=1, in_channels=32, num_layers=2, num_single_layers=2, attention_head_dim=16, num_attention_heads=2, joint_attention_dim=96,
        timestep_guidance_channels=32, axes_dims_rope=[4, 4, 4, 4], guidance_embeds=False,
    )  # fmt: skip
    vae = diffusers.AutoencoderKLFlux2(
        sample_size=64, down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4, block_out_channels=(8, 8, 8, 8),
        layers_per_block=1, latent_channels=8, norm_num_groups=2,
    )  # fmt: skip
    diffusers.Flux2KleinPipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(), vae=vae, text_encoder=transformers.Qwen3ForCausalLM(_qwen3(tokenizer)).eval(),
        tokenizer=tokenizer, transformer=transformer,
    ).save_pretrained(str(folder))  # fmt: skip
    return folder


def zimage(folder: Path) -> Path:
    torch.manual_seed(0)
    tokenizer = _qwen_tokenizer()
    transformer = diffusers.ZImageTransformer2DModel(
        in_channels=4, dim=32, n_layers=2, n_refiner_layers=1, n_heads=2, n_kv_heads=2, cap_feat_dim=32, axes_dims=[8, 4, 4], axes_lens=[512, 64, 64]
    )
    with torch.no_grad():  # padding tokens are left empty at construction
        for name, value in transformer.named_parameters():
            if "pad_token" in name:
                value.normal_()
    vae = diffusers.AutoencoderKL(
        block_out_channels=[8, 8, 8, 8], down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4, latent_channels=4,
        sample_size=64, norm_num_groups=2, layers_per_block=1, scaling_factor=0.36, shift_factor=0.11,
    )  # fmt: skip
    diffusers.ZImagePipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0), vae=vae, text_encoder=transformers.Qwen3Model(_qwen3(tokenizer)).eval(),
        tokenizer=tokenizer, transformer=transformer,
    ).save_pretrained(str(folder))  # fmt: skip
    return folder


def _qwen_parts() -> dict[str, Any]:
    torch.manual_seed(0)
    tokenizer = _qwen_tokenizer()
    ids = {mark: tokenizer.convert_tokens_to_ids(mark) for mark in VISION}
    config = transformers.Qwen2_5_VLConfig(
        text_config={
            "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2,
            "rope_scaling": {"mrope_section": [1, 1, 2], "rope_type": "default", "type": "default"}, "rope_theta": 1000000.0,
            "vocab_size": len(tokenizer), "max_position_embeddings": 4096,
        },
        vision_config={
            "depth": 2, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16, "patch_size": 14,
            "fullatt_block_indexes": [0],
        },
        image_token_id=ids["<|image_pad|>"], video_token_id=ids["<|video_pad|>"], vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"], vision_token_id=ids["<|image_pad|>"], vocab_size=len(tokenizer),
    )  # fmt: skip
    transformer = diffusers.QwenImageTransformer2DModel(
        patch_size=2, in_channels=16, out_channels=4, num_layers=2, attention_head_dim=16, num_attention_heads=3, joint_attention_dim=16,
        guidance_embeds=False, axes_dims_rope=(8, 4, 4),
    )  # fmt: skip
    vae = diffusers.AutoencoderKLQwenImage(
        base_dim=24, z_dim=4, dim_mult=[1, 2, 4], num_res_blocks=1, temperal_downsample=[False, True], latents_mean=[0.0] * 4, latents_std=[1.0] * 4
    )
    return {
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(shift=7.0),
        "vae": vae,
        "text_encoder": transformers.Qwen2_5_VLForConditionalGeneration(config).eval(),
        "tokenizer": tokenizer,
        "transformer": transformer,
    }


def qwenimage(folder: Path) -> Path:
    diffusers.QwenImagePipeline(**_qwen_parts()).save_pretrained(str(folder))
    return folder


def qwenedit(folder: Path) -> Path:
    parts = _qwen_parts()
    images = transformers.Qwen2VLImageProcessorPil(min_pixels=56 * 56, max_pixels=56 * 56, patch_size=14, merge_size=2, temporal_patch_size=2)

    class Processor(transformers.Qwen2VLProcessor):  # type: ignore[misc]
        """Without the part for videos, which needs torchvision."""

        def __init__(self) -> None:
            self.image_processor, self.tokenizer = images, parts["tokenizer"]

        def save_pretrained(self, where: str, **_: Any) -> None:
            images.save_pretrained(where)
            parts["tokenizer"].save_pretrained(where)

    diffusers.QwenImageEditPlusPipeline(**parts, processor=Processor()).save_pretrained(str(folder))
    index = folder / "model_index.json"
    index.write_text(
        index.read_text().replace('"Processor"', '"Qwen2VLProcessor"').replace('"tests.generation.engines.tiny_images"', '"transformers"')
    )
    return folder


def sdxl_with_eyes(folder: Path) -> Path:
    """SDXL with an image encoder, for IP-Adapters."""
    sdxl(folder)
    pipe = diffusers.StableDiffusionXLPipeline.from_pretrained(str(folder))
    torch.manual_seed(1)
    eyes = transformers.CLIPVisionConfig(
        hidden_size=32, projection_dim=32, num_hidden_layers=2, num_attention_heads=4, image_size=32, intermediate_size=37, patch_size=8
    )
    processor = transformers.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    parts = {name: part for name, part in pipe.components.items() if name not in ("image_encoder", "feature_extractor")}
    diffusers.StableDiffusionXLPipeline(
        **parts, image_encoder=transformers.CLIPVisionModelWithProjection(eyes).eval(), feature_extractor=processor
    ).save_pretrained(str(folder))
    return folder


def ip_adapter(model: Path, folder: Path) -> Path:
    pipe = diffusers.StableDiffusionXLPipeline.from_pretrained(str(model))
    unet, generator = pipe.unet, torch.Generator().manual_seed(5)
    widths, across = list(unet.config.block_out_channels), unet.config.cross_attention_dim
    state, number = {}, 1
    for name in unet.attn_processors:
        if name.endswith("attn1.processor"):
            continue
        width = widths[-1] if name.startswith("mid") else widths[::-1][int(name[10])] if name.startswith("up") else widths[int(name[12])]
        for part in ("to_k_ip", "to_v_ip"):
            state[f"ip_adapter.{number}.{part}.weight"] = torch.randn(width, across, generator=generator) * 0.3
        number += 2
    state |= {
        "image_proj.proj.weight": torch.randn(4 * across, 32, generator=generator) * 0.3,
        "image_proj.proj.bias": torch.zeros(4 * across),
        "image_proj.norm.weight": torch.ones(across),
        "image_proj.norm.bias": torch.zeros(across),
    }
    from safetensors.torch import save_file

    (folder / "sdxl_models").mkdir(parents=True)
    save_file(state, str(folder / "sdxl_models" / "ip-adapter_sdxl.safetensors"))
    (folder / "config.json").write_text("{}")
    return folder


def controlnet(model: Path, folder: Path) -> Path:
    pipe = diffusers.StableDiffusionXLPipeline.from_pretrained(str(model))
    network = diffusers.ControlNetModel.from_unet(pipe.unet)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for value in network.parameters():
            value += torch.randn(value.shape, generator=generator) * 0.1
    network.save_pretrained(str(folder))
    return folder
