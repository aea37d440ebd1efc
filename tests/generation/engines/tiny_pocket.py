"""A tiny Pocket TTS with a handful of words for a vocabulary, its codec, and a sample of a voice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, models, pre_tokenizers

from generation.contract import SAMPLE_RATE
from tests.generation.engines.tiny import torch, transformers

PLACES = {
    "audio_prompt_token": "<voice>", "audio_latent_token": "<latent>", "audio_prompt_bos_token": "<voice_bos>", "audio_bos_token": "<audio_bos>",
}  # fmt: skip
TEMPLATE = (
    "{% for message in messages %}{% for item in message.content %}{% if item.type == 'audio' %}<voice_bos><voice>{% else %}{{ item.text }}"
    "{% endif %}{% endfor %}{% endfor %}{% if add_generation_prompt %}<audio_bos>{% endif %}"
)


def pocket(folder: Path) -> Path:
    """The model; its codec goes beside it (`codec_of`)."""
    torch.manual_seed(0)
    words = ["<unk>", "<pad>", *PLACES.values(), ".", "?", "!", ",", "One", "more", "night", "And", "then", "Never", "again"]
    made = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, unk_token="<unk>", pad_token="<pad>", padding_side="left", extra_special_tokens=PLACES
    )
    tokenizer.save_pretrained(str(folder))
    transformers.PocketTTSFeatureExtractor(frame_size=1920).save_pretrained(str(folder))
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    places = {f"{name}_id": words.index(word) for name, word in PLACES.items()}
    config = transformers.PocketTTSConfig(
        flow_head_config={"hidden_size": 16, "num_hidden_layers": 1, "latent_dim": 8, "condition_dim": 32, "frequency_embedding_size": 16},
        vocab_size=len(words), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, latent_dim=8, pad_token_id=1,
        **places,
    )  # fmt: skip
    model = transformers.PocketTTSForConditionalGeneration(config).eval()
    torch.nn.init.normal_(model.model.embed_tokens.weight)
    model.save_pretrained(str(folder))
    _codec(codec_of(folder))
    return folder


def codec_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}-codec")


def _codec(folder: Path) -> None:
    config = transformers.PocketTTSAudioTokenizerConfig(
        hidden_size=16, num_filters=4, upsample_groups=16, num_hidden_layers=1, intermediate_size=16, num_attention_heads=2, num_key_value_heads=2,
        latent_dim=8,
    )  # fmt: skip
    transformers.PocketTTSAudioTokenizerModel(config).eval().save_pretrained(str(folder))


def somebody(path: Path, seconds: float = 3.0, pitch: float = 120.0) -> Path:
    """A sample to clone: a buzz with syllables in it, as FLAC of 48 kHz."""
    from generation.media.sound import write_flac

    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    wave = sum(np.sin(2 * np.pi * pitch * n * t) / n for n in range(1, 8)) * (0.5 + 0.5 * np.sin(2 * np.pi * 4 * t)) * 0.2
    write_flac(path, wave[:, None].astype(np.float32))
    return path
