import { type Tool } from './tool';

/** A tool as a session declares it: the flat form of the Realtime API (protocol reference, section 3.4). */
export interface SessionTool {
  readonly type: 'function';
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The tools the program has, by name. */
export class ToolRegistry {
  readonly #tools = new Map<string, Tool>();

  /** @throws TypeError if two tools have one name. */
  constructor(tools: Iterable<Tool>) {
    for (const tool of tools) {
      if (this.#tools.has(tool.name)) throw new TypeError(`There are two tools named ${tool.name}.`);
      this.#tools.set(tool.name, tool);
    }
  }

  /** The names, in the order in which the tools were given. */
  get names(): readonly string[] {
    return [...this.#tools.keys()];
  }

  get(name: string): Tool | undefined {
    return this.#tools.get(name);
  }

  /** What a session with these tools declares; names without a tool are left out. */
  sessionTools(names: Iterable<string>): readonly SessionTool[] {
    return [...names].flatMap((name) => {
      const tool = this.#tools.get(name);
      if (tool === undefined) return [];
      return [{ type: 'function', name, description: tool.description, parameters: tool.parameters }];
    });
  }
}
