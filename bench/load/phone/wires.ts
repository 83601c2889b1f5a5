import { asterisk } from './asterisk';
import { jambonz } from './jambonz';
import { plivo } from './plivo';
import { telnyx } from './telnyx';
import { signalwire, twilio } from './twiml';
import { vonage } from './vonage';
import { type PhoneWire } from './wire';

/** Every carrier with the audio it has unless told otherwise, and then the audio that has to be resampled. */
export const phoneWires: readonly PhoneWire[] = [
  twilio,
  signalwire,
  telnyx,
  plivo,
  vonage(24_000),
  asterisk,
  jambonz,
  vonage(16_000),
  vonage(8_000),
];
