/** A function tool that takes anything. */
export function tool(name: string): Record<string, unknown> {
  return { type: 'function', name, description: `Does ${name}.`, parameters: { type: 'object', properties: {} } };
}

export const APPOINTMENT_TOOLS = ['create_appointment', 'escalate_call', 'complete_intake', 'end_call'].map(tool);
