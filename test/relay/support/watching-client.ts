import assert from 'node:assert';
import { type Parsed } from './effect-lines';

/** A client that believes what it is told and checks that it fits together. */
export class WatchingClient {
  /** The conversation as the client would draw it. */
  history: string[] = [];
  /** Responses that began, with what came of them. */
  readonly responses = new Map<string, { isDone: boolean; readonly items: string[]; status: unknown }>();
  /** The `event_id`s of the client's events that were answered with an error. */
  readonly refused: (string | null)[] = [];

  see(event: Parsed): void {
    const response = objectOf(event['response']);
    const item = objectOf(event['item']);
    switch (event.type) {
      case 'response.created': {
        const id = String(response['id']);
        assert(!this.responses.has(id), `${id} begins once`);
        this.responses.set(id, { isDone: false, items: [], status: null });
        return;
      }
      case 'response.done': {
        const known = this.open(response['id']);
        known.isDone = true;
        known.status = response['status'];
        const output = Array.isArray(response['output']) ? response['output'] : [];
        assert.deepStrictEqual(
          output.map((each) => objectOf(each)['id']),
          known.items,
          'all items are in the end',
        );
        return;
      }
      case 'response.output_item.added': {
        const { items } = this.open(event['response_id']);
        assert.strictEqual(event['output_index'], items.length, 'places have no holes');
        items.push(String(item['id']));
        return;
      }
      case 'response.output_item.done':
        this.checkPlace(event, item['id']);
        return;
      case 'response.content_part.added':
      case 'response.content_part.done':
      case 'response.output_audio.delta':
        this.checkPlace(event, event['item_id']);
        return;
      case 'conversation.item.added': {
        const previous = event['previous_item_id'];
        assert(this.knows(previous), 'the predecessor is known');
        const at = this.history.findIndex((id) => id === previous);
        this.history.splice(at + 1, 0, String(item['id']));
        return;
      }
      case 'conversation.item.done':
      case 'input_audio_buffer.committed': {
        const previous = event['previous_item_id'];
        assert(this.knows(previous), 'the predecessor is known');
        return;
      }
      case 'conversation.item.deleted':
        this.history = this.history.filter((id) => id !== event['item_id']);
        return;
      case 'error':
        this.refused.push(objectOf(event['error'])['event_id'] as string | null);
        return;
      case 'session.created':
      case 'input_audio_buffer.speech_started':
      case 'input_audio_buffer.speech_stopped':
        return;
      default:
        assert.fail(`A client does not expect ${event.type}`);
    }
  }

  private knows(previous: unknown): boolean {
    return previous === null || this.history.some((id) => id === previous);
  }

  private checkPlace(event: Parsed, itemId: unknown): void {
    const { items } = this.open(event['response_id']);
    assert.strictEqual(items[Number(event['output_index'])], itemId, 'the place names the item');
  }

  private open(id: unknown) {
    const response = this.responses.get(String(id));
    assert(response !== undefined && !response.isDone, `${String(id)} is in progress`);
    return response;
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
