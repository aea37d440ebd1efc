"""Checkpoints of the real classes at a tiny size with random weights, built from nothing: about a megabyte and a second each."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

torch: Any = importlib.import_module("torch")  # absent, these tests fail: an engine nobody could try is not one that works
diffusers: Any = importlib.import_module("diffusers")
transformers: Any = importlib.import_module("transformers")
tokenizers: Any = importlib.import_module("tokenizers")


def _bytes_alphabet() -> list[str]:
    return sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())


def _plain_tokenizer(length: int) -> Any:
    """Byte-level BPE without merges: any text, no training."""
    words = ["<pad>", "</s>", "<unk>", *_bytes_alphabet()]
    model = tokenizers.models.BPE(vocab={word: number for number, word in enumerate(words)}, merges=[], unk_token="<unk>")
    core = tokenizers.Tokenizer(model)
    core.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = tokenizers.decoders.ByteLevel()
    core.post_processor = tokenizers.processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=core, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=length
    )


def wan(folder: Path) -> Path:
    """Text to video: Wan with a causal video VAE (8× in space, 4× in time)."""
    torch.manual_seed(0)
    tokenizer = _plain_tokenizer(64)
    text = transformers.UMT5Config(
        vocab_size=len(tokenizer),
        d_model=32,
        d_kv=8,
        d_ff=32,
        num_layers=2,
        num_heads=4,
        feed_forward_proj="gated-gelu",
        pad_token_id=0,
        eos_token_id=1,
    )
    network = diffusers.WanTransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=12, in_channels=16, out_channels=16, text_dim=32, freq_dim=64, ffn_dim=32,
        num_layers=2, cross_attn_norm=True, qk_norm="rms_norm_across_heads", rope_max_seq_len=32,
    )  # fmt: skip
    vae = diffusers.AutoencoderKLWan(base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True])
    scheduler = diffusers.UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0)
    pipe = diffusers.WanPipeline(
        tokenizer=tokenizer, text_encoder=transformers.UMT5EncoderModel(text).eval(), vae=vae, transformer=network, scheduler=scheduler
    )
    pipe.save_pretrained(str(folder))
    return folder


def sdxl(folder: Path) -> Path:
    """Text to image: Stable Diffusion XL with both its text encoders."""
    torch.manual_seed(0)
    letters = _bytes_alphabet()
    words = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    tokens = [transformers.CLIPTokenizer(vocab={word: n for n, word in enumerate(words)}, merges=[], model_max_length=77) for _ in range(2)]
    text = transformers.CLIPTextConfig(
        bos_token_id=512, eos_token_id=513, pad_token_id=513, hidden_size=32, intermediate_size=37, num_attention_heads=4, num_hidden_layers=2,
        vocab_size=len(words), projection_dim=32, max_position_embeddings=77,
    )  # fmt: skip
    unet = diffusers.UNet2DConditionModel(
        block_out_channels=(8, 16), layers_per_block=1, sample_size=32, in_channels=4, out_channels=4, attention_head_dim=(2, 4),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), use_linear_projection=True,
        addition_embed_type="text_time", addition_time_embed_dim=8, transformer_layers_per_block=(1, 1), projection_class_embeddings_input_dim=80,
        cross_attention_dim=64, norm_num_groups=2,
    )  # fmt: skip
    vae = diffusers.AutoencoderKL(
        block_out_channels=[8, 16, 16, 16], down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4, latent_channels=4,
        sample_size=64, norm_num_groups=2, layers_per_block=1,
    )  # fmt: skip
    pipe = diffusers.StableDiffusionXLPipeline(
        vae=vae, text_encoder=transformers.CLIPTextModel(text).eval(), text_encoder_2=transformers.CLIPTextModelWithProjection(text).eval(),
        tokenizer=tokens[0], tokenizer_2=tokens[1], unet=unet,
        scheduler=diffusers.EulerDiscreteScheduler(beta_start=0.00085, beta_end=0.012, steps_offset=1, beta_schedule="scaled_linear"),
    )  # fmt: skip
    pipe.save_pretrained(str(folder))
    return folder


def wan_lora(model: Path, folder: Path) -> Path:
    """A LoRA for a tiny Wan, in the keys that diffusers saves: random, and strong enough to be seen."""
    peft: Any = importlib.import_module("peft")
    pipe = diffusers.DiffusionPipeline.from_pretrained(str(model))
    torch.manual_seed(1)
    pipe.transformer.add_adapter(peft.LoraConfig(r=4, lora_alpha=4, target_modules=["to_q", "to_k", "to_v", "to_out.0"], init_lora_weights=False))
    state = peft.get_peft_model_state_dict(pipe.transformer)
    type(pipe).save_lora_weights(str(folder), transformer_lora_layers={name: 4 * values for name, values in state.items()})
    return folder
