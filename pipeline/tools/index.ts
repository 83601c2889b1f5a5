import { type Tool } from '../tool';
import { completeIntake } from './complete-intake';
import { createAppointment } from './create-appointment';
import { endCall } from './end-call';
import { escalateCall } from './escalate-call';

/** The tools that come with the program. */
export const builtInTools: readonly Tool[] = [createAppointment, escalateCall, completeIntake, endCall];

export { completeIntake, createAppointment, endCall, escalateCall };
