"""Tiny models of sound: ACE-Step, Stable Audio Open and 3, AudioLDM 2, VITS, Dia with its codec."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

from tests.generation.engines.tiny import _bytes_alphabet, _plain_tokenizer, diffusers, torch, transformers


def ace_step(folder: Path, **more: Any) -> Path:
    """48 kHz stereo from 1,920 samples a latent. `more` goes to the transformer: `is_turbo=True`."""
    parts: Any = importlib.import_module("diffusers.pipelines.ace_step")
    torch.manual_seed(0)
    tokenizer = _plain_tokenizer(512)
    heads: dict[str, Any] = {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "rope_theta": 10000.0, "sliding_window": 16}
    sizes: dict[str, Any] = {"hidden_size": 32, "intermediate_size": 64}
    network = diffusers.AceStepTransformer1DModel(
        **sizes, num_hidden_layers=2, in_channels=24, audio_acoustic_hidden_dim=8, patch_size=2, **heads, **more
    )
    text = transformers.Qwen3Config(
        **sizes, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, head_dim=8, vocab_size=len(tokenizer),
        max_position_embeddings=1024,
    )  # fmt: skip
    pools: dict[str, Any] = {"audio_acoustic_hidden_dim": 8, "pool_window_size": 2, "num_attention_pooler_hidden_layers": 1}
    vae = diffusers.AutoencoderOobleck(
        encoder_hidden_size=4, downsampling_ratios=[2, 4, 4, 6, 10], decoder_channels=4, decoder_input_channels=8, audio_channels=2,
        channel_multiples=[1, 2, 2, 2, 2], sampling_rate=48000,
    )  # fmt: skip
    condition = parts.AceStepConditionEncoder(
        **sizes, text_hidden_dim=32, timbre_hidden_dim=8, num_lyric_encoder_hidden_layers=1, num_timbre_encoder_hidden_layers=1, **heads
    )
    pipe = diffusers.AceStepPipeline(
        transformer=network, condition_encoder=condition, vae=vae, text_encoder=transformers.Qwen3Model(text).eval(), tokenizer=tokenizer,
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0),
        audio_tokenizer=parts.AceStepAudioTokenizer(**sizes, **pools, fsq_dim=32, fsq_input_levels=[4, 4, 4], fsq_input_num_quantizers=1, **heads),
        audio_token_detokenizer=parts.AceStepAudioTokenDetokenizer(**sizes, **pools, **heads),
    )  # fmt: skip
    pipe.save_pretrained(str(folder))
    return folder


def ace_step_lora(model: Path, folder: Path) -> Path:
    """A LoRA for a tiny ACE-Step, random and strong enough to be heard."""
    peft: Any = importlib.import_module("peft")
    pipe = diffusers.DiffusionPipeline.from_pretrained(str(model))
    torch.manual_seed(1)
    pipe.transformer.add_adapter(peft.LoraConfig(r=4, lora_alpha=4, target_modules=["to_q", "to_k", "to_v"], init_lora_weights=False))
    state = peft.get_peft_model_state_dict(pipe.transformer)
    type(pipe).save_lora_weights(str(folder), transformer_lora_layers={name: 4 * values for name, values in state.items()})
    return folder


def stable_audio(folder: Path) -> Path:
    """Stable Audio Open with the scheduler that its own checkpoint names; 8 kHz, at most 3.2 seconds at once."""
    projection: Any = importlib.import_module("diffusers.pipelines.stable_audio").StableAudioProjectionModel
    torch.manual_seed(0)
    tokenizer = _t5_tokenizer(64)
    text = transformers.T5Config(vocab_size=len(tokenizer), d_model=32, d_kv=8, d_ff=37, num_layers=2, num_heads=4, pad_token_id=0, eos_token_id=1)
    network = diffusers.StableAudioDiTModel(
        sample_size=400, in_channels=8, num_layers=2, attention_head_dim=8, num_attention_heads=4, num_key_value_attention_heads=2, out_channels=8,
        cross_attention_dim=32, time_proj_dim=8, global_states_input_dim=64, cross_attention_input_dim=32,
    )  # fmt: skip
    vae = diffusers.AutoencoderOobleck(
        encoder_hidden_size=4, downsampling_ratios=[4, 4, 4], decoder_channels=4, decoder_input_channels=8, audio_channels=2,
        channel_multiples=[1, 2, 2], sampling_rate=8000,
    )  # fmt: skip
    levels: dict[str, Any] = {
        "sigma_min": 0.3, "sigma_max": 500, "sigma_data": 1.0, "sigma_schedule": "exponential", "solver_order": 2, "prediction_type": "v_prediction",
    }  # fmt: skip
    pipe = diffusers.StableAudioPipeline(
        vae=vae, text_encoder=transformers.T5EncoderModel(text).eval(),
        projection_model=projection(text_encoder_dim=32, conditioning_dim=32, min_value=0, max_value=64), tokenizer=tokenizer, transformer=network,
        scheduler=diffusers.EDMDPMSolverMultistepScheduler(**levels),
    )  # fmt: skip
    pipe.save_pretrained(str(folder))
    _rename(folder / "scheduler" / "scheduler_config.json", "CosineDPMSolverMultistepScheduler")
    index = json.loads((folder / "model_index.json").read_text())
    index["scheduler"] = ["diffusers", "CosineDPMSolverMultistepScheduler"]
    (folder / "model_index.json").write_text(json.dumps(index))
    return folder


def _rename(config: Path, name: str) -> None:
    found = json.loads(config.read_text())
    found["_class_name"] = name
    found.pop("algorithm_type", None)
    config.write_text(json.dumps(found))


def stable_audio_3(folder: Path, *, distilled: bool = True) -> Path:
    embedder: Any = importlib.import_module("diffusers.pipelines.stable_audio_3").StableAudio3DurationEmbedder
    torch.manual_seed(0)
    tokenizer = _plain_tokenizer(64)
    sizes: dict[str, Any] = {"hidden_size": 32, "intermediate_size": 37, "num_hidden_layers": 2}
    heads: dict[str, Any] = {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8}
    side: dict[str, Any] = {**sizes, **heads, "vocab_size": len(tokenizer), "pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 2}
    text = transformers.T5GemmaConfig(
        encoder=side, decoder={**side, "cross_attention_hidden_size": 32}, vocab_size=len(tokenizer), is_encoder_decoder=False
    )
    network = diffusers.StableAudio3DiTModel(
        io_channels=8, embed_dim=32, depth=2, num_heads=4, cond_token_dim=32, global_cond_dim=32, local_add_cond_dim=9, timestep_features_dim=16,
        num_memory_tokens=4,
    )  # fmt: skip
    vae = diffusers.AutoencoderSAME(
        audio_channels=2, patch_size=16, encoder_channels=8, encoder_c_mults=(4,), encoder_strides=(4,), encoder_transformer_depths=(1,),
        latent_dim=8, dim_heads=8, sampling_rate=8000,
    )  # fmt: skip
    pipe = diffusers.StableAudio3Pipeline(
        vae=_alive(vae), text_encoder=transformers.T5GemmaEncoderModel(text).eval(), tokenizer=tokenizer,
        duration_embedder=embedder(output_dim=32, fourier_dim=16), transformer=_alive(network),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(stochastic_sampling=distilled),
    )  # fmt: skip
    pipe.save_pretrained(str(folder))
    return folder


def audioldm2(folder: Path) -> Path:
    """16 kHz mono through a mel spectrogram of eight bands."""
    parts: Any = importlib.import_module("diffusers.pipelines.audioldm2")
    torch.manual_seed(0)
    letters = _bytes_alphabet()
    roberta = {word: number for number, word in enumerate(["<s>", "<pad>", "</s>", "<unk>", "<mask>", *letters])}
    tokens = transformers.RobertaTokenizer(vocab=roberta, merges=[], model_max_length=77)
    tokens_2 = _t5_tokenizer(77)
    text = transformers.ClapTextConfig(
        hidden_size=8, intermediate_size=16, num_attention_heads=2, num_hidden_layers=1, vocab_size=len(roberta), projection_dim=8,
        max_position_embeddings=80, bos_token_id=0, eos_token_id=2, pad_token_id=1,
    )  # fmt: skip
    audio = transformers.ClapAudioConfig(
        spec_size=8, window_size=4, num_mel_bins=8, intermediate_size=16, depths=[1, 1], num_attention_heads=[1, 1], num_hidden_layers=2,
        hidden_size=16, projection_dim=8, patch_size=2, patch_stride=2, patch_embed_input_channels=4, patch_embeds_hidden_size=8,
    )  # fmt: skip
    clap = transformers.ClapConfig(text_config=text.to_dict(), audio_config=audio.to_dict(), projection_dim=8)
    t5 = transformers.T5Config(vocab_size=len(tokens_2), d_model=16, d_kv=4, d_ff=16, num_layers=1, num_heads=4, pad_token_id=0, eos_token_id=1)
    gpt = transformers.GPT2Config(
        n_embd=8, n_layer=1, n_head=2, vocab_size=16, n_ctx=120, n_positions=120, max_new_tokens=4, bos_token_id=0, eos_token_id=1
    )
    unet = diffusers.AudioLDM2UNet2DConditionModel(
        block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4, sample_size=32, in_channels=4, out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=([None, 8, 16], [None, 8, 16]), attention_head_dim=2,
    )  # fmt: skip
    vae = diffusers.AutoencoderKL(
        block_out_channels=[8, 8], in_channels=1, out_channels=1, norm_num_groups=4, down_block_types=["DownEncoderBlock2D"] * 2,
        up_block_types=["UpDecoderBlock2D"] * 2, latent_channels=4,
    )  # fmt: skip
    vocoder = transformers.SpeechT5HifiGanConfig(
        model_in_dim=8, sampling_rate=16000, upsample_initial_channel=8, upsample_rates=[4, 8, 5], upsample_kernel_sizes=[8, 16, 10],
        resblock_kernel_sizes=[3], resblock_dilation_sizes=[[1, 3]], normalize_before=False,
    )  # fmt: skip
    pipe = diffusers.AudioLDM2Pipeline(
        vae=vae, text_encoder=transformers.ClapModel(clap).eval(), text_encoder_2=transformers.T5EncoderModel(t5).eval(),
        projection_model=parts.AudioLDM2ProjectionModel(text_encoder_dim=8, text_encoder_1_dim=16, langauge_model_dim=8),
        language_model=transformers.GPT2LMHeadModel(gpt).eval(), tokenizer=tokens, tokenizer_2=tokens_2,
        feature_extractor=transformers.ClapFeatureExtractor(feature_size=8, hop_length=7900), unet=unet,
        scheduler=diffusers.DDIMScheduler(
            beta_start=0.0015, beta_end=0.0195, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False, steps_offset=1
        ),
        vocoder=_louder(transformers.SpeechT5HifiGan(vocoder).eval(), 12),
    )  # fmt: skip
    pipe.save_pretrained(str(folder))
    return folder


def _louder(network: Any, times: float) -> Any:
    """Small random weights give next to silence: made strong enough to be heard."""
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.ndim > 1:
                parameter.mul_(times)
    return network


def _alive(network: Any) -> Any:
    """What is zero before training passes nothing on: made random."""
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.ndim > 1 and float(parameter.abs().mean()) < 1e-3:
                parameter.normal_(0, 0.3)
    return network


def _t5_tokenizer(length: int) -> Any:
    """A piece for each letter: any text in ASCII, no training."""
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *((chr(code), -3.0) for code in range(33, 127))]
    return transformers.T5Tokenizer(vocab=pieces, extra_ids=0, model_max_length=length)
