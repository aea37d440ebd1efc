"""Tiny language models with random weights: any tokenizer text, any answer, and every one of them as good as the grammar makes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.generation.engines.tiny import tokenizers, torch, transformers

CHAT = "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}\n{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"


def _tokenizer(*, merged: bool) -> Any:
    """Every byte; with `merged`, also some tokens of several, as real vocabularies have them, also across JSON's joints."""
    words = ["<pad>", "</s>", *sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())]
    pairs = [("t", "h"), ("th", "e"), ('"', "}"), ('"', ":"), ('"', ","), ("Ġ", "a"), ("a", "n"), ("[", "]")] if merged else []
    words += [one + other for one, other in pairs]
    core = tokenizers.Tokenizer(tokenizers.models.BPE(vocab={word: number for number, word in enumerate(words)}, merges=pairs))
    core.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    core.decoder = tokenizers.decoders.ByteLevel()
    return transformers.PreTrainedTokenizerFast(tokenizer_object=core, pad_token="<pad>", eos_token="</s>", model_max_length=8192)


def _saved(folder: Path, kind: str, config: Any, tokenizer: Any) -> Path:
    torch.manual_seed(0)
    network = getattr(transformers, kind)(config).eval()
    with torch.no_grad():  # random and decided, so that answers differ by what was asked
        network.get_output_embeddings().weight.normal_(0, 0.4)
    network.save_pretrained(str(folder), safe_serialization=True)
    tokenizer.save_pretrained(str(folder))
    return folder


def llama(folder: Path) -> Path:
    """A Llama with a chat template, and more rows in its vocabulary than its tokenizer knows."""
    tokenizer = _tokenizer(merged=True)
    tokenizer.chat_template = CHAT
    config = transformers.LlamaConfig(
        vocab_size=320, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        max_position_embeddings=8192, bos_token_id=None, eos_token_id=1, pad_token_id=0, tie_word_embeddings=False,
    )  # fmt: skip
    return _saved(folder, "LlamaForCausalLM", config, tokenizer)


def qwen(folder: Path) -> Path:
    """A Qwen3 with bytes alone and no chat template."""
    tokenizer = _tokenizer(merged=False)
    config = transformers.Qwen3Config(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        head_dim=8, max_position_embeddings=8192, bos_token_id=None, eos_token_id=1, pad_token_id=0, tie_word_embeddings=False,
    )  # fmt: skip
    return _saved(folder, "Qwen3ForCausalLM", config, tokenizer)
