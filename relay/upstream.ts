/** Where the model is and how to get in. */
export interface UpstreamTarget {
  /** WebSocket URL without `model`, for instance `wss://api.openai.com/v1/realtime`; other query parameters are kept. */
  readonly url: string;
  /** Sent as `Authorization: Bearer`, or as `api-key` to hosts under `.azure.com` (protocol reference, section 1.1). */
  readonly apiKey: string;
  /** Model, or Azure deployment. */
  readonly model: string;
}
