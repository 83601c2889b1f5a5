import type { Entry } from '../conversation';
import type { FunctionTool } from '../protocol/session-object';

/** `response.usage` with its keys in captured order (protocol reference, section 6.2). */
export interface Usage {
  total_tokens: number;
  input_tokens: number;
  output_tokens: number;
  input_token_details: {
    text_tokens: number;
    audio_tokens: number;
    image_tokens: number;
    cached_tokens: number;
    cached_tokens_details: { text_tokens: number; audio_tokens: number; image_tokens: number };
  };
  output_token_details: { text_tokens: number; audio_tokens: number };
}

/** Tokens by kind. */
export interface Tokens {
  readonly text: number;
  readonly audio: number;
  readonly image: number;
}

export const NO_TOKENS: Tokens = { text: 0, audio: 0, image: 0 };

/** A rough count: four characters are a token. */
export function textTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** Assistant speech costs a token for 50 ms, user speech one for 100 ms (protocol reference, section 6.2). */
export function assistantAudioTokens(ms: number): number {
  return Math.ceil(ms / 50);
}

/** What a response reads before it says anything. */
export function inputTokens(entries: readonly Entry[], instructions: string, tools: readonly FunctionTool[]): Tokens {
  return entries.map(itemTokens).reduce(add, {
    text: textTokens(instructions) + (tools.length > 0 ? textTokens(JSON.stringify(tools)) : 0),
    audio: 0,
    image: 0,
  });
}

/**
 * Adds it all up.
 * @param cached what the response before this one read, which is a part of the input again.
 */
export function usageOf(input: Tokens, output: Tokens, cached: Tokens): Usage {
  const fromCache = {
    text: Math.min(input.text, wholeBlocks(cached.text)),
    audio: Math.min(input.audio, wholeBlocks(cached.audio)),
    image: Math.min(input.image, wholeBlocks(cached.image)),
  };
  const inputTotal = total(input);
  const outputTotal = total(output);
  return {
    total_tokens: inputTotal + outputTotal,
    input_tokens: inputTotal,
    output_tokens: outputTotal,
    input_token_details: {
      text_tokens: input.text,
      audio_tokens: input.audio,
      image_tokens: input.image,
      cached_tokens: total(fromCache),
      cached_tokens_details: {
        text_tokens: fromCache.text,
        audio_tokens: fromCache.audio,
        image_tokens: fromCache.image,
      },
    },
    output_token_details: { text_tokens: output.text, audio_tokens: output.audio },
  };
}

const IMAGE_TOKENS = 85;
const CACHE_BLOCK = 64;

function itemTokens({ item, audioMs = 0 }: Entry): Tokens {
  switch (item.type) {
    case 'function_call':
      return { ...NO_TOKENS, text: textTokens(item.name + item.arguments) };
    case 'function_call_output':
      return { ...NO_TOKENS, text: textTokens(item.output) };
    case 'message': {
      const text = item.content.map((part) => ('text' in part ? part.text : '')).join('');
      const images = item.content.filter((part) => part.type === 'input_image').length;
      const audio = item.role === 'user' ? Math.ceil(audioMs / 100) : assistantAudioTokens(audioMs);
      return { text: textTokens(text), audio, image: images * IMAGE_TOKENS };
    }
  }
}

function add(one: Tokens, other: Tokens): Tokens {
  return { text: one.text + other.text, audio: one.audio + other.audio, image: one.image + other.image };
}

function total({ text, audio, image }: Tokens): number {
  return text + audio + image;
}

/** Prompts are cached in blocks. */
function wholeBlocks(tokens: number): number {
  return tokens - (tokens % CACHE_BLOCK);
}
