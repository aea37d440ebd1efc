"""Tiny image models: FLUX.2 klein, Z-Image and its control network, Qwen-Image, what goes with SDXL, and LoRAs for each."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

from tests.generation.engines.tiny import _bytes_alphabet, diffusers, sdxl, tokenizers, torch, transformers

CHAT = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}"
VISION = ("<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>", "<|im_start|>", "<|im_end|>")


def _chat_tokenizer(length: int = 512) -> Any:
    """Byte-level BPE without merges that knows the marks of a conversation and of a picture."""
    words = ["<|endoftext|>", "<|unk|>", *VISION, *_bytes_alphabet()]
    core = tokenizers.Tokenizer(
        tokenizers.models.BPE(vocab={word: n for n, word in enumerate(words)}, merges=[], unk_token="<|unk|>")
    )  # fmt: skip
    core.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    core.decoder = tokenizers.decoders.ByteLevel()
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=core, pad_token="<|endoftext|>", eos_token="<|im_end|>", unk_token="<|unk|>", model_max_length=length,
        additional_special_tokens=list(VISION),
    )  # fmt: skip
    tokenizer.chat_template = CHAT
    return tokenizer


def _qwen3(tokenizer: Any, layers: int) -> Any:
    config = transformers.Qwen3Config(
        hidden_size=16, intermediate_size=16, num_hidden_layers=layers, num_attention_heads=2, num_key_value_heads=1, head_dim=8,
        vocab_size=len(tokenizer), max_position_embeddings=1024,
    )  # fmt: skip
    return transformers.Qwen3ForCausalLM(config).eval()


def _flux2_parts() -> dict[str, Any]:
    torch.manual_seed(0)
    tokenizer = _chat_tokenizer()
    return {
        "tokenizer": tokenizer,
        "text_encoder": _qwen3(tokenizer, 28),  # the words are read from the 9th, 18th and 27th layer
        "transformer": diffusers.Flux2Transformer2DModel(
            patch_size=1, in_channels=32, num_layers=2, num_single_layers=1, attention_head_dim=16, num_attention_heads=2, joint_attention_dim=48,
            timestep_guidance_channels=32, axes_dims_rope=[4, 4, 4, 4], guidance_embeds=False,
        ),
        "vae": diffusers.AutoencoderKLFlux2(
            sample_size=64, down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4, block_out_channels=(8, 8, 8, 8),
            layers_per_block=1, latent_channels=8, norm_num_groups=2,
        ),
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0, use_dynamic_shifting=True),
    }  # fmt: skip


def flux2_distilled(folder: Path) -> Path:
    """The distilled klein."""
    diffusers.Flux2KleinPipeline(**_flux2_parts(), is_distilled=True).save_pretrained(str(folder))
    return folder


def flux2(folder: Path) -> Path:
    """The base klein, which takes guidance."""
    diffusers.Flux2KleinPipeline(**_flux2_parts()).save_pretrained(str(folder))
    return folder


def flux2_kv(folder: Path) -> Path:
    """The klein that remembers its references."""
    diffusers.Flux2KleinKVPipeline(**_flux2_parts(), is_distilled=True).save_pretrained(str(folder))
    return folder


def zimage(folder: Path) -> Path:
    torch.manual_seed(0)
    tokenizer = _chat_tokenizer()
    transformer = diffusers.ZImageTransformer2DModel(
        all_patch_size=(2,), all_f_patch_size=(1,), in_channels=4, dim=32, n_layers=2, n_refiner_layers=1, n_heads=2, n_kv_heads=2, cap_feat_dim=16,
        rope_theta=256.0, axes_dims=[8, 4, 4], axes_lens=[1024, 128, 128],
    )  # fmt: skip
    with torch.no_grad():  # left unset by the class
        transformer.x_pad_token.normal_()
        transformer.cap_pad_token.normal_()
    vae = diffusers.AutoencoderKL(
        block_out_channels=[8, 8, 8, 8], down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4, latent_channels=4,
        sample_size=64, norm_num_groups=2, layers_per_block=1, scaling_factor=0.3611, shift_factor=0.1159, use_quant_conv=False,
        use_post_quant_conv=False,
    )  # fmt: skip
    diffusers.ZImagePipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0), vae=vae, text_encoder=_qwen3(tokenizer, 2).model, tokenizer=tokenizer,
        transformer=transformer,
    ).save_pretrained(str(folder))  # fmt: skip
    return folder


def zimage_control(folder: Path) -> Path:
    """A control network for the tiny Z-Image, strong enough to be seen."""
    torch.manual_seed(1)
    network = diffusers.ZImageControlNetModel(
        control_layers_places=[0, 1], control_in_dim=4, all_patch_size=(2,), all_f_patch_size=(1,), dim=32, n_refiner_layers=1, n_heads=2,
        n_kv_heads=2,
    )  # fmt: skip
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if "before_proj" in name or "after_proj" in name:
                weight.normal_(std=0.3)
    network.save_pretrained(str(folder))
    return folder


def _qwen_parts() -> dict[str, Any]:
    torch.manual_seed(0)
    tokenizer = _chat_tokenizer(2048)
    ids = {word: tokenizer.convert_tokens_to_ids(word) for word in VISION}
    config = transformers.Qwen2_5_VLConfig(
        text_config={
            "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2,
            "vocab_size": len(tokenizer), "max_position_embeddings": 4096,
            "rope_parameters": {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 1000000.0},
        },
        vision_config={
            "depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16, "window_size": 112,
            "fullatt_block_indexes": [0],
        },
        image_token_id=ids["<|image_pad|>"], video_token_id=ids["<|video_pad|>"], vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
    )  # fmt: skip
    return {
        "tokenizer": tokenizer,
        "text_encoder": transformers.Qwen2_5_VLForConditionalGeneration(config).eval(),
        "transformer": diffusers.QwenImageTransformer2DModel(
            patch_size=2, in_channels=64, out_channels=16, num_layers=2, attention_head_dim=16, num_attention_heads=2, joint_attention_dim=16,
            axes_dims_rope=(8, 4, 4),
        ),
        "vae": diffusers.AutoencoderKLQwenImage(
            base_dim=4, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True]
        ),
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, max_shift=0.9, shift_terminal=0.02),
    }  # fmt: skip


def qwenimage(folder: Path) -> Path:
    diffusers.QwenImagePipeline(**_qwen_parts()).save_pretrained(str(folder))
    return folder


def qwenedit(folder: Path) -> Path:
    """Edit Plus, with its processor's files as the hub has them; without torchvision transformers cannot make a whole one."""
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    parts = _qwen_parts()
    diffusers.QwenImagePipeline(**parts).save_pretrained(str(folder))
    Qwen2VLImageProcessorPil(size={"shortest_edge": 56 * 56, "longest_edge": 112 * 112}).save_pretrained(str(folder / "processor"))
    parts["tokenizer"].save_pretrained(str(folder / "processor"))
    index = json.loads((folder / "model_index.json").read_text())
    index |= {"_class_name": "QwenImageEditPlusPipeline", "processor": ["transformers", "Qwen2VLProcessor"]}
    (folder / "model_index.json").write_text(json.dumps(index))
    return folder


