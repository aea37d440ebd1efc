"""A tiny Higgs Audio v2 that reads bytes, and its codec."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from tests.generation.engines.tiny import _bytes_alphabet, tokenizers, torch, transformers

safetensors: Any = importlib.import_module("safetensors.torch")
SPECIAL = [
    "<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>", "<|start_header_id|>", "<|end_header_id|>", "<|scene_desc_start|>", "<|scene_desc_end|>",
    "<|AUDIO_OUT|>", "<|audio_out_bos|>", "<|audio_eos|>", "<|reserved_special_token_6|>",
]  # fmt: skip
TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}{% if message.role == 'scene' %}<|scene_desc_start|>{% else %}<|start_header_id|>{{ message.role }}"
    "<|end_header_id|>{% endif %}{% for item in message.content %}{% if item.type == 'audio' %}<|audio_out_bos|><|AUDIO_OUT|><|audio_eos|>"
    "{% else %}{{ item.text }}\n{% endif %}{% endfor %}{% if message.role == 'scene' %}<|scene_desc_end|>{% endif %}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|><|audio_out_bos|>{% endif %}"
)
CODEBOOKS, SIZE = 3, 16


def higgs(folder: Path) -> Path:
    """The model; its codec goes beside it (`codec_of`)."""
    torch.manual_seed(0)
    words = [*SPECIAL, *_bytes_alphabet()]
    core = tokenizers.Tokenizer(tokenizers.models.BPE(vocab={word: number for number, word in enumerate(words)}, merges=[]))
    core.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = tokenizers.decoders.ByteLevel()
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=core, bos_token=SPECIAL[0], eos_token=SPECIAL[2], pad_token=SPECIAL[1], additional_special_tokens=SPECIAL[3:]
    )
    tokenizer.save_pretrained(str(folder))
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    config = transformers.HiggsAudioV2Config(
        vocab_size=len(words), hidden_size=32, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=2, head_dim=16,
        pad_token_id=1, bos_token_id=0, eos_token_id=2, num_codebooks=CODEBOOKS, codebook_size=SIZE + 2, audio_token_id=words.index("<|AUDIO_OUT|>"),
        audio_bos_token_id=words.index("<|audio_out_bos|>"), audio_delay_token_id=words.index("<|reserved_special_token_6|>"),
        audio_stream_bos_id=SIZE, audio_stream_eos_id=SIZE + 1,
    )  # fmt: skip
    model = transformers.HiggsAudioV2ForConditionalGeneration(config).eval()
    for part in model.parameters():
        if part.dim() > 1:  # of a size at which what was read is heard in what is said
            torch.nn.init.normal_(part, std=0.25)
    model.save_pretrained(str(folder))
    _codec(codec_of(folder))
    return folder


def codec_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}-codec")


def _codec(folder: Path) -> None:
    """What the whole model's weights would be, by their names: the class itself cannot be made without torchaudio."""
    acoustic = {
        "model_type": "dac", "encoder_hidden_size": 4, "downsampling_ratios": [8, 5, 4, 2, 3], "decoder_hidden_size": 32,
        "upsampling_ratios": [8, 5, 4, 2, 3], "hidden_size": 16, "codebook_size": SIZE,
    }  # fmt: skip
    semantic = {
        "model_type": "hubert", "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16, "conv_dim": [8] * 7,
        "num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 4,
    }  # fmt: skip
    config = transformers.HiggsAudioV2TokenizerConfig(
        acoustic_model_config=acoustic, semantic_model_config=semantic, codebook_size=SIZE, codebook_dim=8,
        target_bandwidths=[CODEBOOKS * 25 * 4 / 1000],
    )  # fmt: skip
    assert config.num_quantizers == CODEBOOKS and config.frame_rate == 25
    config.save_pretrained(str(folder))
    dac: Any = importlib.import_module("transformers.models.dac.modeling_dac")
    weights = {f"acoustic_decoder.{name}": value for name, value in dac.DacDecoder(config.acoustic_model_config).state_dict().items()}
    linear = {"fc2": (16, 32), **{f"quantizer.quantizers.{k}.project_out": (32, 8) for k in range(CODEBOOKS)}}
    for name, shape in linear.items():
        weights |= {f"{name}.weight": torch.randn(shape), f"{name}.bias": torch.randn(shape[0])}
    weights |= {f"quantizer.quantizers.{k}.codebook.embed": torch.randn(SIZE, 8) for k in range(CODEBOOKS)}
    safetensors.save_file({name: value.contiguous() for name, value in weights.items()}, str(folder / "model.safetensors"))
