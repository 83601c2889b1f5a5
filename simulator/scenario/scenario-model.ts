import type { Model, Plan, TurnContext } from '../model/model';
import { newOutputs, userSpokeLast, userWords } from '../model/model';
import { describeOutputs } from '../model/answers';
import type { ParsedScenario, Turn } from './schema';

/**
 * Plays a scenario: each response takes the first turn that fits, and what no turn fits is left to another model. A turn
 * without `when` fits once, so that turns without conditions are a script; one with `when` fits as often as it likes.
 */
export class ScenarioModel implements Model {
  private readonly used = new Map<Turn, number>();
  private responses = 0;

  constructor(
    private readonly scenario: ParsedScenario,
    private readonly otherwise: Model,
  ) {}

  respond(context: TurnContext): Plan {
    this.responses += 1;
    const outputs = newOutputs(context.entries);
    const turn = this.scenario.turns.find(
      (candidate) => this.isLeft(candidate) && this.fits(candidate, context, outputs),
    );
    if (turn === undefined) return this.otherwise.respond(context);
    this.used.set(turn, (this.used.get(turn) ?? 0) + 1);
    const steps = turn.steps.map((step) => ('say_tool_output' in step ? { say: describeOutputs(outputs) } : step));
    return { steps, order: turn.order };
  }

  private isLeft(turn: Turn): boolean {
    const times = turn.times ?? (turn.when === undefined ? 1 : Infinity);
    return (this.used.get(turn) ?? 0) < times;
  }

  private fits({ when }: Turn, { entries }: TurnContext, outputs: ReturnType<typeof newOutputs>): boolean {
    if (when === undefined) return true;
    const said = userWords(entries);
    const userIsLast = userSpokeLast(entries);
    return (
      (when.user === undefined || (userIsLast && contains(said.at(-1), when.user))) &&
      (when.turn === undefined || (userIsLast && said.length === when.turn)) &&
      (when.response === undefined || this.responses === when.response) &&
      (when.tool === undefined || outputs.some(({ tool }) => tool === when.tool)) &&
      (when.tool_output === undefined || outputs.some(({ output }) => contains(output, when.tool_output ?? '')))
    );
  }
}

function contains(text: string | undefined, part: string): boolean {
  return text !== undefined && text.toLowerCase().includes(part.toLowerCase());
}