def sdxl_with_eyes(folder: Path) -> Path:
    """SDXL with an image encoder of its own, for adapters that come without one."""
    sdxl(folder)
    pipe = diffusers.StableDiffusionXLPipeline.from_pretrained(str(folder))
    parts = {name: part for name, part in pipe.components.items() if name not in ("image_encoder", "feature_extractor")}
    diffusers.StableDiffusionXLPipeline(**parts, image_encoder=_eye()).save_pretrained(str(folder))
    return folder


def _eye() -> Any:
    torch.manual_seed(1)
    eye = transformers.CLIPVisionConfig(
        hidden_size=16, projection_dim=16, num_hidden_layers=2, num_attention_heads=2, image_size=32, intermediate_size=16, patch_size=8
    )
    return transformers.CLIPVisionModelWithProjection(eye).eval()


def controlnet(model: Path, folder: Path) -> Path:
    """A control network for the tiny SDXL, strong enough to be seen."""
    unet = diffusers.UNet2DConditionModel.from_pretrained(str(model / "unet"))
    torch.manual_seed(1)
    network = diffusers.ControlNetModel.from_unet(unet, conditioning_channels=3, conditioning_embedding_out_channels=(8, 8, 8, 8))
    with torch.no_grad():
        for weight in network.parameters():
            weight.add_(torch.randn(weight.shape) * 0.05)
    network.save_pretrained(str(folder))
    return folder


def ip_adapter(model: Path, folder: Path) -> Path:
    """A picture adapter for the tiny SDXL with its image encoder, as the hub has them: weights in one file, the encoder beside it."""
    unet = diffusers.UNet2DConditionModel.from_pretrained(str(model / "unet"))
    _eye().save_pretrained(str(folder / "image_encoder"))
    wide, across, tokens = unet.config.block_out_channels, unet.config.cross_attention_dim, 4
    state: dict[str, Any] = {
        "image_proj.proj.weight": torch.randn(tokens * across, 16), "image_proj.proj.bias": torch.zeros(tokens * across),
        "image_proj.norm.weight": torch.ones(across), "image_proj.norm.bias": torch.zeros(across),
    }  # fmt: skip
    for number, name in enumerate(name for name in unet.attn_processors if "attn2" in name):
        size = wide[-1] if name.startswith("mid") else (wide[::-1] if name.startswith("up") else wide)[int(name.split(".")[1])]
        for kind in ("k", "v"):
            state[f"ip_adapter.{2 * number + 1}.to_{kind}_ip.weight"] = torch.randn(size, across)
    importlib.import_module("safetensors.torch").save_file(state, str(folder / "ip-adapter_sdxl.safetensors"))
    return folder


def lora(model: Path, folder: Path, network: str = "transformer") -> Path:
    """A LoRA for the network of a tiny model, in the keys that diffusers saves: random, and strong enough to be seen."""
    peft: Any = importlib.import_module("peft")
    kind = diffusers.DiffusionPipeline.load_config(str(model))["_class_name"]
    found = getattr(diffusers, diffusers.DiffusionPipeline.load_config(str(model))[network][1]).from_pretrained(str(model / network))
    torch.manual_seed(1)
    found.add_adapter(peft.LoraConfig(r=4, lora_alpha=4, target_modules=["to_q", "to_k", "to_v", "to_out.0"], init_lora_weights=False))
    state = {name: 4 * values for name, values in peft.get_peft_model_state_dict(found).items()}
    if network == "unet":
        state = importlib.import_module("diffusers.utils").convert_state_dict_to_diffusers(state)
    getattr(diffusers, kind).save_lora_weights(str(folder), **{f"{network}_lora_layers": state})
    return folder
